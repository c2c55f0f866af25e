import { describe, expect, it } from 'vitest';
import { quantile } from '../statistics/quantile.ts';
import { bandOf, valueAt } from './band.ts';
import { keptPoints } from './decimate.ts';
import { centredMean, exponential, gaussian } from './smooth.ts';

function noise(count: number, seed = 12_345): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647);
}
const upTo = (count: number) => Float64Array.from({ length: count }, (_, index) => index + 1);
const close = (found: ArrayLike<number>, wanted: readonly number[]) => {
  expect(found.length).toBe(wanted.length);
  for (const [index, value] of wanted.entries()) expect(found[index]).toBeCloseTo(value, 12);
};

describe('smoothing', () => {
  it('exponential begins at the first value and steps over what is not finite', () => {
    close(exponential(Float64Array.of(1, 2, 4), 0.5), [1, 1.25 / 0.75, 2.625 / 0.875]);
    close(exponential(Float64Array.of(3, 3, 3, 3), 0.99), [3, 3, 3, 3]);
    const gap = exponential(Float64Array.of(1, Number.NaN, Infinity, 2), 0.5);
    expect([gap[1], gap[2]]).toEqual([Number.NaN, Infinity]);
    expect(gap[3]).toBeCloseTo(1.25 / 0.75, 12);
    close(exponential(Float64Array.of(1, 5, 2), 0), [1, 5, 2]);
  });

  it('the centred mean is that of the window written out, at the ends and around gaps too', () => {
    for (const count of [1, 2, 5, 6, 7, 8, 20, 101]) {
      const values = noise(count);
      if (count > 6) values[3] = Number.NaN;
      for (const points of [1, 3, 5, 7, 21]) {
        const found = centredMean(values, points);
        for (let index = 0; index < count; index++) {
          if (Number.isNaN(values[index])) continue;
          const half = (points - 1) / 2;
          const window = values.slice(Math.max(0, index - half), index + half + 1).filter((value) => !Number.isNaN(value));
          expect(found[index]).toBeCloseTo(window.reduce((sum, value) => sum + value, 0) / window.length, 12);
        }
      }
    }
  });

  it('a huge value spoils the mean of its window alone', () => {
    const values = new Float64Array(100).fill(0.1);
    values[50] = 1e30;
    expect(centredMean(values, 5)[60]).toBeCloseTo(0.1, 12);
  });

  it('gaussian keeps a constant, and gives an impulse the bell', () => {
    close(
      gaussian(new Float64Array(9).fill(2), 1.5),
      Array.from({ length: 9 }, () => 2),
    );
    const impulse = new Float64Array(41);
    impulse[20] = 1;
    const bell = gaussian(impulse, 2);
    expect(bell[22] / bell[20]).toBeCloseTo(Math.exp(-0.5), 12);
    // Far from the ends the weights are scipy's: gaussian_filter1d([…1…], 2) has 0.19947… in the middle.
    expect(bell[20]).toBeCloseTo(0.199_474_647, 8);
  });
});

describe('bands', () => {
  const curves = [
    { x: upTo(3), y: Float64Array.of(1, 2, 3) },
    { x: upTo(3), y: Float64Array.of(3, 4, Number.NaN) },
    { x: upTo(2), y: Float64Array.of(5, 9) },
  ];

  it('have mean and deviation of the sample, error, range or quarters, over the curves that have a value', () => {
    const deviation = bandOf(curves, 'deviation', true);
    close(deviation.y, [3, 5, 3]);
    close(deviation.counts, [3, 3, 1]);
    close(deviation.high, [5, 5 + Math.sqrt(13), 3]);
    close(bandOf(curves, 'error', true).high, [3 + 2 / Math.sqrt(3), 5 + Math.sqrt(13 / 3), 3]);
    close(bandOf(curves, 'range', true).low, [1, 2, 3]);
    const quarters = bandOf(curves, 'quantiles', true);
    close(quarters.y, [3, 4, 3]);
    close(quarters.low, [2, 3, 3]);
  });

  it('are read between the points where x are not shared, never beyond a curve', () => {
    const band = bandOf(
      [
        { x: Float64Array.of(0, 10), y: Float64Array.of(0, 10) },
        { x: Float64Array.of(5, 10, 15), y: Float64Array.of(7, 12, 17) },
      ],
      'range',
      false,
    );
    close(band.x, [0, 7.5, 15]);
    close(band.y, [0, 8.5, 17]);
    close(band.counts, [1, 2, 1]);
    expect(valueAt({ x: upTo(2), y: upTo(2) }, 3, true)).toBeNaN();
  });

  it('have NumPy’s quantiles', () => {
    expect([0, 0.25, 0.4, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 1.75, 2.4000000000000004, 8]);
  });
});

describe('points to draw', () => {
  it('are all of them up to the limit', () => {
    expect(keptPoints(upTo(500), noise(500), undefined, 500)).toEqual({ indexes: Array.from({ length: 500 }, (_, at) => at), inView: 500 });
    expect(keptPoints([], [], [1, 5])).toEqual({ indexes: [], inView: 0 });
  });

  it.each([false, true])('hold the lowest and the highest of every stretch, wherever they are (log: %s)', (log) => {
    for (const at of [0, 1, 4999, 7777, 9999]) {
      const y = noise(10_000);
      y[at] = 99;
      y[(at + 5000) % 10_000] = -99;
      const { indexes, inView } = keptPoints(upTo(10_000), y, undefined, 100, log);
      expect(indexes.length).toBeLessThanOrEqual(100);
      expect(inView).toBe(10_000);
      expect(indexes).toContain(at);
      expect(indexes).toContain((at + 5000) % 10_000);
      for (let index = 1; index < indexes.length; index++) expect(indexes[index]).toBeGreaterThan(indexes[index - 1]);
    }
  });

  it('leave a gap where a stretch has no number, and step over single ones', () => {
    const y = noise(10_000);
    y.fill(Number.NaN, 4000, 6000);
    y[17] = Number.NaN;
    const gaps = keptPoints(upTo(10_000), y, undefined, 100).indexes.filter((index) => Number.isNaN(y[index]));
    expect(gaps.length).toBeGreaterThan(0);
    for (const gap of gaps) expect(gap >= 4000 && gap < 6000).toBe(true);
  });

  it('are those in view, and one beyond each edge', () => {
    const near = keptPoints(upTo(20_000), noise(20_000), [100, 110], 400);
    expect([near.indexes[0], near.indexes.at(-1), near.indexes.length]).toEqual([98, 110, 13]);
    const far = keptPoints(upTo(20_000), noise(20_000), [5000, 15_000], 400);
    expect(far.inView).toBe(10_003);
    expect(far.indexes.length).toBeLessThanOrEqual(400);
  });
});
