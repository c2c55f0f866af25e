/** Windows over ordered rows: what lies before, to predict what follows. */
import { EpochbookError } from '#contract/errors.ts';
import type { Part, Series } from '#contract/samples.ts';
import type { DataStep } from '#contract/spec.ts';
import type { Parts } from './split.ts';

export type WindowStep = Extract<DataStep, { op: 'window' }>;

const usualGap = 1.5;
/** From this share of rows at one moment on, it is not one series. */
const mostAtOnce = 0.1;

const units: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|milliseconds?)$/i, 0.001],
  [/^(?:s|sec|seconds?)$/i, 1],
  [/^(?:min|minutes?)$/i, 60],
  [/^(?:h|hours?)$/i, 3600],
  [/^(?:d|days?)$/i, 86_400],
  [/^(?:w|weeks?)$/i, 604_800],
];

/** `3 days` in seconds; undefined for what is no such text. */
export function secondsIn(text: string): number | undefined {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const found = units.find(([name]) => unit !== undefined && name.test(unit));
  return found && Number(number) * found[1];
}

/** A part's windows: stretches of its rows, each row there once. */
export interface PlacedPart {
  /** The part's rows, one series after another, each in the order of time. */
  readonly order: Uint32Array;
  /** Where in `order` each window begins, ascending. */
  readonly starts: Uint32Array;
}

export interface PlacedWindows {
  readonly parts: { readonly [Part in keyof Parts]: PlacedPart };
  /** What counts as a gap, and how many there are. */
  readonly gap: number;
  readonly gaps: number;
}

/** Of the rows: which series each belongs to, and when it was. */
export interface RowOrder {
  readonly groupOf: (row: number) => string;
  /** In seconds for dates. */
  readonly timeOf: (row: number) => number;
}

/** How far each row is in its own series, from 0 to below 1: series that lie one after another each give their last share. */
export function placesInSeries(count: number, groupOf: (row: number) => string): Float64Array {
  const sizes = new Map<string, number>();
  for (let row = 0; row < count; row += 1) sizes.set(groupOf(row), (sizes.get(groupOf(row)) ?? 0) + 1);
  const places = new Map<string, number>();
  return Float64Array.from({ length: count }, (_, row) => {
    const place = places.get(groupOf(row)) ?? 0;
    places.set(groupOf(row), place + 1);
    return place / (sizes.get(groupOf(row)) ?? 1);
  });
}

/** A hair more than the limit is rounding, not a gap. */
export const isGap = (distance: number, gap: number): boolean => distance > gap * (1 + 1e-9);

function usualDistance(distances: Float64Array): number {
  return distances.sort()[Math.floor(distances.length / 2)] ?? 1;
}

interface OrderedRows {
  readonly order: Uint32Array;
  /** Where in `order` each series ends. */
  readonly ends: readonly number[];
}

/** Series in the order in which they come up, each by time. */
export function orderRows(rows: Uint32Array, { groupOf, timeOf }: RowOrder): OrderedRows {
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(groupOf(row), (sizes.get(groupOf(row)) ?? 0) + 1);
  const next = new Map<string, number>();
  const ends: number[] = [];
  let end = 0;
  for (const [group, size] of sizes) {
    next.set(group, end);
    ends.push((end += size));
  }
  const order = new Uint32Array(rows.length);
  for (const row of rows) {
    const place = next.get(groupOf(row)) ?? 0;
    order[place] = row;
    next.set(groupOf(row), place + 1);
  }
  const compare = (a: number, b: number) => timeOf(a) - timeOf(b) || a - b;
  ends.forEach((to, index) => {
    const series = order.subarray(ends[index - 1] ?? 0, to);
    // Mostly they lie in order.
    if (series.some((row, place) => place > 0 && compare(series[place - 1], row) > 0)) series.sort(compare);
  });
  return { order, ends };
}

/** Between all neighbours of a series. */
function distancesIn({ order, ends }: OrderedRows, { timeOf }: RowOrder): Float64Array {
  const distances = new Float64Array(order.length - ends.length);
  let filled = 0;
  let from = 0;
  for (const end of ends) {
    for (let place = from + 1; place < end; place += 1) distances[filled++] = timeOf(order[place]) - timeOf(order[place - 1]);
    from = end;
  }
  return distances;
}

/**
 * Every window lies in one part and one series, with its targets, and holds no gap: no row that is trained on lies in
 * another part's window. `known`: what is a gap where that was found before. Throws `data.windowMoments`,
 * `data.windowNone`, `data.windowPart`, `data.windowGap`.
 */
export function placeWindows(parts: Parts, step: WindowStep, rowOrder: RowOrder, at: string, known?: number): PlacedWindows {
  const { length, horizon = 1, outputs = 1, stride = 1 } = step;
  const { timeOf } = rowOrder;
  const ordered = Object.entries(parts).map(([part, rows]: [string, Uint32Array]) => ({ part, ...orderRows(rows, rowOrder) }));
  const train = ordered.find(({ part }) => part === 'train');
  const distances = train ? distancesIn(train, rowOrder) : new Float64Array(0);
  const apart = distances.filter((distance) => distance > 0);
  const same = distances.length - apart.length;
  if (same > distances.length * mostAtOnce) throw new EpochbookError('data.windowMoments', { time: step.time ?? '', count: same }, { at });
  const said = typeof step.gap === 'string' ? secondsIn(step.gap) : step.gap;
  if (step.gap !== undefined && said === undefined) throw new EpochbookError('data.windowGap', { gap: step.gap }, { at });
  const usual = usualDistance(apart);
  const gap = known ?? said ?? usual * usualGap;

  /** Rows from a window's first to its last target. */
  const span = length - 1 + horizon + outputs;
  const placed: Record<string, PlacedPart> = {};
  let gaps = 0;
  let longest = 0;
  for (const { part, order, ends } of ordered) {
    const starts = new Uint32Array(Math.ceil(order.length / stride) + ends.length);
    let count = 0;
    let from = 0;
    const stretchTo = (end: number) => {
      longest = Math.max(longest, end - from);
      for (let start = from; start + span <= end; start += stride) starts[count++] = start;
      from = end;
    };
    let first = 0;
    for (const end of ends) {
      for (let place = first + 1; place < end; place += 1) {
        if (!isGap(timeOf(order[place]) - timeOf(order[place - 1]), gap)) continue;
        gaps += 1;
        stretchTo(place);
      }
      stretchTo(end);
      first = end;
    }
    if (count === 0) {
      const values = { part, span, longest, usual, gap, gaps };
      throw new EpochbookError(gaps > 0 && longest < span ? 'data.windowNone' : 'data.windowPart', values, { at });
    }
    placed[part] = { order, starts: starts.slice(0, count) };
  }
  return { parts: placed as unknown as PlacedWindows['parts'], gap, gaps };
}

/** The rows that lie in a window, each once, and where among them each window begins. */
export function windowRows({ order, starts }: PlacedPart, length: number): PlacedPart {
  const rows = new Uint32Array(order.length);
  let filled = 0;
  /** Of `order`, what is behind the window before. */
  let end = 0;
  const begins = starts.map((start) => {
    const begin = filled - Math.max(0, end - start);
    for (let place = Math.max(start, end); place < start + length; place += 1) rows[filled++] = order[place];
    end = start + length;
    return begin;
  });
  return { order: rows.slice(0, filled), starts: begins };
}

/** The rows of every window's targets, `outputs` each. */
export function targetRows({ order, starts }: PlacedPart, { length, horizon = 1, outputs = 1 }: WindowStep): Uint32Array {
  const rows = new Uint32Array(starts.length * outputs);
  let filled = 0;
  for (const start of starts) {
    const first = start + length - 1 + horizon;
    for (let place = first; place < first + outputs; place += 1) rows[filled++] = order[place];
  }
  return rows;
}

/** Of each window, the row of its first target. */
export const firstTargetRows = (part: PlacedPart, step: WindowStep): Uint32Array => targetRows(part, { ...step, outputs: 1 });

/** What is kept of the windows with a run. `gap`: what was taken for one. */
export function seriesOf({ length, horizon = 1, outputs = 1, time, group }: WindowStep, gap: number): Series {
  return {
    length,
    horizon,
    outputs,
    // Places in a file tell no time.
    ...(time !== undefined && { time, gap }),
    ...(group !== undefined && { group }),
  };
}

/** The part with every sample of its own, as it is where samples do not overlap. */
export function writtenOut({ windows, ...part }: Part): Part {
  if (!windows) return part;
  const { size, starts } = windows;
  const inputs = new Float32Array(part.count * size);
  starts.forEach((start, index) => inputs.set(part.inputs.subarray(start, start + size), index * size));
  return { ...part, inputs };
}
