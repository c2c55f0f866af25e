import { describe, expect, it } from 'vitest';
import { makeRun, metric } from '../../runs/testing/make-run.ts';
import { axesFor, brushed, cleanRange, numberAt, placeOf, standing, ticksOf } from './axes.ts';

const runs = [
  makeRun(1, { params: { rate: 0.0001, units: 8, kind: 'relu', same: 1 }, metrics: { val_loss: metric([0.9, 0.5]) } }),
  makeRun(2, { params: { rate: 0.01, units: 16, kind: 'tanh', same: 1 }, metrics: { val_loss: metric([0.4]) } }),
  makeRun(3, { params: { rate: 0.1, units: 16, kind: 'relu', same: 1 }, metrics: { val_loss: metric([Number.NaN]) } }),
];

describe('axes over runs', () => {
  const axes = axesFor(runs, 'val_loss');

  it('are the params that vary, and the metric last', () => {
    expect(axes.map(({ id, scale }) => [id, scale])).toEqual([
      ['param:rate', 'log'],
      ['param:units', 'linear'],
      ['param:kind', 'names'],
      ['metric:val_loss', 'linear'],
    ]);
    expect(axes[3]).toMatchObject({ low: 0.4, high: 0.5 });
  });

  it('place values on their scale, and a value that is not a number nowhere', () => {
    expect(placeOf(axes[0], 0.01)).toBeCloseTo(2 / 3, 12);
    expect(numberAt(axes[0], 2 / 3)).toBeCloseTo(0.01, 12);
    expect(placeOf(axes[2], 'tanh')).toBe(1);
    expect(placeOf(axes[3], Number.NaN)).toBeUndefined();
    expect(ticksOf(axes[2], 5).map(({ value }) => value)).toEqual(['relu', 'tanh']);
  });

  it('let through what every brush lets through, its ends included', () => {
    const names = (brushes: [string, [number, number]][]) => [...brushed(runs, axes, new Map(brushes))].map((id) => Number(id));
    expect(names([])).toEqual([1, 2, 3]);
    expect(names([['param:rate', [2 / 3, 1]]])).toEqual([2, 3]);
    expect(
      names([
        ['param:rate', [2 / 3, 1]],
        ['metric:val_loss', [0, 0.5]],
      ]),
    ).toEqual([2]);
    // The third run has no number there.
    expect(names([['metric:val_loss', [0, 0.999]]])).toEqual([2]);
  });

  it('take a brush drawn the wrong way round, and forget one over the whole axis', () => {
    expect(cleanRange([0.8, 0.2])).toEqual([0.2, 0.8]);
    expect(cleanRange([1.4, -1])).toBeUndefined();
  });
});

it('runs stand by rank of their best, the better end first where less is better', () => {
  expect([...standing(runs, 'val_loss')]).toEqual([
    [runs[0].id, 0],
    [runs[1].id, 1],
  ]);
});
