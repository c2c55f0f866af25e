/** Curves as they are drawn: read, put over an axis, smoothed, made one of several, decimated for what is in view. */
import { type BandCurve, bandOf } from '#contract/curves/band.ts';
import { firstAtLeast } from '#contract/curves/decimate.ts';
import { drawCurves, type WholeCurve } from '#contract/curves/draw.ts';
import type { CurveAxis, CurvesRequest, DrawnCurves } from '#contract/curves/request.ts';
import { smooth } from '#contract/curves/smooth.ts';
import type { RunId } from '#contract/ids.ts';
import type { CurveReader, EpochTimes } from '#store/curve-reader.ts';

interface Line {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Whether x never falls: else what is in view cannot be cut out. */
  readonly ascends: boolean;
}

/** Bytes of numbers kept for the next zoom. */
const cacheBytes = 192 * 2 ** 20;

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
  const bands = createCache<BandCurve>(({ x }) => 5 * x.byteLength);

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
    if (axis === 'epoch') return { x: curve.epochs, y: curve.values, ascends: true };
    const beside =
      typeof axis === 'string'
        ? times(id, axis)
        : (store().curve(id, axis.metric) ?? { epochs: new Float64Array(0), values: new Float64Array(0) });
    const x = along(curve.epochs, beside);
    // A point without a place is left out.
    if (x.every((value) => Number.isFinite(value))) return { x, y: curve.values, ascends: ascends(x) };
    const kept = Array.from(x.keys()).filter((index) => Number.isFinite(x[index]));
    if (kept.length === 0) return undefined;
    const places = Float64Array.from(kept, (index) => x[index]);
    return { x: places, y: Float64Array.from(kept, (index) => curve.values[index]), ascends: ascends(places) };
  }

  function prepare(request: CurvesRequest): WholeCurve[] {
    const { metrics, x: axis, smoothing, band } = request;
    const axisKey = JSON.stringify(axis);
    const smoothingKey = JSON.stringify(smoothing);
    const prepared: WholeCurve[] = [];
    for (const metric of metrics) {
      const groups = new Map<string, { readonly line: Line; readonly key: string }[]>();
      for (const { runId, group } of request.runs) {
        const version = store().curveVersion(runId);
        if (version === undefined) continue;
        const key = `${runId} ${version} ${axisKey} ${metric}`;
        const raw = lines(key, () => read(runId, metric, axis));
        if (!raw) continue;
        const isSmooth = smoothing.kind !== 'none';
        const line = isSmooth ? { ...raw, y: smoothed(`${key} ${smoothingKey}`, () => smooth(raw.y, smoothing)) } : raw;
        if (group === undefined) prepared.push({ runId, metric, runs: 1, ...line, ...(isSmooth && { raw: raw.y }) });
        else if (line.ascends) groups.set(group, [...(groups.get(group) ?? []), { line, key }]);
      }
      for (const [group, members] of groups) {
        const isShared = axis === 'epoch' || axis === 'step' || axis === 'samples';
        const of = () =>
          bandOf(
            members.map(({ line }) => line),
            band,
            isShared,
          );
        const whole = bands(`${members.map(({ key }) => key).join()} ${smoothingKey} ${band}`, of);
        prepared.push({ group, metric, runs: members.length, ...whole, ascends: true });
      }
    }
    return prepared;
  }

  return (request: CurvesRequest): DrawnCurves => drawCurves(prepare(request), request);
}
