import { describe, expect, it } from 'vitest';
import { paletteSize, runColorToken, runShape, runShapes } from './palette.ts';
import { countPlaced, type LineSeries, nearestStop, readingsAt, stopsOf } from './series.ts';
import { summarize } from './use-chart-summary.ts';

const line = (id: string, y: readonly number[], x = y.map((_, index) => index + 1)): LineSeries => ({
  id,
  name: id,
  color: 0,
  dash: 'solid',
  x,
  y,
});

describe('readings', () => {
  const series = [line('low', [0.3, 0.2]), line('gap', [0.1, Number.NaN]), line('high', [0.9, 0.8]), line('short', [0.5])];

  it('ranks by value, the best first, and leaves out what has none', () => {
    expect(readingsAt(series, 2, 'min').map(({ series: one }) => one.id)).toEqual(['low', 'high']);
    expect(readingsAt(series, 1, 'max').map(({ series: one }) => one.id)).toEqual(['high', 'short', 'low', 'gap']);
  });

  it('stands on epochs that exist', () => {
    const stops = stopsOf([line('a', [1, 1], [1, 5]), line('b', [1, 1], [2, 5])]);
    expect(stops).toEqual([1, 2, 5]);
    expect(nearestStop(stops, 4)).toBe(5);
    expect(nearestStop([], 4)).toBeUndefined();
  });
});

describe('places', () => {
  it('are those of numbers, and on a logarithmic axis of what is above 0', () => {
    const series = [line('a', [Number.NaN, 0, -1, 2, Infinity], [0, 1, 2, 3, 4]), line('b', [5], [0])];
    expect(countPlaced(series, false, false)).toEqual({ numbers: 4, placed: 4 });
    expect(countPlaced(series, false, true)).toEqual({ numbers: 4, placed: 2 });
    expect(countPlaced(series, true, true)).toEqual({ numbers: 4, placed: 1 });
    expect(countPlaced([line('none', [Number.NaN])], false, false)).toEqual({ numbers: 0, placed: 0 });
  });
});

describe('summarize', () => {
  it('tells first, last and best', () => {
    expect(summarize(line('a', [0.9, Number.NaN, 0.4, 0.6]), 'min')).toEqual({ first: 0.9, last: 0.6, bestValue: 0.4, bestEpoch: 3 });
    expect(summarize(line('a', [Number.NaN]), 'min')).toBeUndefined();
  });
});

describe('the palette', () => {
  it('gives the first runs the tokens of the look', () => {
    expect([0, 1, 5, 6, 17].map(runColorToken)).toEqual(['--run-1', '--run-2', '--run-6', '--run-7', '--run-18']);
  });

  it('never gives two runs the same colour and shape before all pairs are used', () => {
    const seen = new Set<string>();
    for (let color = 0; color < paletteSize * runShapes.length; color++) seen.add(`${runColorToken(color)} ${runShape(color)}`);
    expect(seen.size).toBe(paletteSize * runShapes.length);
  });

  it('tells neighbours apart by shape as well', () => {
    for (let color = 0; color < 40; color++) expect(runShape(color)).not.toBe(runShape(color + 1));
  });
});
