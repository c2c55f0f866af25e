/** Runs with the same params as one line each, with what their numbers have in common. */
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { Column } from './columns.ts';
import { type Sort, sortBy } from './sorting.ts';

export interface Statistics {
  /** Runs that have a finite number. */
  readonly count: number;
  readonly mean: number;
  /** Of the sample, with n − 1; NaN for one run. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

export interface Group {
  /** Where the keyboard may be, as on a run. */
  readonly id: RunId;
  /** By param, undefined where the runs lack it. */
  readonly values: readonly (readonly [param: string, value: RunSummary['params'][string] | undefined])[];
  readonly runs: readonly RunSummary[];
}

/** A row of the table. */
export type Line =
  | { readonly type: 'run'; readonly run: RunSummary }
  | { readonly type: 'group'; readonly group: Group; readonly open: boolean };

/** Welford's algorithm; undefined where no value is finite. */
export function statisticsOf(values: Iterable<unknown>): Statistics | undefined {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return count === 0 ? undefined : { count, mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : Number.NaN, min, max };
}

/** In the order in which each group's first run comes. 8 and "8" are two values. */
export function groupRuns(runs: readonly RunSummary[], params: readonly string[]): Group[] {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const key = JSON.stringify(params.map((param) => run.params[param] ?? null));
    const known = groups.get(key);
    if (known) known.push(run);
    else groups.set(key, [run]);
  }
  return [...groups].map(([key, members]) => ({
    id: `group:${key}` as RunId,
    values: params.map((param) => [param, members[0]?.params[param]] as const),
    runs: members,
  }));
}

/** Groups by the means of what the runs are sorted by. */
export function sortGroups(groups: readonly Group[], sorts: readonly Sort[], columns: readonly Column[]): Group[] {
  let sorted = [...groups];
  for (const { column, descending } of [...sorts].reverse()) {
    const key = columns.find(({ id }) => id === column)?.sortKey;
    if (key) sorted = sortBy(sorted, (group) => statisticsOf(group.runs.map(key))?.mean ?? key(group.runs[0]), descending);
  }
  return sorted;
}

export function linesOf(groups: readonly Group[], open: ReadonlySet<RunId>): Line[] {
  return groups.flatMap((group): Line[] => {
    const isOpen = open.has(group.id);
    return [{ type: 'group', group, open: isOpen }, ...(isOpen ? group.runs.map((run): Line => ({ type: 'run', run })) : [])];
  });
}
