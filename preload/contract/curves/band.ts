/** Several curves as one, with a band around it. */
import { quantile } from '../statistics/quantile.ts';
import { firstAtLeast } from './decimate.ts';

export const bandKinds = ['deviation', 'error', 'range', 'quantiles'] as const;
export type BandKind = (typeof bandKinds)[number];

export interface Curve {
  /** Ascending. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface BandCurve extends Curve {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Curves that have a finite value there. */
  readonly counts: Float64Array;
}

/** Points of the grid where curves have no x in common. */
const gridPoints = 1000;

/** The curve's value at `at`: its own, or by `between` on the line through its neighbours; NaN outside of it. */
export function valueAt({ x, y }: Curve, at: number, between: boolean): number {
  const index = firstAtLeast(x, at);
  if (index >= x.length) return Number.NaN;
  if (x[index] === at) return y[index];
  if (index === 0 || !between) return Number.NaN;
  const share = (at - x[index - 1]) / (x[index] - x[index - 1]);
  return y[index - 1] + share * (y[index] - y[index - 1]);
}

/**
 * The mean of the curves at every x, and around it the standard deviation of the sample (n − 1), the standard error of
 * the mean, the lowest and highest, or the quarters; with quarters the middle is the median. By `shared`, x are whole
 * numbers that curves have in common, as epochs are, and a curve counts where it has a value; else the curves are read
 * between their points, at equal distances from the first to the last. Where one curve alone is left the band has no
 * width.
 */
export function bandOf(curves: readonly Curve[], kind: BandKind, shared: boolean): BandCurve {
  const x = shared ? sharedGrid(curves) : equalGrid(curves);
  const y = new Float64Array(x.length);
  const low = new Float64Array(x.length);
  const high = new Float64Array(x.length);
  const counts = new Float64Array(x.length);
  const places = new Uint32Array(curves.length);
  for (let index = 0; index < x.length; index++) {
    const values: number[] = [];
    for (const [which, curve] of curves.entries()) {
      let value: number;
      if (shared) {
        while (places[which] < curve.x.length && curve.x[places[which]] < x[index]) places[which]++;
        value = curve.x[places[which]] === x[index] ? curve.y[places[which]] : Number.NaN;
      } else value = valueAt(curve, x[index], true);
      if (Number.isFinite(value)) values.push(value);
    }
    counts[index] = values.length;
    [y[index], low[index], high[index]] = spread(values, kind);
  }
  return { x, y, low, high, counts };
}

function spread(values: number[], kind: BandKind): readonly [middle: number, low: number, high: number] {
  if (values.length === 0) return [Number.NaN, Number.NaN, Number.NaN];
  if (kind === 'quantiles') {
    values.sort((a, b) => a - b);
    return [quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75)];
  }
  // Welford's algorithm.
  let mean = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    const before = value - mean;
    mean += before / (index + 1);
    squares += before * (value - mean);
  }
  if (kind === 'range') return [mean, Math.min(...values), Math.max(...values)];
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  const half = kind === 'error' ? deviation / Math.sqrt(values.length) : deviation;
  return [mean, mean - half, mean + half];
}

function sharedGrid(curves: readonly Curve[]): Float64Array {
  const [first] = curves;
  // Runs of one length: the usual case, and the largest.
  if (first && curves.every(({ x }) => x === first.x)) return first.x;
  const all = new Set<number>();
  for (const { x } of curves) for (const at of x) all.add(at);
  return Float64Array.from(all).sort();
}

function equalGrid(curves: readonly Curve[]): Float64Array {
  const filled = curves.filter(({ x }) => x.length > 0);
  if (filled.length === 0) return new Float64Array(0);
  const first = Math.min(...filled.map(({ x }) => x[0]));
  const last = Math.max(...filled.map(({ x }) => x[x.length - 1]));
  const points = Math.min(gridPoints, Math.max(...filled.map(({ x }) => x.length)));
  if (points === 1 || first === last) return Float64Array.of(first);
  return Float64Array.from({ length: points }, (_, index) =>
    index === points - 1 ? last : first + ((last - first) * index) / (points - 1),
  );
}
