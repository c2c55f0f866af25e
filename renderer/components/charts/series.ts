/** What a chart is given. One series is one line. */
export interface LineSeries {
  readonly id: string;
  readonly name: string;
  /** A run's number in the palette, or the name of a custom property, e.g. `--ink-3`. */
  readonly color: number | `--${string}`;
  /** Training is solid, validation dotted, a forecast dashed. */
  readonly dash: 'solid' | 'dot' | 'dash';
  /** Ascending. */
  readonly x: readonly number[];
  /** NaN is a gap. */
  readonly y: readonly number[];
  readonly faint?: boolean;
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
 * Every line's value at `x`, the best first: the smallest where `best` is `min`. A line without a number
 * there is left out.
 */
export function readingsAt(series: readonly LineSeries[], x: number, best: 'min' | 'max'): Reading[] {
  const readings: Reading[] = [];
  for (const one of series) {
    const index = one.x.indexOf(x);
    const value = one.y[index];
    if (value !== undefined && Number.isFinite(value)) readings.push({ series: one, value });
  }
  return readings.sort((a, b) => (best === 'min' ? a.value - b.value : b.value - a.value));
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
