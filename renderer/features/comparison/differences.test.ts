import { describe, expect, it } from 'vitest';
import { makeRun, metric } from '../runs/testing/make-run.ts';
import { bestCells, dataGroups, differenceOf, resultRows, settingRows } from './differences.ts';
import { withoutDiffering } from './EqualSettings.tsx';

const numbers = (...values: readonly (number | undefined)[]) =>
  values.map((value) => (value === undefined ? { type: 'missing' as const } : { type: 'number' as const, value }));

describe('settings that differ', () => {
  it('names a param with the settings that have its values, and lists others', () => {
    const rows = settingRows({
      params: { filters: [8, 16], learningRate: [0.1, null] },
      settings: [
        { path: 'model.config.layers.0.config.filters', values: [8, 16] },
        { path: 'train.batchSize', values: [32, 64] },
        { path: 'train.callbacks.0.config.patience', values: [3, undefined] },
      ],
    });
    expect(rows.map((row) => row.id)).toEqual([
      'param:filters',
      'param:learningRate',
      'setting:train.batchSize',
      'setting:train.callbacks.0.config.patience',
    ]);
    expect(rows[0]?.places).toEqual(['model.config.layers.0.config.filters']);
    expect(rows[1]?.cells).toEqual(numbers(0.1, undefined));
    expect(rows[3]?.cells).toEqual(numbers(3, undefined));
  });

  it('folds what is equal, a differing branch with all its leaves left out', () => {
    const equal = withoutDiffering(
      [
        { path: 'train.loss', value: 'a' },
        { path: 'train.optimizer.config.beta1', value: 1 },
        { path: 'train.optimizers', value: 1 },
      ],
      { settings: [{ path: 'train.optimizer', values: [1, 2] }] },
    );
    expect(equal.map(({ path }) => path)).toEqual(['train.loss', 'train.optimizers']);
  });
});

describe('results side by side', () => {
  const metrics = {
    loss: [metric([0.5, 0.2]), metric([0.6, 0.3])],
    accuracy: [metric([0.8, 0.9]), metric([0.7, 0.8])],
    val_loss: [metric([0.5, 0.4]), metric([0.3, 0.35])],
    val_accuracy: [metric([0.8, 0.85]), null],
  };
  const runs = [makeRun(1, { elapsedMs: 3000, epochs: 3 }), makeRun(2, { elapsedMs: 3000, epochs: 2 })];
  const rows = resultRows({ runs, metrics });

  it('puts validation first and the loss after other metrics', () => {
    expect(rows.map((row) => row.id)).toEqual([
      'best:val_accuracy',
      'last:val_accuracy',
      'best:val_loss',
      'last:val_loss',
      'best:accuracy',
      'last:accuracy',
      'best:loss',
      'last:loss',
      'timeAnEpoch',
      'epochs',
    ]);
    const loss = rows.find((row) => row.id === 'best:val_loss');
    expect(loss?.cells).toEqual(numbers(0.4, 0.3));
    expect(loss?.epochs).toEqual([2, 1]);
    expect(rows.find((row) => row.id === 'timeAnEpoch')?.cells).toEqual(numbers(1000, 1500));
  });

  it('marks the best, several where equal, none alone or where all are equal', () => {
    const marked = (better: 'min' | 'max' | undefined, ...values: (number | undefined)[]) => [
      ...bestCells({ id: '', kind: 'best', name: '', cells: numbers(...values), ...(better && { better }) }),
    ];
    expect(marked('min', 3, 1, 2)).toEqual([1]);
    expect(marked('max', 3, 1, 3)).toEqual([0, 2]);
    expect(marked('max', 3, undefined)).toEqual([]);
    expect(marked('min', 2, 2)).toEqual([]);
    expect(marked(undefined, 1, 2)).toEqual([]);
  });

  it('spells a difference out as value, share and ratio', () => {
    const [first, second] = numbers(0.3, 0.4);
    const difference = differenceOf(first, second)!;
    expect(difference.absolute).toBeCloseTo(-0.1, 12);
    expect(difference.share).toBeCloseTo(-0.25, 12);
    expect(difference.ratio).toBeCloseTo(0.75, 12);
    expect(differenceOf(...(numbers(1, 0) as [never, never]))).toEqual({ absolute: 1, share: undefined, ratio: undefined });
    expect(differenceOf(...(numbers(1, -1) as [never, never]))).toMatchObject({ share: undefined });
    expect(differenceOf(...(numbers(-3, -2) as [never, never]))?.share).toBeCloseTo(-0.5, 12);
    expect(differenceOf(...(numbers(1, 1) as [never, never]))).toBeUndefined();
    expect(differenceOf(...(numbers(1, undefined) as [never, never]))).toBeUndefined();
  });

  it('groups runs by their data', () => {
    const groups = dataGroups([makeRun(1), makeRun(2, { dataHash: 'other' }), makeRun(3)]);
    expect(groups.map((group) => group.map((run) => run.name))).toEqual([['run 1', 'run 3'], ['run 2']]);
    expect(dataGroups([makeRun(1), makeRun(2)])).toHaveLength(1);
    expect(dataGroups([makeRun(1), makeRun(2, { dataHash: '' })])).toHaveLength(1);
  });
});
