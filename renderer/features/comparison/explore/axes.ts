/** Runs as lines over axes: one axis for each param that varies, and one for a metric. */
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';
import { bestOf, betterOf } from '../../runs/metrics.ts';

export interface Axis {
  /** `param:units` or `metric:val_loss`. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'param' | 'metric';
  readonly scale: 'linear' | 'log' | 'names';
  /** Of the numbers, in their own units. */
  readonly low: number;
  readonly high: number;
  /** Of a scale of names, lowest first. */
  readonly names: readonly KnobValue[];
  /** A param's numbers where there are few, lowest first. */
  readonly values: readonly number[];
}

/** Ends of what is chosen on an axis, as places from 0 (its lower end) to 1. */
export type Range = readonly [from: number, to: number];
/** By axis; one that is not here lets everything through. */
export type Brushes = ReadonlyMap<string, Range>;

/** More axes than this cannot be told apart; those with the most different values stay. */
export const axisLimit = 9;
/** From this ratio of its ends on, a positive param's axis is logarithmic. */
const logFrom = 20;
/** So few different numbers of a param are all labelled. */
const fewValues = 6;

export function valueOn(axis: Pick<Axis, 'kind' | 'name'>, run: RunSummary): KnobValue | undefined {
  return axis.kind === 'param' ? run.params[axis.name] : bestOf(axis.name, run.metrics[axis.name])?.value;
}

function axisOf(kind: Axis['kind'], name: string, runs: readonly RunSummary[]): Axis | undefined {
  const values = runs.flatMap((run) => valueOn({ kind, name }, run) ?? []);
  const id = `${kind}:${name}`;
  if (values.length === 0) return undefined;
  if (!values.every((value) => typeof value === 'number')) {
    const names = [...new Set(values)].sort((a, b) => (String(a) < String(b) ? -1 : 1));
    return { id, name, kind, scale: 'names', low: 0, high: Math.max(1, names.length - 1), names, values: [] };
  }
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const scale = kind === 'param' && low > 0 && high / low >= logFrom ? 'log' : 'linear';
  const different = kind === 'param' ? [...new Set(values)].sort((a, b) => a - b) : [];
  return { id, name, kind, scale, low, high, names: [], values: different.length <= fewValues ? different : [] };
}

/** Params that have more than one value over `runs`, and the metric last. */
export function axesFor(runs: readonly RunSummary[], metric: string | undefined): Axis[] {
  const counts = new Map<string, Set<KnobValue>>();
  for (const { params } of runs) {
    for (const [name, value] of Object.entries(params)) counts.set(name, (counts.get(name) ?? new Set()).add(value));
  }
  const varying = [...counts].filter(([, values]) => values.size > 1);
  const kept = new Set(
    [...varying]
      .sort(([, a], [, b]) => b.size - a.size)
      .slice(0, axisLimit)
      .map(([name]) => name),
  );
  const params = varying.flatMap(([name]) => (kept.has(name) ? (axisOf('param', name, runs) ?? []) : []));
  const last = metric === undefined ? undefined : axisOf('metric', metric, runs);
  return last ? [...params, last] : params;
}

/** Where a value lies on an axis: 0 at its lower end, 1 at its upper; a half where the axis has one value. */
export function placeOf(axis: Axis, value: KnobValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (axis.scale === 'names') {
    const index = axis.names.indexOf(value);
    return index < 0 ? undefined : axis.names.length === 1 ? 0.5 : index / (axis.names.length - 1);
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (axis.low === axis.high) return 0.5;
  return axis.scale === 'log' ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : (value - axis.low) / (axis.high - axis.low);
}

/** The number at a place of an axis that has numbers. */
export function numberAt(axis: Axis, place: number): number {
  return axis.scale === 'log' ? axis.low * (axis.high / axis.low) ** place : axis.low + (axis.high - axis.low) * place;
}

/** Places for labels, from the lower end up; of many names some. */
export function ticksOf(axis: Axis, most: number): { readonly place: number; readonly value: KnobValue }[] {
  if (axis.scale === 'names') {
    const step = Math.ceil(axis.names.length / most);
    return axis.names.flatMap((value, index) => (index % step === 0 ? [{ place: placeOf(axis, value) ?? 0, value }] : []));
  }
  if (axis.low === axis.high) return [{ place: 0.5, value: axis.low }];
  if (axis.values.length > 0) return spaced(axis.values.map((value) => ({ place: placeOf(axis, value) ?? 0, value })));
  return Array.from({ length: most }, (_, index) => {
    const place = index / (most - 1);
    return { place, value: numberAt(axis, place) };
  });
}

/** Labels that have room between them. */
function spaced<T extends { readonly place: number }>(ticks: readonly T[]): T[] {
  let last = -Infinity;
  return ticks.filter(({ place }) => {
    if (place - last < 0.055) return false;
    last = place;
    return true;
  });
}

/** A finger's breadth of doubt, so that what lies on a brush's end is in it. */
const slack = 1e-9;

/** Runs inside of every brush. A run without a value on a brushed axis is outside. */
export function brushed(runs: readonly RunSummary[], axes: readonly Axis[], brushes: Brushes): Set<RunId> {
  const active = axes.flatMap((axis) => {
    const range = brushes.get(axis.id);
    return range ? [{ axis, range }] : [];
  });
  const inside = runs.filter((run) =>
    active.every(({ axis, range: [from, to] }) => {
      const place = placeOf(axis, valueOn(axis, run));
      return place !== undefined && place >= from - slack && place <= to + slack;
    }),
  );
  return new Set(inside.map((run) => run.id));
}

/** A brush with its ends in order and on the axis; undefined where it lets everything through. */
export function cleanRange([a, b]: Range): Range | undefined {
  const from = Math.max(0, Math.min(a, b));
  const to = Math.min(1, Math.max(a, b));
  return from <= 0 && to >= 1 ? undefined : [from, to];
}

/** From 0, the worst of `runs` by the metric, to 1, the best, by rank; runs without a value have none. */
export function standing(runs: readonly RunSummary[], metric: string): Map<RunId, number> {
  const valued = runs.flatMap((run) => {
    const value = bestOf(metric, run.metrics[metric])?.value;
    return value === undefined || Number.isNaN(value) ? [] : [{ id: run.id, value }];
  });
  const sign = betterOf(metric) === 'max' ? 1 : -1;
  valued.sort((a, b) => sign * (a.value - b.value));
  return new Map(valued.map(({ id }, rank) => [id, valued.length > 1 ? rank / (valued.length - 1) : 1]));
}
