import { describe, expect, it } from 'vitest';
import { bytesOf, type DrawnCurves } from '#contract/curves/request.ts';
import { makeRun, metric } from '../runs/testing/make-run.ts';
import { bestMarkers, decimationOf, extentOf, groupNames, rangeOf, requestOf, seriesOf } from './curve-series.ts';

const runs = [makeRun(0, { metrics: { val_loss: metric([0.5, 0.4]) } }), makeRun(1, { metrics: { loss: metric([0.6, 0.2, 0.3]) } })];
const numbers = (...values: number[]) => bytesOf(Float64Array.from(values));
const drawn: DrawnCurves = {
  curves: [
    { runId: runs[0].id, metric: 'loss', runs: 1, x: numbers(1, 2), y: numbers(0.6, 0.3), points: 2, extent: [1, 2] },
    { runId: runs[0].id, metric: 'val_loss', runs: 1, x: numbers(1, 2), y: numbers(0.5, 0.4), points: 2, extent: [1, 2] },
    { runId: runs[1].id, metric: 'loss', runs: 1, x: numbers(1, 2, 3), y: numbers(0.6, 0.2, 0.3), points: 900, extent: [1, 3] },
  ],
  y: { low: 0.2, high: 0.6, lowPositive: 0.2, inner: [0.25, 0.5] },
};
const series = (highlighted?: string) => seriesOf(drawn, runs, ['loss'], new Map(), highlighted, (owner, name) => `${owner} ${name}`);

describe('curves of several runs', () => {
  it('are solid for training and dotted for validation, in their run’s colour', () => {
    expect(series().map((one) => [one.name, one.dash, one.color, one.faint])).toEqual([
      ['run 0 loss', 'solid', 0, false],
      ['run 0 val_loss', 'dot', 0, false],
      ['run 1 loss', 'solid', 1, false],
    ]);
    expect([...series()[2].x]).toEqual([1, 2, 3]);
    expect(series(runs[1].id).map((one) => one.faint)).toEqual([true, true, false]);
  });

  it('mark each run’s best epoch on the line it is judged by', () => {
    expect(bestMarkers(runs, ['loss'], series())).toEqual([
      { seriesId: `${runs[0].id}:val_loss`, x: 2, y: 0.4 },
      { seriesId: `${runs[1].id}:loss`, x: 2, y: 0.2 },
    ]);
  });

  it('say what was left out, how far they reach, and what the y axis shows', () => {
    expect(decimationOf(drawn)).toEqual({ points: 904, drawn: 7 });
    expect(extentOf(drawn)).toEqual([1, 3]);
    const [low, high] = rangeOf(drawn, false, false)!;
    expect([low < 0.2, high > 0.6]).toEqual([true, true]);
    expect(rangeOf(drawn, false, true)![1]).toBeLessThan(0.6);
    expect(rangeOf({ curves: [], y: { low: -1, high: 4, lowPositive: 0.5, inner: [0, 1] } }, true, false)![0]).toBeGreaterThan(0);
    expect(rangeOf({ curves: [], y: { low: -2, high: -1, inner: [-2, -1] } }, true, false)).toBeUndefined();
  });

  it('are asked for by group', () => {
    const alike = [1, 2, 3].map((number) => makeRun(number, { params: { filters: number === 3 ? 8 : 16 } }));
    const { names, colors } = groupNames(alike, ['filters'], (param, value) => `${param} ${String(value)}`);
    expect([...colors]).toEqual([
      ['filters 16', 1],
      ['filters 8', 3],
    ]);
    const options = { x: 'epoch', smoothing: { kind: 'none' }, band: 'range', logX: false, withoutOutliers: false } as const;
    expect(requestOf(alike, ['loss'], names, options).runs.map(({ group }) => group)).toEqual(['filters 16', 'filters 16', 'filters 8']);
  });
});
