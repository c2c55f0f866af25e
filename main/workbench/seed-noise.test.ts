import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '#contract/ids.ts';
import { openStore, type Store } from '#store/store.ts';
import { epochRow, newRun, spec } from '#store/testing/run-fixture.ts';
import { seedNoiseOf } from './seed-noise.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-noise-'));
  store = openStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function train(units: number, seed: number, accuracy: number, { completes = true, data = 'data' } = {}): RunId {
  const id = store.create(
    newRun({ params: { units }, spec: { ...spec, train: { ...spec.train, seed }, model: { ...spec.model, config: { units } } } }),
  );
  store.setFacts(id, { parameters: units, samples: { train: 1, validation: 1 }, dataHash: data, backend: 'native', backendVersion: '' });
  store.recordEpoch(id, epochRow(1, { val_accuracy: accuracy }));
  store.recordEpoch(id, epochRow(2, { val_accuracy: accuracy - 0.01 }));
  store.end(id, completes ? { status: 'completed', reason: 'epochs' } : { status: 'stopped', reason: 'user' });
  return id;
}

const noise = (...ids: RunId[]) => seedNoiseOf(ids.map((id) => ({ summary: store.summary(id), repeats: store.repeats(id) })));

describe('seed noise', () => {
  it('holds a difference against every completed repeat with another seed on the same data', () => {
    const small = [0.912, 0.907, 0.921, 0.899, 0.915].map((value, seed) => train(8, seed, value));
    const large = [0.931, 0.925, 0.94, 0.928].map((value, seed) => train(16, seed, value));
    // None of these is a repeat.
    train(16, 9, 0.1, { completes: false });
    train(16, 10, 0.1, { data: 'other' });
    store.remove([train(16, 11, 0.1)]);

    const found = noise(small[1], large[0])!;
    expect(found.groups).toEqual([
      { compared: [0], runIds: small },
      { compared: [1], runIds: large },
    ]);
    const best = found.metrics.find(({ metric, at }) => metric === 'val_accuracy' && at === 'best')!;
    expect(best.groups.map(({ n }) => n)).toEqual([5, 4]);
    expect(best.tests[0]).toBeNull();
    // scipy.stats.ttest_ind(small, large, equal_var=False)
    expect(best.tests[1]!.p).toBeCloseTo(0.004605651318819134, 10);
    const last = found.metrics.find(({ at }) => at === 'last')!;
    expect(last.groups[0].mean).toBeCloseTo(best.groups[0].mean - 0.01, 12);
  });

  it('corrects for several groups, and puts compared repeats in one', () => {
    const groups = [8, 16, 32].map((units) => [0.9, 0.91, 0.92].map((value, seed) => train(units, seed, value + units / 1000)));
    const found = noise(groups[0][0], groups[1][0], groups[1][2], groups[2][0])!;
    expect(found.groups.map(({ compared }) => compared)).toEqual([[0], [1, 2], [3]]);
    const [, first, second] = found.metrics[0].tests;
    expect(first!.adjustedP).toBeGreaterThanOrEqual(first!.p);
    expect(Math.max(first!.adjustedP / first!.p, second!.adjustedP / second!.p)).toBeCloseTo(2, 9);
  });

  it('says nothing where nothing was repeated, or all are repeats', () => {
    const [a, b, c] = [train(8, 1, 0.9), train(16, 1, 0.91), train(16, 2, 0.92)];
    expect(noise(b, c)).toBeUndefined();
    store.remove([c]);
    expect(noise(a, b)).toBeUndefined();
  });
});
