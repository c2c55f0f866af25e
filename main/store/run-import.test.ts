import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggedRun } from '#contract/logged-run.ts';
import { openStore, type Store } from './store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-import-'));
  store = openStore(folder, () => 1000);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function logged(change: Partial<LoggedRun> = {}, values: readonly number[] = [0.5, Number.NaN, -Infinity]): LoggedRun {
  return {
    tool: 'tensorboard',
    path: join(folder, 'logs'),
    key: '',
    name: 'run',
    status: 'completed',
    startedAt: 5000,
    endedAt: 9000,
    params: { rate: 0.1 },
    tags: ['a'],
    note: 'n',
    series: [
      {
        metric: 'loss',
        epochs: Float64Array.from(values, (_, index) => 10 * index),
        values: Float64Array.from(values),
        // The clock goes backwards once.
        times: Float64Array.from(values, (_, index) => [6000, 5500, 8000][index] ?? 8000 + index),
      },
      { metric: 'val_loss', epochs: Float64Array.of(10), values: Float64Array.of(0.25), times: Float64Array.of(Number.NaN) },
    ],
    ...change,
  };
}

describe('an imported run', () => {
  it('is listed, shown and compared like any other, without what the tool does not keep', () => {
    const { id, change } = store.importRun(logged());
    expect(change).toBe('imported');
    const run = store.detail(id);
    expect(run).toMatchObject({
      name: 'run',
      notebook: '',
      status: 'completed',
      backend: 'tensorboard',
      startedAt: 5000,
      endedAt: 9000,
      elapsedMs: 3000,
      epochs: 3,
      params: { rate: 0.1 },
      tags: ['a'],
      note: 'n',
      best: { metric: 'val_loss', epoch: 10, value: 0.25 },
      imported: { tool: 'tensorboard', path: join(folder, 'logs') },
    });
    expect('spec' in run || 'environment' in run).toBe(false);
    expect(run.epochRows.map(({ epoch, elapsedMs, metrics }) => [epoch, elapsedMs, metrics])).toEqual([
      [0, 1000, { loss: 0.5 }],
      [10, 0, { loss: Number.NaN, val_loss: 0.25 }],
      [20, 2000, { loss: -Infinity }],
    ]);
    expect(run.metrics['loss']).toEqual({ last: -Infinity, min: -Infinity, minEpoch: 20, max: 0.5, maxEpoch: 0 });
    expect(store.list()).toEqual([store.summary(id)]);
    expect(store.spec(id)).toBeUndefined();
    expect(store.find('run').id).toBe(id);
  });

  it('comes out again with the same values', () => {
    const { id } = store.importRun(logged());
    const { series, params, startedAt } = store.logged(id);
    expect({ params, startedAt }).toEqual({ params: { rate: 0.1 }, startedAt: 5000 });
    expect(series.map(({ metric, epochs, values }) => ({ metric, epochs, values }))).toEqual(
      logged().series.map(({ metric, epochs, values }) => ({ metric, epochs, values })),
    );
  });

  it('that is read again is no double; one that has grown is brought up to date, the user’s words kept', () => {
    const { id } = store.importRun(logged());
    expect(store.importRun(logged({ name: 'other' }))).toEqual({ id, change: 'unchanged' });
    store.update(id, { name: 'mine', tags: ['b'], note: 'm' });
    expect(store.importRun(logged({ params: { rate: 0.2 } }, [0.5, 0.4, 0.3, 0.2]))).toEqual({ id, change: 'updated' });
    expect(store.list()).toHaveLength(1);
    expect(store.summary(id)).toMatchObject({ name: 'mine', tags: ['b'], note: 'm', epochs: 4, params: { rate: 0.2 } });
    expect(store.history(id)['loss']).toEqual([
      [0, 0.5],
      [10, 0.4],
      [20, 0.3],
      [30, 0.2],
    ]);
    expect(store.summary(id).metrics['loss']).toEqual({ last: 0.2, min: 0.2, minEpoch: 30, max: 0.5, maxEpoch: 0, atBest: 0.4 });
  });

  it('is told by its path and its key, and known where its folder was moved to', () => {
    mkdirSync(join(folder, 'logs'));
    const { id } = store.importRun(logged());
    const beside = store.importRun(logged({ key: 'b' }));
    const copy = store.importRun(logged({ path: join(folder, 'copy') }));
    expect([beside.change, copy.change]).toEqual(['imported', 'imported']);
    expect(store.summary(copy.id).name).toBe('run-3');
    renameSync(join(folder, 'logs'), join(folder, 'moved'));
    store.remove([copy.id]);
    expect(store.importRun(logged({ path: join(folder, 'moved') }))).toEqual({ id, change: 'unchanged' });
    expect(store.summary(id).imported?.path).toBe(join(folder, 'moved'));
  });

  it('that lies in the bin stays there', () => {
    const { id } = store.importRun(logged());
    store.remove([id]);
    expect(store.importRun(logged({}, [1]))).toEqual({ id, change: 'binned' });
    expect(store.list()).toEqual([]);
  });

  it('that logged nothing is there too', () => {
    const { id } = store.importRun(logged({ series: [] }));
    expect(store.detail(id)).toMatchObject({ epochs: 0, epochRows: [], metrics: {} });
  });
});

describe('a run of Aim', () => {
  const times = (values: readonly number[], from: number) => Float64Array.from(values, (_, index) => from + 1000 * index);
  const series = (metric: string, values: readonly number[], from: number) => ({
    metric,
    epochs: Float64Array.from(values, (_, index) => index),
    values: Float64Array.from(values),
    times: times(values, from),
  });
  const hour = 3_600_000;
  const exact = [0.123456789012345, Infinity, 1e-12];
  /** As pandas writes JSON: ten decimals, and no infinity. */
  const rounded = [0.123456789, Number.NaN, 0];
  const aim = (path: string, change: Partial<LoggedRun>): LoggedRun =>
    logged({
      tool: 'aim',
      path: join(folder, path),
      key: 'a1b2c3',
      params: { rate: 1e-12 },
      startedAt: hour,
      endedAt: hour + 2000,
      ...change,
    });
  const csv = () => aim('metrics.csv', { series: [series('loss', exact, hour), series('val_loss', [1, 2, 3], hour)] });
  const json = () =>
    aim('metrics.json', {
      params: { rate: 0, units: 8 },
      startedAt: 0,
      endedAt: 4000,
      series: [series('accuracy', [0.5, 0.75], 0), series('loss', rounded, 0), series('val_loss', [1, 2], 0)],
    });

  it.each([
    ['CSV first', [csv, json]],
    ['JSON first', [json, csv]],
  ] as const)('is one, from whichever of its exports and however often: %s', (_name, order) => {
    for (const file of ['metrics.csv', 'metrics.json']) mkdirSync(join(folder, file));
    const changes = [...order, ...order, ...order].map((export_) => store.importRun(export_()).change);
    expect(changes).toEqual(['imported', 'updated', 'unchanged', 'unchanged', 'unchanged', 'unchanged']);
    const [run, ...others] = store.list();
    expect(others).toEqual([]);
    expect(run.params).toEqual({ rate: 1e-12, units: 8 });
    expect(store.history(run.id)).toEqual({
      accuracy: [
        [0, 0.5],
        [1, 0.75],
      ],
      loss: exact.map((value, epoch) => [epoch, value]),
      val_loss: [1, 2, 3].map((value, epoch) => [epoch, value]),
    });
    // An hour between two places' clocks is no hour of training.
    expect(run.elapsedMs).toBeLessThanOrEqual(4000);
  });

  it('goes on where a later export goes on, and stays in the bin where it is there', () => {
    const { id } = store.importRun(csv());
    store.importRun(aim('later.json', { series: [series('loss', [...exact, 7], hour)] }));
    expect(store.history(id)['loss'].at(-1)).toEqual([3, 7]);
    expect(Object.keys(store.history(id))).toEqual(['loss', 'val_loss']);
    store.remove([id]);
    expect(store.importRun(json()).change).toBe('binned');
    expect(store.list()).toEqual([]);
  });
});
