/**
 * Against TensorBoard and MLflow themselves, where there is a Python that has them: `EPOCHBOOK_PYTHON`, or `python3`.
 * Elsewhere these are skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoggedRun } from '#contract/logged-run.ts';
import { readRuns } from './read-runs.ts';
import { writeRuns } from './write-runs.ts';

const python = process.env['EPOCHBOOK_PYTHON'] ?? 'python3';
const script = fileURLToPath(new URL('testing/real-tools.py', import.meta.url));
const hasTools =
  spawnSync(python, ['-c', 'import importlib.util as u; assert u.find_spec("mlflow") and u.find_spec("tensorboard")']).status === 0;
const timeout = 240_000;

let folder: string;

function ask(verb: 'write' | 'read'): unknown {
  const { status, stdout, stderr } = spawnSync(python, [script, verb, folder], { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

/** Python's float.hex, as a number. */
function fromHex(text: string): number {
  const match = /^(-?)0x([01])\.([0-9a-f]+)p([+-]\d+)$/.exec(text);
  if (!match) return { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }[text] ?? Number.NaN;
  const [, sign, whole, digits, power] = match;
  const size = (Number(whole) + Number.parseInt(digits, 16) / 16 ** digits.length) * 2 ** Number(power);
  return sign === '' ? size : -size;
}

describe.skipIf(!hasTools)('TensorBoard’s and MLflow’s own files', () => {
  const runs = new Map<string, LoggedRun>();
  let values: number[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'epochbook-tools-'));
    values = (ask('write') as { values: string[] }).values.map(fromHex);
    for await (const { run, findings } of readRuns(folder)) {
      expect(findings).toEqual([]);
      runs.set(run.name, run);
    }
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
    folder = mkdtempSync(join(tmpdir(), 'epochbook-tools-'));
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
