import { describe, expect, it } from 'vitest';
import { unknownNames } from '#contract/run-query-names.ts';
import type { RunSummary } from '#contract/runs.ts';
import { parseQuery, sortByMetric } from './query.ts';

function run(name: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'aaaaaaaaaaaa' as RunSummary['id'],
    name,
    notebook: 'clothes/clothes.epoch.md',
    status: 'completed',
    startedAt: 0,
    elapsedMs: 1000,
    epochs: 10,
    plannedEpochs: 10,
    backend: 'native',
    threads: 2,
    seed: 7,
    params: {},
    tags: [],
    note: '',
    dataHash: '',
    samples: { train: 1, validation: 1 },
    parameters: 10,
    metrics: {},
    color: 0,
    ...change,
  };
}

const loss = (last: number, min: number, minEpoch = 1) => ({ last, min, minEpoch, max: 3, maxEpoch: 1 });
const runs = [
  run('low', {
    metrics: { val_loss: loss(0.5, 0.3, 8) },
    params: { units: 8, activation: 'relu', 'learning rate': 0.1 },
    tags: ['good', 'kept'],
    samples: { train: 80, validation: 20 },
    baseline: true,
  }),
  run('high', {
    metrics: { val_loss: loss(0.9, 0.8) },
    params: { units: 64, activation: 'tanh' },
    status: 'stopped',
    startedAt: new Date(2026, 10, 20, 18, 30).getTime(),
    endedAt: new Date(2026, 10, 20, 19).getTime(),
    sweep: { id: 's', name: 'spring cleaning', trial: 1 },
  }),
  run('broken', {
    metrics: { val_loss: loss(Number.NaN, Number.NaN) },
    status: 'diverged',
    seed: 8,
    startedAt: new Date(2026, 10, 21).getTime(),
    archivedAt: 1,
  }),
  run('empty', {
    status: 'failed',
    note: 'Ran out of Memory',
    imported: { tool: 'mlflow', path: '/mlruns' },
    params: { date: '2026-11-20' },
  }),
];
const found = (query: string) => runs.filter(parseQuery(query).filter).map(({ name }) => name);

describe('a query', () => {
  it.each([
    ['status = completed', ['low']],
    ['status != "completed"', ['high', 'broken', 'empty']],
    ['metrics.val_loss.min < 0.5', ['low']],
    ['metrics.val_loss >= 0.9', ['high']],
    ['metrics.val_loss.minEpoch = 8', ['low']],
    ['metrics.val_loss = NaN', ['broken']],
    ['params.units > 8', ['high']],
    ['params.units = "8"', ['low']],
    ['params.activation = relu or params.activation = tanh', ['low', 'high']],
    ['params."learning rate" = 1e-1', ['low']],
    ['tags = good', ['low']],
    ['tags != good', ['high', 'broken', 'empty']],
    ['note ~ memory', ['empty']],
    ['not (status = failed or status = diverged)', ['low', 'high']],
    ['seed = 7 and not status = failed and metrics.val_loss.last < .6', ['low']],
    ['status = stopped or seed = 8 and name = broken', ['high', 'broken']],
    ['(status = stopped or seed = 8) and name = broken', ['broken']],
    ['notebook = clothes/clothes.epoch.md', null],
    ['notebook = "clothes/clothes.epoch.md" AND NAME = low', null],
    ['notebook = "clothes/clothes.epoch.md" AND name = low', ['low']],
    ['id ~ aaa', ['low', 'high', 'broken', 'empty']],
    ['params.constructor = 1', []],
    ['startedAt = 2026-11-20', ['high']],
    ['startedAt != 2026-11-20', ['low', 'broken', 'empty']],
    ['startedAt > 2026-11-20 and startedAt <= 2026-11-21', ['broken']],
    ['startedAt >= 2026-11-20T18:30', ['high', 'broken']],
    ['startedAt < "2026-11-20 18:30"', ['low', 'empty']],
    ['startedAt > 2025', ['high', 'broken']],
    ['endedAt < 2026-12', ['high']],
    ['archived = true or imported = mlflow', ['broken', 'empty']],
    ['baseline = true and archived = false', ['low']],
    ['sweep ~ spring', ['high']],
    ['samples >= 100', ['low']],
    ['params.date = 2026-11-20', ['empty']],
    ['status in (stopped, "diverged")', ['high', 'broken']],
    ['params.units in (8,9) or params.activation IN (tanh)', ['low', 'high']],
    ['params.activation not in (relu, gelu)', ['high']],
    ['tags in (kept, other)', ['low']],
    ['tags not in (kept, other)', ['high', 'broken', 'empty']],
    ['not status in (completed)', ['high', 'broken', 'empty']],
    ['startedAt in (2026-11-21, 2027)', ['broken']],
    ['startedAt <= today and startedAt < now-1d and startedAt > now-999999w and name in (low)', ['low']],
    ['startedAt in (today, yesterday) and startedAt < 1971', []],
  ])('%s', (query, names) => {
    if (names) expect(found(query)).toEqual(names);
    else expect(() => found(query)).toThrow();
  });

  it.each([
    ['', 'query.endTooSoon', 1],
    ['status =', 'query.endTooSoon', 9],
    ['startedAt > tomorrow', 'query.wantsDate', 13],
    ['startedAt in (2026, soon)', 'query.wantsDate', 21],
    ['status in completed', 'query.wantsList', 11],
    ['status in ()', 'query.wantsValue', 12],
    ['status in (a b)', 'query.wantsListEnd', 14],
    ['status in (a,', 'query.endTooSoon', 14],
    ['startedAt > 2026-02-31', 'query.wantsDate', 13],
    ['endedAt ~ 2026', 'query.wantsDate', 9],
    ['status completed', 'query.wantsOperator', 8],
    ['stauts = completed', 'query.unknownFieldNear', 1],
    ['constructor = 1', 'query.unknownField', 1],
    ['status = completed seed = 7', 'query.wantsJoin', 20],
    ['(status = completed', 'query.endTooSoon', 20],
    ['name = "open', 'query.openQuote', 8],
    ['seed = 7 & name = a', 'query.unknownMark', 10],
    ['metrics.val_loss.average < 1', 'query.unknownPart', 18],
    ['metrics < 1', 'query.wantsMetric', 1],
    ['status.text = a', 'query.noParts', 8],
    ['seed = )', 'query.wantsValue', 8],
  ])('that is wrong says where: %s', (query, code, column) => {
    expect(() => parseQuery(query)).toThrow(expect.objectContaining({ code, where: { line: 1, column } }));
  });

  it('nested without an end is refused, not run out of stack', () => {
    expect(() => parseQuery('('.repeat(100_000))).toThrow(expect.objectContaining({ code: 'query.tooDeep' }));
  });
});

describe('a name that no run has', () => {
  const known = { params: ['units', 'learning rate', 'depth'], metrics: ['loss', 'val_loss', 'val_accuracy'], tags: ['good', 'to keep'] };
  const told = (query: string) =>
    unknownNames(parseQuery(query).mentions, known).map(({ code, values, column }) => [code, column, values.near]);

  it.each([
    ['metrics.val_acuracy.max > 0.9', [['query.metricOfNoRunNear', 9, 'metrics.val_accuracy']]],
    ['status = completed and params.lerningRate < 1', [['query.paramOfNoRunNear', 31, 'params."learning rate"']]],
    ['params.val_loss < 1', [['query.paramOfNoRunNear', 8, 'metrics.val_loss']]],
    ['metrics.depth > 1', [['query.metricOfNoRunNear', 9, 'params.depth']]],
    [
      'not (tags has "to kep" or tags != zebra)',
      [
        ['query.tagOfNoRunNear', 15, '"to keep"'],
        ['query.tagOfNoRun', 35, undefined],
      ],
    ],
    [
      'params.momentum > 0 or metrics.wer < 1',
      [
        ['query.paramOfNoRun', 8, undefined],
        ['query.metricOfNoRun', 32, undefined],
      ],
    ],
    ['params.units = 8 and metrics.loss < 1 and tags has good', []],
    ['tags in (good, bad)', [['query.tagOfNoRun', 16, undefined]]],
    ['tags ~ goo and name = momentum and status = nowhere', []],
  ])('is told at its column: %s', (query, notices) => {
    expect(told(query)).toEqual(notices);
  });
});

describe('sorting', () => {
  it('puts the best first and runs without a number last', () => {
    expect(sortByMetric([...runs].reverse(), 'val_loss').map(({ name }) => name)).toEqual(['low', 'high', 'empty', 'broken']);
    const accurate = [run('a', { metrics: { accuracy: loss(0.1, 0) } }), run('b', { metrics: { accuracy: { ...loss(0.1, 0), max: 5 } } })];
    expect(sortByMetric(accurate, 'accuracy').map(({ name }) => name)).toEqual(['b', 'a']);
  });
});
