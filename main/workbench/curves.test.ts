import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CurvesRequest, type DrawnCurve, numbersOf } from '#contract/curves/request.ts';
import type { LoggedRun } from '#contract/logged-run.ts';
import type { RunId } from '#contract/ids.ts';
import { openStore, type Store } from '#store/store.ts';
import { createCurves } from './curves.ts';

const folder = mkdtempSync(join(tmpdir(), 'epochbook-curves-'));
const startedAt = 1_700_000_000_000;
let store: Store;
let draw: ReturnType<typeof createCurves>;

function stored(name: string, loss: readonly number[], epochs = loss.map((_, index) => index + 1), accuracy = loss): RunId {
  const series = (metric: string, values: readonly number[]): LoggedRun['series'][number] => ({
    metric,
    epochs: Float64Array.from(epochs),
    values: Float64Array.from(values),
    times: Float64Array.from(epochs, (_, index) => startedAt + (index + 1) * 100),
  });
  return store.importRun({
    tool: 'csv',
    path: `/${name}`,
    key: '',
    name,
    status: 'completed',
    startedAt,
    endedAt: startedAt,
    params: {},
    tags: [],
    note: '',
    series: [series('loss', loss), series('accuracy', accuracy)],
  }).id;
}

function ask(runs: CurvesRequest['runs'], more: Partial<CurvesRequest> = {}) {
  return draw({
    runs,
    metrics: ['loss'],
    x: 'epoch',
    smoothing: { kind: 'none' },
    band: 'deviation',
    logX: false,
    points: 1000,
    withoutOutliers: true,
    ...more,
  });
}
const points = (curve: DrawnCurve | undefined) =>
  curve ? Array.from(numbersOf(curve.x), (x, index) => [x, numbersOf(curve.y)[index]]) : [];

beforeAll(() => {
  store = openStore(folder);
  draw = createCurves(() => store);
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('curves', () => {
  it('have every point of every run that has the metric, NaN, infinities and missing epochs included', () => {
    const odd = stored('odd', [3, Number.NaN, Infinity, 1], [0, 2, 5, 9]);
    const { curves, y } = ask([{ runId: odd }, { runId: 'aaaaaaaaaaaa' as RunId }], { metrics: ['loss', 'val_loss'] });
    expect(curves).toHaveLength(1);
    expect(points(curves[0])).toEqual([
      [0, 3],
      [2, Number.NaN],
      [5, Infinity],
      [9, 1],
    ]);
    expect(y).toMatchObject({ low: 1, high: 3, lowPositive: 1 });
  });

  it('stand over time, or over another metric', () => {
    const run = stored('axes', [3, 2, 1], [1, 2, 3], [0.5, Number.NaN, 0.75]);
    expect(points(ask([{ runId: run }], { x: 'relativeTime' }).curves[0])).toEqual([
      [100, 3],
      [200, 2],
      [300, 1],
    ]);
    expect(points(ask([{ runId: run }], { x: 'wallTime' }).curves[0])[0]).toEqual([startedAt + 100, 3]);
    expect(points(ask([{ runId: run }], { x: { metric: 'accuracy' } }).curves[0])).toEqual([
      [0.5, 3],
      [0.75, 1],
    ]);
  });

  it('of a long run keep its lows and highs, and give every point on zooming in', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => Math.sin(index) + (index === 7123 ? 50 : 0));
    const runId = stored('long', values);
    const all = ask([{ runId }], { points: 400 });
    expect(all.curves[0].points).toBe(10_000);
    expect(points(all.curves[0]).length).toBeLessThanOrEqual(400);
    expect(points(all.curves[0])).toContainEqual([7124, values[7123]]);
    expect(all.y?.high).toBe(values[7123]);
    expect(all.y?.inner?.[1]).toBeLessThan(1.01);
    const near = ask([{ runId }], { points: 400, range: [7100, 7150] });
    expect(points(near.curves[0])).toEqual(values.slice(7098, 7151).map((value, index) => [7099 + index, value]));
    // The very number, by itself, for what stands under the cursor.
    expect(points(ask([{ runId }], { range: [7124, 7124] }).curves[0])).toContainEqual([7124, values[7123]]);
  });

  it('are smoothed before they are decimated, the raw ones beside them', () => {
    const runId = stored('smooth', [1, 2, 4]);
    const [curve] = ask([{ runId }], { smoothing: { kind: 'exponential', weight: 0.5 } }).curves;
    expect(points(curve).map(([, value]) => value)).toEqual([1, 1.25 / 0.75, 2.625 / 0.875]);
    expect([...numbersOf(curve.raw!.y)]).toEqual([1, 2, 4]);
  });

  it('of a group are their mean, with a band', () => {
    const runs = [stored('first', [1, 2, 3]), stored('second', [3, 4])].map((runId) => ({ runId, group: 'both' }));
    const [curve] = ask(runs, { band: 'range' }).curves;
    expect(curve).toMatchObject({ group: 'both', runs: 2 });
    expect(points(curve).map(([, value]) => value)).toEqual([2, 3, 3]);
    expect([...numbersOf(curve.low!)]).toEqual([1, 2, 3]);
    expect([...numbersOf(curve.counts!)]).toEqual([2, 2, 1]);
  });

  it('of a run that is imported again are the new ones', () => {
    const long = Array.from({ length: 600 }, (_, index) => index);
    const runId = stored('grown', long);
    expect(points(ask([{ runId }]).curves[0])).toHaveLength(600);
    stored('grown', [...long, -5]);
    expect(points(ask([{ runId }]).curves[0]).at(-1)).toEqual([601, -5]);
  });
});
