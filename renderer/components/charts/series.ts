import { firstAtLeast } from '#contract/curves/decimate.ts';

export type Numbers = readonly number[] | Float64Array;

/** What a chart is given. One series is one line. */
export interface LineSeries {
  readonly id: string;
  readonly name: string;
  /** A run's number in the palette, or the name of a custom property, e.g. `--ink-3`. */
  readonly color: number | `--${string}`;
  /** Training is solid, validation dotted, a forecast dashed. */
  readonly dash: 'solid' | 'dot' | 'dash';
  readonly x: Numbers;
  /** Where x also falls, as over another metric; else it never does. */
  readonly unordered?: boolean;
  /** NaN is a gap. */
  readonly y: Numbers;
  readonly faint?: boolean;
  /** What is around the line at each of its points. */
  readonly band?: { readonly low: Numbers; readonly high: Numbers };
  /** The line before it was smoothed. */
  readonly raw?: { readonly x: Numbers; readonly y: Numbers };
}

/** Points that are numbers, and how many of them have a place: on a logarithmic axis what is above 0 has one. */
export function countPlaced(series: readonly LineSeries[], logX: boolean, logY: boolean): { numbers: number; placed: number } {
  let numbers = 0;
  let placed = 0;
  for (const { x, y } of series) {
    for (let index = 0; index < y.length; index++) {
      if (!Number.isFinite(y[index])) continue;
      numbers++;
      if ((!logY || y[index] > 0) && (!logX || x[index] > 0)) placed++;
    }
  }
  return { numbers, placed };
}

/** A hollow dot on a line, e.g. at the best epoch. */
export interface ChartMarker {
  readonly seriesId: string;
  readonly x: number;
  readonly y: number;
}

/** One line's value where the pointer or the keyboard's cursor is. */
export interface Reading {
  readonly series: LineSeries;
  readonly value: number;
}

/**
 * Every line's value at `x`, the best first: the smallest where `best` is `min`. A line without a number there is left
 * out; by `nearest`, where lines have no x in common, each has that of its nearest point.
 */
export function readingsAt(series: readonly LineSeries[], x: number, best: 'min' | 'max', nearest = false): Reading[] {
  const readings: Reading[] = [];
  for (const one of series) {
    const index = one.unordered ? nearestOf(one.x, x) : nearest ? nearestIndex(one.x, x) : indexOf(one.x, x);
    const value = one.y[index];
    if (value !== undefined && Number.isFinite(value)) readings.push({ series: one, value });
  }
  return readings.sort((a, b) => (best === 'min' ? a.value - b.value : b.value - a.value));
}

function indexOf(x: Numbers, at: number): number {
  const index = firstAtLeast(x, at);
  return x[index] === at ? index : -1;
}

/** Of points in any order. */
function nearestOf(x: Numbers, at: number): number {
  let nearest = -1;
  for (let index = 0; index < x.length; index++) {
    if (nearest < 0 || Math.abs((x[index] ?? 0) - at) < Math.abs((x[nearest] ?? 0) - at)) nearest = index;
  }
  return nearest;
}

/** −1 beyond both ends: a line that is over has no value there. */
function nearestIndex(x: Numbers, at: number): number {
  const after = firstAtLeast(x, at);
  if (after >= x.length) return x[x.length - 1] === at ? x.length - 1 : -1;
  if (after === 0) return x[0] === at ? 0 : -1;
  return at - x[after - 1] < x[after] - at ? after - 1 : after;
}

/** Every x that any line has a point at, ascending and once each: where the cursor can stand. */
export function stopsOf(series: readonly LineSeries[]): number[] {
  const stops = new Set<number>();
  for (const one of series) for (const x of one.x) stops.add(x);
  return [...stops].sort((a, b) => a - b);
}

/** The stop nearest to `x`; undefined where there are none. */
export function nearestStop(stops: readonly number[], x: number): number | undefined {
  let best: number | undefined;
  for (const stop of stops) if (best === undefined || Math.abs(stop - x) < Math.abs(best - x)) best = stop;
  return best;
}

/** The least x above 0; 1 where there is none. */
export function leastPositive(series: readonly LineSeries[]): number {
  let least = Infinity;
  for (const { x } of series) for (const at of x) if (at > 0 && at < least) least = at;
  return Number.isFinite(least) ? least : 1;
}
