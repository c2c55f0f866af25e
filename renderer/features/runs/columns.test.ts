import { describe, expect, it } from 'vitest';
import { words } from '../../words/catalogue.ts';
import { formats } from '../../words/format.ts';
import type { Translate } from '../../words/use-words.ts';
import { bestRuns, columnIds, columnOf, shapeOf, shownColumns, usualColumns } from './columns.ts';
import { bestOf, betterOf, familiesOf, lossMetric, mainMetric } from './metrics.ts';
import { spacedName } from '#contract/measured.ts';
import { stateWord } from './run-words.ts';
import { makeRun, metric, runIdOf } from './testing/make-run.ts';
import { columnWidth } from './widths.ts';

const t: Translate = (key, values) => words('en', key, values);
const accurate = (number: number, accuracy: readonly number[], loss: readonly number[]) =>
  makeRun(number, { metrics: { loss: metric(loss), accuracy: metric(accuracy), val_loss: metric(loss), val_accuracy: metric(accuracy) } });

describe('metrics', () => {
  it('knows which end is better', () => {
    for (const name of ['accuracy', 'val_accuracy', 'acc', 'val_acc', 'auc', 'precision', 'val_r2']) expect(betterOf(name)).toBe('max');
    for (const name of ['reward', 'episode_return', 'val_dice', 'bleu', 'val_mAP', 'map@50', 'psnr', 'eval/ndcg@10', 'hits@1', 'val_mcc'])
      expect(betterOf(name), name).toBe('max');
    for (const name of ['loss', 'val_loss', 'meanAbsoluteError', 'mse', 'val_meanSquaredError']) expect(betterOf(name)).toBe('min');
    for (const name of ['dice_loss', 'val_iou_loss', 'mape', 'reward_error', 'neg_log_likelihood', 'brier_score', 'false_positives'])
      expect(betterOf(name), name).toBe('min');
  });

  it('finds the best value with its epoch, and none where there is no number', () => {
    expect(bestOf('val_loss', metric([0.5, 0.3, 0.4]))).toEqual({ value: 0.3, epoch: 2 });
    expect(bestOf('accuracy', metric([0.5, 0.3, 0.4]))).toEqual({ value: 0.5, epoch: 1 });
    expect(bestOf('loss', metric([Number.NaN]))).toBeUndefined();
    expect(bestOf('loss', undefined)).toBeUndefined();
  });

  it('judges runs by the metric most have, on validation data where there is any', () => {
    expect(familiesOf(['accuracy', 'val_accuracy', 'val_loss', 'loss'])).toEqual(['loss', 'accuracy']);
    expect(mainMetric([accurate(1, [0.8], [0.5])])).toBe('val_accuracy');
    expect(mainMetric([makeRun(1, { metrics: { loss: metric([1]) } })])).toBeUndefined();
    const { metrics } = accurate(1, [0.8], [0.5]);
    expect(mainMetric([makeRun(1, { metrics: { reward: metric([1]), ...metrics } })])).toBe('val_accuracy');
    expect(
      mainMetric([makeRun(1, { metrics: { reward: metric([1]) } }), makeRun(2, { metrics: { reward: metric([1]), ...metrics } })]),
    ).toBe('reward');
    expect(lossMetric([makeRun(1, { metrics: { loss: metric([1]) } })])).toBe('loss');
  });
});

describe('columns', () => {
  const runs = [
    makeRun(1, { ...accurate(1, [0.8, 0.9, 0.85], [0.6, 0.4, 0.5]), params: { filters: 8, epochs: 3 } }),
    makeRun(2, { ...accurate(2, [0.7, 0.8, 0.95], [0.6, 0.5, 0.3]), params: { filters: 16, epochs: 3 } }),
    makeRun(3, { status: 'failed', epochs: 0, params: { filters: 4, epochs: 3 } }),
  ];
  const shape = shapeOf(runs);
  const columns = shownColumns(usualColumns(shape, false), shape, t, formats('en'));
  const text = (id: string, index: number) => columns.find((column) => column.id === id)?.text(runs[index]);

  it('shows what occurs, and not twice', () => {
    expect(columns.map((column) => column.id)).toEqual([
      'state',
      'param:filters',
      'metric:val_accuracy:best',
      'metric:val_accuracy:bestEpoch',
      'metric:val_accuracy:last',
      'metric:val_loss:min',
      'epochs',
      'time',
      'started',
    ]);
    const tagged = usualColumns(shapeOf([...runs, makeRun(4, { tags: ['kept'] })]), false);
    expect(tagged.at(-1)).toEqual({ id: 'tags' });
    expect(columns.map((column) => column.title).slice(2, 6)).toEqual(['val accuracy, best', 'at', 'last', 'val loss, min']);
  });

  it('has the values of a run', () => {
    expect(text('metric:val_accuracy:best', 1)).toBe('0.9500');
    expect(text('metric:val_accuracy:bestEpoch', 1)).toBe('3');
    expect(text('metric:val_accuracy:last', 0)).toBe('0.8500');
    expect(text('metric:val_loss:min', 0)).toBe('0.4000');
    expect(text('metric:val_accuracy:best', 2)).toBe('');
    expect(text('state', 2)).toBe('failed');
  });

  it('are there for every param, every part of every metric, every tag and every field, whatever their names', () => {
    const odd = { 'a:b': metric([1, 2]) };
    const strange = shapeOf([makeRun(1, { params: { 'x:y': 'z' }, metrics: { 'a:b': { ...odd['a:b'], atBest: 1 } }, tags: ['cnn:1'] })]);
    const all = columnIds(strange).map((id) => columnOf(id, strange, t, formats('en')));
    expect(all.every((column) => column !== undefined)).toBe(true);
    const run = makeRun(1, { params: { 'x:y': 'z' }, metrics: { 'a:b': { ...odd['a:b'], atBest: 1 } }, tags: ['cnn:1'] });
    const textOf = (id: string) => columnOf(id, strange, t, formats('en'))?.text(run);
    expect(['param:x:y', 'metric:a:b:atBest', 'metric:a:b:max', 'tag:cnn:1'].map(textOf)).toEqual(['z', '1.000', '2.000', '✓']);
    expect(columnOf('metric:gone:best', strange, t, formats('en'))).toBeUndefined();
  });

  it('marks the best value of a column, larger or smaller as the metric has it', () => {
    const best = bestRuns(columns, runs);
    expect(best.get('metric:val_accuracy:best')).toEqual(new Set([runIdOf(2)]));
    expect(best.get('metric:val_loss:min')).toEqual(new Set([runIdOf(2)]));
    expect(bestRuns(columns, runs.slice(0, 1)).size).toBe(0);
    expect(bestRuns(columns, [runs[0], { ...runs[0], id: runIdOf(9) }]).size).toBe(0);
  });

  it('names the notebook where there are several, and the deletion in the bin', () => {
    const ids = usualColumns(shapeOf([...runs, makeRun(4, { notebook: 'wine.epoch.md' })]), true).map((column) => column.id);
    expect(ids).toContain('notebook');
    expect(ids).toContain('deleted');
  });

  it('leaves out params that never vary first', () => {
    const many = [1, 2].map((number) =>
      makeRun(number, { params: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`p${index}`, index === 11 ? number : 0])) }),
    );
    const names = usualColumns(shapeOf(many), false).filter(({ id }) => id.startsWith('param:'));
    expect(names).toHaveLength(8);
    expect(names).toContainEqual({ id: 'param:p11' });
  });

  it('is wide enough for its longest text', () => {
    expect(columnWidth(['1', '0.8874'])).toBeGreaterThan(columnWidth(['1', '2']));
    expect(columnWidth(['验证准确率，最佳'])).toBeGreaterThan(8 * 12);
  });
});

describe('words', () => {
  it('spaces names', () => {
    expect(spacedName('learningRate')).toBe('learning rate');
    expect(spacedName('val_accuracy')).toBe('val accuracy');
    expect(spacedName('beta1')).toBe('beta1');
    expect(spacedName('useAUC')).toBe('useAUC');
  });

  it('says a state with its reason', () => {
    expect(stateWord(t, { status: 'completed', reason: 'earlyStopping', epochs: 5 })).toBe('stopped early');
    expect(stateWord(t, { status: 'diverged', reason: 'nan', epochs: 3 })).toBe('diverged at 3');
    expect(stateWord(t, { status: 'diverged', reason: 'nan', epochs: 0 })).toBe('diverged');
  });
});
