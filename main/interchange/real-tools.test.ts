/**
 * Against TensorBoard, MLflow, W&B, Aim and pandas themselves, where there is a Python that has them: `EPOCHBOOK_PYTHON`, or `python3`.
 * Elsewhere these are skipped.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoggedRun } from '#contract/logged-run.ts';
import { readRuns } from './read-runs.ts';
import { askPython, fromHex, hasPackages } from './testing/python.ts';
import { writeRuns } from './write-runs.ts';

const hasTools = hasPackages('mlflow', 'tensorboard');
const timeout = 240_000;

let folder: string;

const ask = (verb: 'write' | 'read'): unknown => askPython('real-tools.py', verb, folder);
const askRuns = (verb: 'wandb' | 'aim' | 'parquet', place = folder): unknown => askPython('real-runs.py', verb, place);

async function allRuns(path: string): Promise<Map<string, LoggedRun>> {
  const runs = new Map<string, LoggedRun>();
  for await (const { run, findings } of readRuns(path)) {
    expect(findings).toEqual([]);
    runs.set(run.name, run);
  }
  return runs;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'epochbook-tools-'));

describe.skipIf(!hasTools)('TensorBoard’s and MLflow’s own files', () => {
  let runs: Map<string, LoggedRun>;
  let values: number[];

  beforeAll(async () => {
    folder = newFolder();
    values = (ask('write') as { values: string[] }).values.map(fromHex);
    runs = await allRuns(folder);
  }, timeout);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are all found, each run once', () => {
    expect([...runs.keys()].sort()).toEqual(['née, files', 'née, sqlite', 'tensorboard/keras run', 'tensorboard/torch run']);
  });

  it('of TensorBoard have the values that it wrote, as 32-bit floats', () => {
    const keras = runs.get('tensorboard/keras run')!;
    expect(keras.series.map(({ metric }) => metric)).toEqual(['loss', 'val_loss']);
    for (const series of keras.series) {
      expect([...series.values]).toEqual(values.map(Math.fround));
      expect([...series.epochs]).toEqual(values.map((_, index) => index + 1));
      expect([...series.times]).toEqual(values.map((_, index) => 1.7e12 + 1000 * index));
    }
    const torch = runs.get('tensorboard/torch run')!;
    expect(torch.params).toEqual({ rate: 1e-5, cell: 'lstm', bias: true });
    expect(torch.series.map(({ metric, epochs }) => [metric, [...epochs]])).toEqual([
      ['loss/train', values.map((_, index) => 100 * index)],
    ]);
    expect([...torch.series[0].values]).toEqual(values.map(Math.fround));
  });

  it.each(['files', 'sqlite'])('of MLflow’s %s have every value, param and tag', (store) => {
    const run = runs.get(`née, ${store}`)!;
    expect(run).toMatchObject({ tool: 'mlflow', status: 'completed', params: { rate: 1e-5, cell: 'lstm', bias: true } });
    expect([...run.tags].sort()).toEqual(['kept: yes', 'things']);
    expect(run.series.map(({ metric }) => metric)).toEqual(['val/loss']);
    expect([...run.series[0].values]).toEqual(values);
    expect([...run.series[0].epochs]).toEqual(values.map((_, index) => index));
  });
});

describe.skipIf(!hasTools)('what is exported', () => {
  const values = [0.1, 1 / 3, Number.NaN, Infinity, -Infinity, 5e-324, 1.7976931348623155e308];
  const points = (first: number) => values.map((value, index): [number, number] => [first + index, value]);
  interface Read {
    readonly tensorboard: Record<string, Record<string, [step: number, value: string][]>>;
    readonly mlflow: Record<
      string,
      { status: string; params: Record<string, string>; metrics: Record<string, [step: number, value: string][]> }
    >;
  }
  let read: Read;

  beforeAll(async () => {
    folder = newFolder();
    const series = ['loss', 'val_loss'].map((metric) => ({
      metric,
      epochs: Float64Array.from(values, (_, index) => index + 1),
      values: Float64Array.from(values),
      times: Float64Array.from(values, (_, index) => 1.7e12 + index),
    }));
    const run = {
      id: 'abc',
      name: 'née "1"',
      status: 'completed' as const,
      startedAt: 1.7e12,
      endedAt: 1.8e12,
      tags: ['kept'],
      note: 'a\nb',
    };
    for (const format of ['tensorboard', 'mlflow'] as const) {
      const runs = [{ ...run, params: { rate: 1e-5, cell: 'lstm', bias: true }, series }];
      await writeRuns({ format, runs, folder: join(folder, format), now: 1.8e12 });
    }
    read = ask('read') as Read;
  }, timeout);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const numbers = (read: readonly [number, string][]) => read.map(([step, value]) => [step, fromHex(value)]);

  it('is read by TensorBoard bit for bit', () => {
    const runs = Object.entries(read.tensorboard).filter(([, tags]) => 'loss' in tags);
    expect(runs.map(([name]) => name).sort()).toEqual(['née _1_/train', 'née _1_/validation']);
    for (const [, tags] of runs) expect(numbers(tags['loss'])).toEqual(points(1));
  });

  it('is read by MLflow bit for bit', () => {
    const run = read.mlflow['née "1"'];
    expect(run).toMatchObject({ status: 'FINISHED', params: { rate: '0.00001', cell: 'lstm', bias: 'true' } });
    expect(Object.keys(run.metrics).sort()).toEqual(['loss', 'val_loss']);
    for (const history of Object.values(run.metrics)) expect(numbers(history)).toEqual(points(1));
  });
});

describe.skipIf(!hasPackages('wandb'))('W&B’s own log', () => {
  it('gives every value, setting, tag and note, and how the run ended', { timeout }, async () => {
    folder = newFolder();
    try {
      const values = (askRuns('wandb') as { values: string[] }).values.map(fromHex);
      const runs = await allRuns(folder);
      expect([...runs.keys()].sort()).toEqual(['née 0', 'née 1']);
      for (const [name, run] of runs) {
        expect(run).toMatchObject({ tool: 'wandb', status: name === 'née 0' ? 'completed' : 'failed', note: 'a note\nof two lines' });
        // The last one is longer than three of the log's blocks.
        expect(run.params).toEqual({
          rate: 1e-5,
          cell: 'lstm',
          bias: true,
          'net.units': 8,
          'net.sizes': '[1,2]',
          late: 'x'.repeat(100_000),
        });
        expect(run.tags).toEqual(['things', 'kept']);
        const of = (metric: string) => run.series.find((series) => series.metric === metric)!;
        expect(run.series.map(({ metric }) => metric).sort()).toEqual(['loss', 'test/accuracy', 'val/accuracy']);
        expect([...of('loss').values]).toEqual(values);
        expect([...of('loss').epochs]).toEqual(values.map((_, step) => step));
        expect([...of('test/accuracy').values]).toEqual([0.75]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!hasPackages('aim', 'pandas'))('what Aim’s SDK exports', () => {
  it('gives every value by its context, with the run’s name, settings and tags', { timeout }, async () => {
    folder = newFolder();
    try {
      const values = (askRuns('aim') as { values: string[] }).values.map(fromHex);
      const runs = await allRuns(join(folder, 'csv'));
      expect([...runs.keys()].sort()).toEqual(['née 0', 'née 1']);
      const run = runs.get('née 1')!;
      // As JSON it is the same run, of which pandas keeps ten decimals.
      const other = (await allRuns(join(folder, 'json'))).get('née 1')!;
      expect(other).toMatchObject({ tool: 'aim', key: run.key, startedAt: run.startedAt });
      expect(other.series.map(({ metric, values: of }) => [metric, of.length])).toEqual(
        run.series.map(({ metric, values: of }) => [metric, of.length]),
      );
      expect(run).toMatchObject({ tool: 'aim', note: 'a note', tags: ['things', 'kept'] });
      expect(run.params).toEqual({ rate: 1e-5, cell: 'lstm', bias: true, 'net.units': 8, 'net.sizes': '[1, 2]' });
      const series = Object.fromEntries(run.series.map(({ metric, values: of }) => [metric, [...of]]));
      expect(series).toEqual({ loss: values, 'val_accuracy gpu=1': values.map((_, step) => step / 2) });
      await expect(allRuns(join(folder, '.aim'))).rejects.toMatchObject({ code: 'interchange.aimFolder' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!hasPackages('pandas', 'pyarrow'))('Parquet', () => {
  it('is read by pandas with the right types, and bit for bit', { timeout }, async () => {
    folder = newFolder();
    try {
      const values = [0.1, 1 / 3, Number.NaN, Infinity, -Infinity, 5e-324, -0];
      const series = [
        { metric: 'loss', epochs: Float64Array.from(values, (_, index) => index + 1), values: Float64Array.from(values) },
        { metric: 'val_loss', epochs: Float64Array.of(2), values: Float64Array.of(7) },
      ].map((each) => ({ ...each, times: each.epochs.map((epoch) => 1.7e12 + epoch) }));
      const run = { status: 'completed' as const, startedAt: 1.7e12, endedAt: 1.8e12, tags: ['kept', '好'], note: 'a\nb', series };
      const runs = [
        { ...run, id: 'a', name: 'née "1"', params: { units: 8, rate: 1, bias: true, mixed: 1 } },
        { ...run, id: 'b', name: 'two', params: { units: 16, rate: 0.5, bias: false, mixed: 'relu' } },
      ];
      await writeRuns({ format: 'parquet', runs, folder: join(folder, 'out'), now: 0 });
      const read = askRuns('parquet', join(folder, 'out')) as {
        types: Record<string, string>;
        values: Record<string, (string | null)[]>;
        epochs: number[];
        times: string[];
        runs: unknown[];
        startedAt: string[];
      };
      expect(read.types).toMatchObject({
        epoch: 'int64',
        timestamp: 'datetime64[us, UTC]',
        'params.units': 'int64',
        'params.rate': 'float64',
        'params.bias': 'bool',
        loss: 'float64',
        val_loss: 'float64',
      });
      expect(read.values['loss'].map((value) => fromHex(value!))).toEqual([...values, ...values]);
      expect(read.values['val_loss'].slice(0, 3)).toEqual([null, '0x1.c000000000000p+2', null]);
      expect(read.epochs.slice(0, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(read.times[0]).toBe('2023-11-14T22:13:20.001000+00:00');
      expect(read.startedAt[0]).toBe('2023-11-14T22:13:20+00:00');
      expect(read.runs[0]).toEqual({
        id: 'a',
        run: 'née "1"',
        status: 'completed',
        tags: ['kept', '好'],
        note: 'a\nb',
        'params.units': 8,
        'params.rate': 1,
        'params.bias': true,
        'params.mixed': '1',
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
