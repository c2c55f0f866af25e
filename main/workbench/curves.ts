/** Curves as they are drawn: read, put over an axis, smoothed, made one of several, decimated for what is in view. */
import { bandOf } from '#contract/curves/band.ts';
import { quantile } from '#contract/statistics/quantile.ts';
import { firstAtLeast, keptPoints } from '#contract/curves/decimate.ts';
import { bytesOf, type CurveAxis, type CurvesRequest, type DrawnCurve, type DrawnCurves } from '#contract/curves/request.ts';
import { smooth } from '#contract/curves/smooth.ts';
import type { RunId } from '#contract/ids.ts';
import type { CurveReader, EpochTimes } from '#store/curve-reader.ts';

interface Line {
  readonly x: Float64Array;
  readonly y: Float64Array;
}
interface Prepared extends Line {
  readonly runId?: RunId;
  readonly group?: string;
  readonly metric: string;
  readonly runs: number;
  readonly raw?: Line;
  readonly low?: Float64Array;
  readonly high?: Float64Array;
  readonly counts?: Float64Array;
  /** Whether x never falls: else what is in view cannot be cut out. */
  readonly ascends: boolean;
}

/** Bytes of numbers kept for the next zoom. */
const cacheBytes = 192 * 2 ** 20;
/** Values looked at for the parts that outliers are beyond: the same for every zoom, spread over all curves. */
const sampleSize = 50_000;

/** The least recently used are let go of. */
function createCache<T>(size: (value: T) => number) {
  const held = new Map<string, T>();
  let bytes = 0;
  return (key: string, make: () => T): T => {
    const known = held.get(key);
    if (known !== undefined) {
      held.delete(key);
      held.set(key, known);
      return known;
    }
    const made = make();
    held.set(key, made);
    bytes += size(made);
    for (const [oldest, value] of held) {
      if (bytes <= cacheBytes || oldest === key) break;
      held.delete(oldest);
      bytes -= size(value);
    }
    return made;
  };
}

const bytesIn = (line: Line | undefined) => (line ? line.x.byteLength + line.y.byteLength : 0);

function ascends(x: Float64Array): boolean {
  for (let index = 1; index < x.length; index++) if (!(x[index] >= x[index - 1])) return false;
  return true;
}

/** Every value of `of` at the epochs of `curve`; both epochs ascend. NaN where there is none. */
function along(epochs: Float64Array, of: { readonly epochs: Float64Array; readonly values: Float64Array }): Float64Array {
  if (of.epochs.length === epochs.length && of.epochs[0] === epochs[0] && of.epochs.at(-1) === epochs.at(-1)) {
    if (epochs.every((epoch, index) => epoch === of.epochs[index])) return of.values;
  }
  return epochs.map((epoch) => {
    const at = firstAtLeast(of.epochs, epoch);
    return of.epochs[at] === epoch ? of.values[at] : Number.NaN;
  });
}

export function createCurves(store: () => CurveReader) {
  const lines = createCache<Line | undefined>(bytesIn);
  const smoothed = createCache<Float64Array>((values) => values.byteLength);

  function times(id: RunId, axis: Exclude<CurveAxis, 'epoch' | { metric: string }>): { epochs: Float64Array; values: Float64Array } {
    const found: EpochTimes = store().epochTimes(id);
    const values = {
      step: () => found.steps,
      samples: () => found.samples,
      relativeTime: () => found.elapsedMs,
      wallTime: () => found.elapsedMs.map((elapsedMs) => found.startedAt + elapsedMs),
    }[axis]();
    return { epochs: found.epochs, values };
  }

  function read(id: RunId, metric: string, axis: CurveAxis): Line | undefined {
    const curve = store().curve(id, metric);
    if (!curve) return undefined;
    if (axis === 'epoch') return { x: curve.epochs, y: curve.values };
    const beside =
      typeof axis === 'string'
        ? times(id, axis)
        : (store().curve(id, axis.metric) ?? { epochs: new Float64Array(0), values: new Float64Array(0) });
    const x = along(curve.epochs, beside);
    // A point without a place is left out.
    if (x.every((value) => Number.isFinite(value))) return { x, y: curve.values };
    const kept = Array.from(x.keys()).filter((index) => Number.isFinite(x[index]));
    return kept.length === 0
      ? undefined
      : { x: Float64Array.from(kept, (index) => x[index]), y: Float64Array.from(kept, (index) => curve.values[index]) };
  }

  function prepare(request: CurvesRequest): Prepared[] {
    const { metrics, x: axis, smoothing, band } = request;
    const axisKey = JSON.stringify(axis);
    const smoothingKey = JSON.stringify(smoothing);
    const prepared: Prepared[] = [];
    for (const metric of metrics) {
      const groups = new Map<string, { readonly line: Line; readonly raw: Line }[]>();
      for (const { runId, group } of request.runs) {
        const version = store().curveVersion(runId);
        if (version === undefined) continue;
        const key = `${runId} ${version} ${axisKey} ${metric}`;
        const raw = lines(key, () => read(runId, metric, axis));
        if (!raw) continue;
        const isSmooth = smoothing.kind !== 'none';
        const line = isSmooth ? { x: raw.x, y: smoothed(`${key} ${smoothingKey}`, () => smooth(raw.y, smoothing)) } : raw;
        if (group === undefined) prepared.push({ runId, metric, runs: 1, ...line, ...(isSmooth && { raw }), ascends: ascends(line.x) });
        else groups.set(group, [...(groups.get(group) ?? []), { line, raw }]);
      }
      for (const [group, members] of groups) {
        const own = members.map(({ line }) => line).filter(({ x }) => ascends(x));
        if (own.length === 0) continue;
        const isShared = axis === 'epoch' || axis === 'step' || axis === 'samples';
        prepared.push({ group, metric, runs: own.length, ...bandOf(own, band, isShared), ascends: true });
      }
    }
    return prepared;
  }

  function draw(line: Line, request: CurvesRequest, isAscending: boolean) {
    if (isAscending) return keptPoints(line.x, line.y, request.range, request.points, request.logX);
    const places = line.x.map((_, index) => index);
    return keptPoints(places, line.y, undefined, request.points);
  }

  const take = (values: Float64Array, indexes: readonly number[]): Uint8Array<ArrayBuffer> =>
    bytesOf(indexes.length === values.length ? values : Float64Array.from(indexes, (index) => values[index]));

  return (request: CurvesRequest): DrawnCurves => {
    const prepared = prepare(request);
    const curves: DrawnCurve[] = [];
    const sample: number[] = [];
    const ends = { low: Infinity, high: -Infinity, lowPositive: Infinity };
    const sampled = Math.max(1, Math.ceil(prepared.reduce((sum, { x }) => sum + x.length, 0) / sampleSize));
    for (const line of prepared) {
      const { runId, group, metric, runs, x, y, low, high, counts, raw } = line;
      const { indexes, inView } = draw(line, request, line.ascends);
      const kept = raw && draw(raw, request, line.ascends);
      const from = indexes[0] ?? 0;
      const to = indexes.at(-1) ?? -1;
      for (const values of [y, ...(low && high ? [low, high] : []), ...(raw ? [raw.y] : [])]) {
        for (let index = from; index <= to; index++) {
          const value = values[index];
          if (!Number.isFinite(value) || (request.range && line.ascends && (x[index] < request.range[0] || x[index] > request.range[1])))
            continue;
          if (value < ends.low) ends.low = value;
          if (value > ends.high) ends.high = value;
          if (value > 0 && value < ends.lowPositive) ends.lowPositive = value;
          if (index % sampled === 0) sample.push(value);
        }
      }
      curves.push({
        ...(runId !== undefined && { runId }),
        ...(group !== undefined && { group }),
        metric,
        runs,
        x: take(x, indexes),
        y: take(y, indexes),
        ...(raw && kept && { raw: { x: take(raw.x, kept.indexes), y: take(raw.y, kept.indexes) } }),
        ...(low && { low: take(low, indexes) }),
        ...(high && { high: take(high, indexes) }),
        ...(counts && { counts: take(counts, indexes) }),
        points: inView,
        ...(x.length > 0 && { extent: line.ascends ? [x[0], x[x.length - 1]] : extentOf(x) }),
      });
    }
    if (ends.low > ends.high) return { curves };
    const sorted = Float64Array.from(sample).sort();
    const inner: [number, number] = sorted.length > 0 ? [quantile(sorted, 0.05), quantile(sorted, 0.95)] : [ends.low, ends.high];
    const { low, high, lowPositive } = ends;
    return { curves, y: { low, high, ...(Number.isFinite(lowPositive) && { lowPositive }), inner } };
  };
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
