/**
 * What the table, the comparison and the curves say, against values computed anew from the raw rows: by SQLite of another
 * make and other code in this file, and, where there is Python, by its sqlite3 and statistics.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CurvesRequest, numbersOf } from '#contract/curves/request.ts';
import type { RunId } from '#contract/ids.ts';
import { unpackRuns } from '#contract/packed-runs.ts';
import type { RunSummary } from '#contract/runs.ts';
import { openStore, type Store } from '#store/store.ts';
import { epochRow, newRun, spec } from '#store/testing/run-fixture.ts';
import { compareRuns } from './compare.ts';
import { createCurves } from './curves.ts';

const folder = mkdtempSync(join(tmpdir(), 'epochbook-numbers-'));
const { NaN: none, POSITIVE_INFINITY: infinite } = Number;
let store: Store;
const ids: Record<string, RunId> = {};

type Values = Record<string, readonly (number | undefined)[]>;

function train(name: string, seed: number, values: Values, more: Parameters<typeof newRun>[0] = {}): RunId {
  const id = store.create(newRun({ name, spec: { ...spec, train: { ...spec.train, seed } }, ...more }));
  store.setFacts(id, { parameters: 1, samples: { train: 1, validation: 1 }, dataHash: 'data', backend: 'native', backendVersion: '' });
  record(id, 1, values);
  return (ids[name] = id);
}

/** NaN is a value; a hole in a list is an epoch without the metric. */
function record(id: RunId, from: number, values: Values): void {
  const length = Math.max(...Object.values(values).map((of) => of.length));
  for (let index = 0; index < length; index++) {
    const present = Object.entries(values).filter(([, of]) => index in of);
    store.recordEpoch(id, epochRow(from + index, Object.fromEntries(present.map(([metric, of]) => [metric, of[index]!]))));
  }
}

const wave = (length: number, phase: number) =>
  Array.from({ length }, (_, index) => Math.sin(index / 7 + phase) / (1 + index) + 0.1 * phase);

beforeAll(() => {
  store = openStore(folder);
  const done = { status: 'completed', reason: 'epochs' } as const;
  store.end(train('odd', 1, { loss: [none, 2, -infinite, 5, infinite, none], never: [none, none], fell: [3, 3, 3] }), done);
  // oxlint-disable-next-line no-sparse-arrays
  store.end(train('holes', 2, { loss: [0.5, , 0.25, , 0.25, 0.75], late: [, , , 7] }), done);
  for (const seed of [3, 4, 5])
    store.end(train(`small ${seed}`, seed, { loss: wave(9, seed), accuracy: wave(9, -seed) }, { params: { units: 4 } }), done);
  for (const seed of [6, 7])
    store.end(train(`large ${seed}`, seed, { loss: wave(7, seed), accuracy: wave(7, -seed) }, { params: { units: 16 } }), done);
  // Killed after its sixth epoch and gone on with from its fourth: two epochs are taken back, and come again.
  const resumed = train('resumed', 8, { loss: [9, 8, 7, 6, 0.001, 99] });
  store.end(resumed, { status: 'stopped', reason: 'user' });
  store.goOn(resumed, { epoch: 4, plannedEpochs: 8 });
  record(resumed, 5, { loss: [5, 4, none, 3] });
  store.end(resumed, done);
  const fork = train('fork', 8, {}, { origin: { kind: 'fork', run: resumed, epoch: 4 } });
  record(fork, 5, { loss: [1, 0.5, 0.75] });
  store.end(fork, done);
  const long = Array.from({ length: 700 }, (_, index) => (index % 97 === 5 ? none : Math.cos(index) / (index + 1)));
  store.end(train('long', 9, { loss: long }), done);
  ids['logged'] = store.importRun({
    tool: 'csv',
    path: '/logged',
    key: '',
    name: 'logged',
    status: 'completed',
    startedAt: 1_700_000_000_000,
    endedAt: 1_700_000_000_000,
    params: { rate: 0.5 },
    tags: ['a'],
    note: '',
    series: [
      {
        metric: 'loss',
        epochs: Float64Array.of(0, 10, 500, 501),
        values: Float64Array.of(0.25, none, -0.5, infinite),
        times: Float64Array.of(1, 2, 3, 4),
      },
    ],
  }).id;
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

type Raw = Map<string, Map<string, [epoch: number, value: number][]>>;

/** Every value, by run's name and metric; NaN lies in the database as NULL. */
function rawRows(): Raw {
  const database = new DatabaseSync(store.file, { readOnly: true });
  const rows = database
    .prepare(
      'SELECT runs.name AS run, metrics.name AS metric, epoch, value FROM metric_values JOIN runs ON runs.number = run JOIN metrics ON metrics.id = metric',
    )
    .all() as { run: string; metric: string; epoch: number; value: number | null }[];
  database.close();
  const raw: Raw = new Map();
  for (const { run, metric, epoch, value } of rows) {
    const ofRun = raw.get(run) ?? raw.set(run, new Map()).get(run)!;
    const values = ofRun.get(metric) ?? ofRun.set(metric, []).get(metric)!;
    values.push([epoch, value ?? none]);
  }
  for (const ofRun of raw.values()) for (const values of ofRun.values()) values.sort(([a], [b]) => a - b);
  return raw;
}

function summarized(values: readonly [number, number][]) {
  const numbers = values.filter(([, value]) => !Number.isNaN(value));
  const ends = (pick: (...of: number[]) => number): [value: number, epoch: number] => {
    if (numbers.length === 0) return [none, values[0][0]];
    const value = pick(...numbers.map(([, own]) => own));
    return [value, numbers.find(([, own]) => own === value)![0]];
  };
  const [min, minEpoch] = ends(Math.min);
  const [max, maxEpoch] = ends(Math.max);
  return { last: values.at(-1)![1], min, minEpoch, max, maxEpoch };
}

const listed = (): RunSummary[] => {
  const runs: RunSummary[] = [];
  let before: number | undefined;
  do {
    const piece = store.page({ before, limit: 4 });
    runs.push(...unpackRuns(piece));
    before = piece.next;
  } while (before !== undefined);
  return runs;
};

const request = (names: readonly string[], more: Partial<CurvesRequest> = {}): CurvesRequest => ({
  runs: names.map((name) => ({ runId: ids[name] })),
  metrics: ['loss'],
  x: 'epoch',
  smoothing: { kind: 'none' },
  band: 'deviation',
  logX: false,
  points: 2 ** 31,
  withoutOutliers: false,
  ...more,
});

/** Values of `found` and of `wanted`, alike but for the last digits of sums in another order. */
function expectClose(found: Iterable<number>, wanted: readonly number[]): void {
  const list = [...found];
  expect(list).toHaveLength(wanted.length);
  for (const [index, value] of wanted.entries()) {
    if (Number.isFinite(value)) expect(Math.abs(list[index] - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)));
    else expect(list[index]).toBe(value);
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

describe('numbers on the screen', () => {
  it('in the table are those of the raw rows: last, lowest, highest and their epochs', () => {
    const raw = rawRows();
    const runs = listed();
    expect(runs.map(({ name }) => name).sort()).toEqual([...raw.keys()].sort());
    for (const { name, metrics } of runs) {
      const wanted = Object.fromEntries([...raw.get(name)!].map(([metric, values]) => [metric, summarized(values)]));
      const told = Object.entries(metrics).map(([metric, { atBest: _known, ...rest }]) => [metric, rest]);
      expect(Object.fromEntries(told), name).toEqual(wanted);
    }
    // The pieces are the list, as the command line has it.
    expect(runs).toEqual(store.list());
  });

  it('in curves are every raw value at its epoch, in a long run too', () => {
    const raw = rawRows();
    for (const name of Object.keys(ids)) {
      const [curve] = createCurves(() => store)(request([name])).curves;
      const found = Array.from(numbersOf(curve.x), (x, index) => [x, numbersOf(curve.y)[index]]);
      expect(found, name).toEqual(raw.get(name)!.get('loss'));
    }
  });

  it('in smoothed curves follow their formulas', () => {
    const values = rawRows()
      .get('long')!
      .get('loss')!
      .map(([, value]) => value);
    const smoothed = (smoothing: CurvesRequest['smoothing']) =>
      numbersOf(createCurves(() => store)(request(['long'], { smoothing })).curves[0].y);
    const around = (index: number, weight: (distance: number) => number): number => {
      if (Number.isNaN(values[index])) return none;
      let sum = 0;
      let weights = 0;
      for (const [at, value] of values.entries()) {
        const own = Number.isNaN(value) ? 0 : weight(Math.abs(at - index));
        if (own > 0) sum += own * value;
        weights += own;
      }
      return sum / weights;
    };
    const exponential = (index: number): number => {
      if (Number.isNaN(values[index])) return none;
      const before = values.slice(0, index + 1).filter((value) => !Number.isNaN(value));
      const weights = before.map((_, at) => 0.9 ** (before.length - 1 - at));
      return before.reduce((sum, value, at) => sum + value * weights[at], 0) / weights.reduce((sum, weight) => sum + weight, 0);
    };
    const of = (formula: (index: number) => number) => values.map((_, index) => formula(index));
    expectClose(smoothed({ kind: 'exponential', weight: 0.9 }), of(exponential));
    expectClose(
      smoothed({ kind: 'mean', points: 9 }),
      of((index) => around(index, (distance) => (distance <= 4 ? 1 : 0))),
    );
    const bell = (distance: number) => (distance <= 12 ? Math.exp(-(distance ** 2) / 18) : 0);
    expectClose(
      smoothed({ kind: 'gaussian', deviation: 3 }),
      of((index) => around(index, bell)),
    );
  });

  it('in a group are its mean and deviation at each epoch, over the runs that have a number there', () => {
    const raw = rawRows();
    const names = ['small 3', 'small 4', 'small 5', 'holes', 'odd'];
    const grouped = request(names);
    const [curve] = createCurves(() => store)({ ...grouped, runs: grouped.runs.map((run) => ({ ...run, group: 'all' })) }).curves;
    const at = (epoch: number) =>
      names.flatMap(
        (name) =>
          raw
            .get(name)!
            .get('loss')!
            .find(([own, value]) => own === epoch && Number.isFinite(value))?.[1] ?? [],
      );
    const epochs = [...numbersOf(curve.x)];
    expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expectClose(
      numbersOf(curve.counts!),
      epochs.map((epoch) => at(epoch).length),
    );
    expectClose(
      numbersOf(curve.y),
      epochs.map((epoch) => mean(at(epoch))),
    );
    expectClose(
      numbersOf(curve.low!),
      epochs.map((epoch) => mean(at(epoch)) - deviation(at(epoch))),
    );
  });

  it('in the comparison are the raw ones side by side, and its test is Welch’s', () => {
    const raw = rawRows();
    const names = ['small 3', 'large 6', 'odd'];
    const compared = compareRuns(
      names.map((name) => ({ summary: store.summary(ids[name]), spec: store.spec(ids[name]), repeats: store.repeats(ids[name]) })),
    );
    for (const [index, name] of names.entries())
      expect(compared.metrics['loss'][index]).toMatchObject(summarized(raw.get(name)!.get('loss')!));
    expect(compared.params).toEqual({ units: [4, 16, 8] });

    const lasts = (...of: string[]) => of.map((name) => summarized(raw.get(name)!.get('accuracy')!).last);
    const [a, b] = [lasts('large 6', 'large 7'), lasts('small 3', 'small 4', 'small 5')];
    const found = compared.noise!.metrics.find(({ metric, at }) => metric === 'accuracy' && at === 'last')!;
    expect(found.groups.map(({ n }) => n)).toEqual([3, 2, 0]);
    const [va, vb] = [deviation(a) ** 2 / a.length, deviation(b) ** 2 / b.length];
    const t = (mean(a) - mean(b)) / Math.sqrt(va + vb);
    const freedom = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
    const test = found.tests[1]!;
    expectClose([test.t, test.degreesOfFreedom], [t, freedom]);
    expect(test.p).toBeCloseTo(2 * tail(Math.abs(t), freedom), 4);
  });

  const python = spawnSync('python3', ['-c', 'import sqlite3, statistics, json'], { timeout: 20_000 });
  it.skipIf(python.status !== 0)('are what Python finds in the same file', () => {
    const script = `
import json, math, sqlite3, statistics, sys
rows = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True).execute(
    "SELECT runs.name, metrics.name, epoch, value FROM metric_values JOIN runs ON runs.number = run JOIN metrics ON metrics.id = metric ORDER BY epoch")
values = {}
for run, metric, epoch, value in rows:
    values.setdefault(run, {}).setdefault(metric, []).append((epoch, math.nan if value is None else value))
def summary(of):
    known = [pair for pair in of if not math.isnan(pair[1])]
    low = min(known, key=lambda pair: pair[1]) if known else (of[0][0], math.nan)
    high = max(known, key=lambda pair: pair[1]) if known else (of[0][0], math.nan)
    return [repr(float(of[-1][1])), repr(float(low[1])), low[0], repr(float(high[1])), high[0]]
best = [min(value for _, value in values[run]["loss"]) for run in ("small 3", "small 4", "small 5")]
print(json.dumps({"runs": {run: {metric: summary(of) for metric, of in metrics.items()} for run, metrics in values.items()},
                  "small": [statistics.fmean(best), statistics.stdev(best)]}))
`;
    const { stdout, stderr } = spawnSync('python3', ['-c', script, store.file], { encoding: 'utf8', timeout: 60_000 });
    expect(stderr).toBe('');
    const told = JSON.parse(stdout) as { runs: Record<string, Record<string, unknown[]>>; small: [number, number] };
    const number = (value: unknown): unknown =>
      typeof value === 'string' ? Number(value.replace(/^(-?)inf$/, '$1Infinity').replace('nan', 'NaN')) : value;
    const runs = listed();
    for (const { name, metrics } of runs) {
      const wanted = Object.fromEntries(Object.entries(told.runs[name]).map(([metric, of]) => [metric, of.map(number)]));
      const ours = Object.entries(metrics).map(([metric, { last, min, minEpoch, max, maxEpoch }]) => [
        metric,
        [last, min, minEpoch, max, maxEpoch],
      ]);
      expect(Object.fromEntries(ours), name).toEqual(wanted);
    }
    const noise = compareRuns(
      ['small 3', 'large 6'].map((name) => ({
        summary: store.summary(ids[name]),
        spec: store.spec(ids[name]),
        repeats: store.repeats(ids[name]),
      })),
    ).noise!;
    const { groups } = noise.metrics.find(({ metric, at }) => metric === 'loss' && at === 'best')!;
    expectClose([groups[0].mean, groups[0].deviation], told.small);
  });
});

/** The share of Student's t beyond `from`, by Simpson's rule over the angle whose tangent is x / √freedom. */
function tail(from: number, freedom: number): number {
  const integral = (start: number): number => {
    const pieces = 20_000;
    const step = (Math.PI / 2 - start) / pieces;
    let sum = 0;
    for (let index = 0; index <= pieces; index++) {
      const weight = index === 0 || index === pieces ? 1 : index % 2 === 1 ? 4 : 2;
      sum += weight * Math.max(0, Math.cos(start + index * step)) ** (freedom - 1);
    }
    return (sum * step) / 3;
  };
  return integral(Math.atan(from / Math.sqrt(freedom))) / (2 * integral(0));
}
