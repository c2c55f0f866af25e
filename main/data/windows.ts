/** Windows over ordered rows: what lies before, to predict what follows. */
import { EpochbookError } from '#contract/errors.ts';
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

export interface PlacedWindows {
  /** Per part: the rows of every window one after another, `length` each. */
  readonly inputs: { readonly [Part in keyof Parts]: Uint32Array };
  /** Per part: the rows of every window's targets, `outputs` each. */
  readonly targets: { readonly [Part in keyof Parts]: Uint32Array };
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

function usualDistance(distances: readonly number[]): number {
  const sorted = Float64Array.from(distances).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 1;
}

/**
 * Every window lies in one part and one series, with its targets, and holds no gap: no row that is trained on lies in
 * another part's window. Throws `data.windowMoments`, `data.windowNone`, `data.windowPart`, `data.windowGap`.
 */
export function placeWindows(parts: Parts, step: WindowStep, { groupOf, timeOf }: RowOrder, at: string): PlacedWindows {
  const { length, horizon = 1, outputs = 1, stride = 1 } = step;
  const ordered = Object.entries(parts).map(([part, rows]: [string, Uint32Array]) => {
    const groups = new Map<string, number[]>();
    for (const row of rows) {
      const group = groups.get(groupOf(row));
      if (group) group.push(row);
      else groups.set(groupOf(row), [row]);
    }
    for (const group of groups.values()) group.sort((a, b) => timeOf(a) - timeOf(b) || a - b);
    return { part: part as keyof Parts, groups: [...groups.values()] };
  });
  const distances: number[] = [];
  for (const group of ordered.find(({ part }) => part === 'train')?.groups ?? [])
    for (let place = 1; place < group.length; place += 1) distances.push(timeOf(group[place]) - timeOf(group[place - 1]));
  const same = distances.filter((distance) => distance === 0).length;
  if (same > distances.length * mostAtOnce) throw new EpochbookError('data.windowMoments', { time: step.time ?? '', count: same }, { at });
  const said = typeof step.gap === 'string' ? secondsIn(step.gap) : step.gap;
  if (step.gap !== undefined && said === undefined) throw new EpochbookError('data.windowGap', { gap: step.gap }, { at });
  const usual = usualDistance(distances.filter((distance) => distance > 0));
  const gap = said ?? usual * usualGap;

  /** Rows from a window's first to its last target. */
  const span = length - 1 + horizon + outputs;
  const result: { inputs: Record<string, Uint32Array>; targets: Record<string, Uint32Array> } = { inputs: {}, targets: {} };
  let gaps = 0;
  let longest = 0;
  for (const { part, groups } of ordered) {
    const inputs: number[] = [];
    const targets: number[] = [];
    for (const group of groups) {
      let from = 0;
      for (let end = 1; end <= group.length; end += 1) {
        const cut = end === group.length;
        // A hair more than the limit is rounding, not a gap.
        if (!cut && timeOf(group[end]) - timeOf(group[end - 1]) <= gap * (1 + 1e-9)) continue;
        if (!cut) gaps += 1;
        longest = Math.max(longest, end - from);
        for (let start = from; start + span <= end; start += stride) {
          for (let place = start; place < start + length; place += 1) inputs.push(group[place]);
          const first = start + length - 1 + horizon;
          for (let place = first; place < first + outputs; place += 1) targets.push(group[place]);
        }
        from = end;
      }
    }
    if (inputs.length === 0) {
      const values = { part, span, longest, usual, gap, gaps };
      throw new EpochbookError(gaps > 0 && longest < span ? 'data.windowNone' : 'data.windowPart', values, { at });
    }
    result.inputs[part] = Uint32Array.from(inputs);
    result.targets[part] = Uint32Array.from(targets);
  }
  return { ...(result as unknown as Pick<PlacedWindows, 'inputs' | 'targets'>), gap, gaps };
}
