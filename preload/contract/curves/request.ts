/** Asking for curves as they are drawn. */
import { z } from 'zod';
import { runId } from '../ids.ts';
import { bandKinds } from './band.ts';

export const curveAxis = z.union([z.enum(['epoch', 'step', 'samples', 'relativeTime', 'wallTime']), z.object({ metric: z.string() })]);
/** Times are milliseconds, since the run began or since 1970. */
export type CurveAxis = z.infer<typeof curveAxis>;

export const smoothing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('exponential'), weight: z.number().min(0).max(0.9999) }),
  z.object({ kind: z.literal('mean'), points: z.number().int().min(1).max(100_001) }),
  z.object({ kind: z.literal('gaussian'), deviation: z.number().min(0.1).max(50) }),
]);

export const curvesRequest = z.object({
  /** One curve for each run and metric that has values; by `group` of equal names, one for each group and metric. */
  runs: z.array(z.object({ runId, group: z.string().optional() })).max(100_000),
  metrics: z.array(z.string()),
  x: curveAxis,
  smoothing,
  /** How runs of a group become one. */
  band: z.enum(bandKinds),
  /** The part in view; left out: all. */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** Whether x is drawn by its logarithm. */
  logX: z.boolean(),
  /** Most points of a curve; more are drawn by their lows and highs. */
  points: z.number().int().min(4),
  /** Whether what is left without outliers is wanted: to find it takes time. */
  withoutOutliers: z.boolean().default(false),
});
export type CurvesRequest = z.output<typeof curvesRequest>;

/** Float64 numbers in the order of the machine, which is the same for both sides. */
const numbers = z.instanceof(Uint8Array);

export const drawnCurve = z.object({
  /** Absent for a group's curve. */
  runId: runId.optional(),
  group: z.string().optional(),
  metric: z.string(),
  /** Runs that are in it. */
  runs: z.number().int(),
  x: numbers,
  y: numbers,
  /** Before smoothing, where it is smoothed. */
  raw: z.object({ x: numbers, y: numbers }).optional(),
  /** A group's band. */
  low: numbers.optional(),
  high: numbers.optional(),
  /** How many runs have a value at each point of a group's curve. */
  counts: numbers.optional(),
  /** Points in view; more than those sent where they are decimated. */
  points: z.number().int(),
  /** The first and the last point of the whole curve. */
  extent: z.tuple([z.number(), z.number()]).optional(),
  /** Where x also falls, as over another metric. */
  unordered: z.literal(true).optional(),
});
export type DrawnCurve = z.infer<typeof drawnCurve>;

export const drawnCurves = z.object({
  curves: z.array(drawnCurve),
  /** Of all finite values in view; absent where there are none. */
  y: z
    .object({
      low: z.number(),
      high: z.number(),
      /** The least above 0. */
      lowPositive: z.number().optional(),
      /** Between the 5th and the 95th of a hundred parts: what is left without outliers. Where asked for. */
      inner: z.tuple([z.number(), z.number()]).optional(),
    })
    .optional(),
});
export type DrawnCurves = z.infer<typeof drawnCurves>;

/** The numbers of `bytes`, without copying where they lie well. */
export function numbersOf(bytes: Uint8Array): Float64Array<ArrayBuffer> {
  const aligned = (bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()) as Uint8Array<ArrayBuffer>;
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}

export function bytesOf(values: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}
