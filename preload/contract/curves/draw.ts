/** What of whole curves is drawn: decimated for what is in view, with the ends of the y axis. */
import type { RunId } from '../ids.ts';
import { quantile } from '../statistics/quantile.ts';
import { firstAbove, firstAtLeast, keptPoints } from './decimate.ts';
import { bytesOf, type CurvesRequest, type DrawnCurve, type DrawnCurves, numbersOf } from './request.ts';

/** Every point of a curve. What else there is stands over the same x. */
export interface WholeCurve {
  readonly runId?: RunId;
  readonly group?: string;
  readonly metric: string;
  readonly runs: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Whether x never falls. */
  readonly ascends: boolean;
  /** Before smoothing. */
  readonly raw?: Float64Array;
  readonly low?: Float64Array;
  readonly high?: Float64Array;
  readonly counts?: Float64Array;
}

export type CurvesView = Pick<CurvesRequest, 'range' | 'points' | 'logX' | 'withoutOutliers'>;

interface Stretch {
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** Values looked at for the parts that outliers are beyond, spread over all curves. */
const sampleSize = 50_000;

export function drawCurves(whole: readonly WholeCurve[], view: CurvesView): DrawnCurves {
  const curves: DrawnCurve[] = [];
  const ends = { low: Infinity, high: -Infinity };
  const inView: Stretch[] = [];
  for (const curve of whole) {
    const { runId, group, metric, runs, x, y, ascends, raw, low, high, counts } = curve;
    const { indexes, points } = keptOf(curve, view);
    const rawIndexes = raw && keptOf({ x, y: raw, ascends }, view).indexes;
    const [from, to] = view.range && ascends ? [firstAtLeast(x, view.range[0]), firstAbove(x, view.range[1])] : [0, x.length];
    // What is drawn holds every extreme, and beside it a point on each side that is out of view.
    const told = (values: Float64Array | undefined, drawn: readonly number[]): void => {
      if (!values) return;
      widen(ends, values, drawn, from, to);
      inView.push({ values, from, to });
    };
    told(y, indexes);
    told(low, indexes);
    told(high, indexes);
    told(raw, rawIndexes ?? []);
    curves.push({
      ...(runId !== undefined && { runId }),
      ...(group !== undefined && { group }),
      metric,
      runs,
      x: take(x, indexes),
      y: take(y, indexes),
      ...(raw && rawIndexes && { raw: { x: take(x, rawIndexes), y: take(raw, rawIndexes) } }),
      ...(low && { low: take(low, indexes) }),
      ...(high && { high: take(high, indexes) }),
      ...(counts && { counts: take(counts, indexes) }),
      points,
      ...(x.length > 0 && { extent: ascends ? [x[0], x[x.length - 1]] : extentOf(x) }),
      ...(!ascends && { unordered: true }),
    });
  }
  if (ends.low > ends.high) return { curves };
  const { low, high } = ends;
  // Of a stretch, what is drawn is the lowest: the least above 0 may be another.
  const lowPositive = low > 0 ? low : leastPositive(inView);
  return {
    curves,
    y: {
      low,
      high,
      ...(Number.isFinite(lowPositive) && { lowPositive }),
      ...(view.withoutOutliers && { inner: innerOf(inView) ?? [low, high] }),
    },
  };
}

/** From what was drawn with room for every point. */
export function wholeCurves({ curves }: DrawnCurves): WholeCurve[] {
  return curves.map(({ runId, group, metric, runs, x, y, raw, low, high, counts, unordered }) => ({
    ...(runId !== undefined && { runId }),
    ...(group !== undefined && { group }),
    metric,
    runs,
    x: numbersOf(x),
    y: numbersOf(y),
    ascends: unordered !== true,
    ...(raw && { raw: numbersOf(raw.y) }),
    ...(low && { low: numbersOf(low) }),
    ...(high && { high: numbersOf(high) }),
    ...(counts && { counts: numbersOf(counts) }),
  }));
}

function keptOf({ x, y, ascends, low, high }: Pick<WholeCurve, 'x' | 'y' | 'ascends' | 'low' | 'high'>, view: CurvesView) {
  const { range, points, logX } = view;
  if (!ascends) return unorderedOf(x, y, view);
  const { indexes, inView } = keptPoints(x, y, range, points, logX);
  if (!low || !high || indexes.length === inView) return { indexes, points: inView };
  // A band's own extremes lie elsewhere than its middle's.
  const all = new Set(keptPoints(x, y, range, points >> 1, logX).indexes);
  for (const edge of [low, high]) for (const index of keptPoints(x, edge, range, points >> 2, logX).indexes) all.add(index);
  return { indexes: [...all].sort((a, b) => a - b), points: inView };
}

/** Of a line that goes back and forth, both ends of each of its pieces that touch the view. */
function unorderedOf(x: Float64Array, y: Float64Array, { range, points }: CurvesView) {
  const touching: number[] = [];
  for (let index = 0; index < x.length; index++) {
    if (!range || touches(x, index, range) || touches(x, index + 1, range)) touching.push(index);
  }
  if (touching.length <= points) return { indexes: touching, points: touching.length };
  const places = Float64Array.from(touching.keys());
  const { indexes } = keptPoints(
    places,
    Float64Array.from(touching, (index) => y[index]),
    undefined,
    points,
  );
  return { indexes: indexes.map((index) => touching[index]), points: touching.length };
}

/** The piece from the point before `index` to it. */
function touches(x: Float64Array, index: number, [from, to]: readonly [number, number]): boolean {
  const end = x[Math.min(index, x.length - 1)];
  const start = x[Math.max(0, index - 1)];
  return Math.max(start, end) >= from && Math.min(start, end) <= to;
}

/** The values at `indexes`. A plain loop: `Float64Array.from` with a function takes ten times as long, and this is for every zoom. */
function take(values: Float64Array, indexes: readonly number[]): Uint8Array<ArrayBuffer> {
  if (indexes.length === values.length) return bytesOf(values);
  const taken = new Float64Array(indexes.length);
  for (let index = 0; index < taken.length; index++) taken[index] = values[indexes[index]];
  return bytesOf(taken);
}

function widen(ends: { low: number; high: number }, values: Float64Array, indexes: readonly number[], from: number, to: number): void {
  let { low, high } = ends;
  for (const index of indexes) {
    if (index < from || index >= to) continue;
    const value = values[index];
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  ends.low = low;
  ends.high = high;
}

function leastPositive(stretches: readonly Stretch[]): number {
  let least = Infinity;
  for (const { values, from, to } of stretches) {
    for (let index = from; index < to; index++) if (values[index] > 0 && values[index] < least) least = values[index];
  }
  return least;
}

/** Between the 5th and the 95th of a hundred parts of a sample; undefined where nothing in it is finite. */
function innerOf(stretches: readonly Stretch[]): [number, number] | undefined {
  const all = stretches.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const step = Math.max(1, Math.ceil(all / sampleSize));
  const sample: number[] = [];
  for (const { values, from, to } of stretches) {
    for (let index = from; index < to; index += step) if (Number.isFinite(values[index])) sample.push(values[index]);
  }
  if (sample.length === 0) return undefined;
  const sorted = Float64Array.from(sample).sort();
  return [quantile(sorted, 0.05), quantile(sorted, 0.95)];
}

function extentOf(x: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of x) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
