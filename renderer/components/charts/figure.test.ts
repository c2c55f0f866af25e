import { describe, expect, it } from 'vitest';
import { aloneSizes, flatRange, makeFigure, margins, padded, pixelOf, wholeRange, wholeStep } from './figure.ts';
import type { LineSeries } from './series.ts';
import type { ChartTheme } from './theme.ts';

const theme: ChartTheme = {
  font: 'Inter',
  ink: '#000',
  quiet: '#666',
  line: '#ddd',
  surface: '#fff',
  color: (token) => `color of ${token}`,
};

function line(values: readonly number[], more: Partial<LineSeries> = {}): LineSeries {
  return { id: 'a', name: 'a', color: 0, dash: 'solid', x: values.map((_, index) => index + 1), y: values, ...more };
}

function figure(series: readonly LineSeries[], more: Partial<Parameters<typeof makeFigure>[0]> = {}) {
  const range = wholeRange(series);
  return makeFigure({
    series,
    markers: [],
    width: 500,
    height: 200,
    xLabel: 'epoch',
    logY: false,
    xRange: range,
    zoom: undefined,
    theme,
    revision: 0,
    ...more,
  });
}

describe('epochs on the axis', () => {
  it('steps by whole numbers however short the range', () => {
    for (const span of [0.5, 1, 2, 7, 12, 99, 100, 250, 10_000]) {
      const step = wholeStep(span, 6);
      expect(Number.isInteger(step)).toBe(true);
      expect(span / step).toBeLessThanOrEqual(6.01);
    }
    expect(wholeStep(5, 6)).toBe(1);
    expect(wholeStep(11, 6)).toBe(2);
  });

  it('reaches as far as what is planned, and at least one epoch', () => {
    expect(wholeRange([line([1, 2, 3])], 12)).toEqual([1, 12]);
    expect(wholeRange([line([1])])).toEqual([1, 2]);
    expect(wholeRange([])).toEqual([1, 2]);
  });

  it('finds an epoch on the screen', () => {
    expect(pixelOf(1, [1, 11], 100 + margins.left + margins.right)).toBe(margins.left);
    expect(pixelOf(6, [1, 11], 100 + margins.left + margins.right)).toBe(margins.left + 50);
  });
});

describe('makeFigure', () => {
  it('draws a point that stands alone between gaps as a dot', () => {
    expect(aloneSizes([1, Number.NaN, 2, Number.NaN, 3, 4])).toEqual([5, 0, 5, 0, 0, 0]);
    const { data } = figure([line([0.5])]);
    expect(data[0]).toMatchObject({ mode: 'lines+markers', connectgaps: false });
  });

  it('fills a band within its stretches, not across a gap', () => {
    const low = [1, 2, Number.NaN, 4, 5];
    const high = [3, 4, 5, 6, Infinity];
    const { data } = figure([line([2, 3, Number.NaN, 5, 6], { band: { low, high } })]);
    expect(data[0]).toMatchObject({ fill: 'toself', x: [1, 2, 2, 1, Number.NaN, 4, 4], y: [1, 2, 4, 3, Number.NaN, 4, 6] });
  });

  it('marks the ends of lines with the run’s shape only where there are several colours', () => {
    const one = figure([line([1, 2]), line([2, 1], { id: 'b', dash: 'dot' })]);
    expect(one.data).toHaveLength(2);
    const two = figure([line([1, 2]), line([2, 1, Number.NaN], { id: 'b', color: 1 })]);
    expect(two.data[2]).toMatchObject({ mode: 'markers', x: [2, 2], y: [2, 1], marker: { symbol: ['circle', 'square'] } });
  });

  it('puts markers on known lines alone, in their colour', () => {
    const { data } = figure([line([3, 1, 2])], {
      markers: [
        { seriesId: 'a', x: 2, y: 1 },
        { seriesId: 'gone', x: 1, y: 1 },
      ],
    });
    expect(data.at(-1)).toMatchObject({ x: [2], y: [1], marker: { line: { color: ['color of --run-1'] } } });
  });

  it('says when points are left out, and not when they are out of view', () => {
    const long = line(Array.from({ length: 12_000 }, (_, index) => index % 7));
    expect(figure([long]).decimated).toEqual({ points: 12_000, drawn: 5_000 });
    expect(figure([long], { zoom: [10, 20] }).decimated).toBeUndefined();
  });

  it('shows a flat line in a range that tells its size', () => {
    expect(flatRange([line([0.5, 0.5])])).toEqual([0.45, 0.55]);
    expect(flatRange([line([0.5, 0.6])])).toBeUndefined();
    expect(flatRange([line([])])).toEqual([0, 1]);
  });

  it('gives names to Plotly as text, not as markup', () => {
    expect(figure([line([1, 2], { name: '<b>a & b</b>' })]).data[0]).toMatchObject({ name: '&lt;b>a &amp; b&lt;/b>' });
  });

  it('keeps a zoom', () => {
    const { layout } = figure([line([1, 2, 3])], { zoom: [1.5, 2.5] });
    expect(layout.xaxis?.range).toEqual([1.5, 2.5]);
    expect(figure([line([1, 2, 3])]).layout.xaxis?.range).toEqual(padded([1, 3]));
  });
});
