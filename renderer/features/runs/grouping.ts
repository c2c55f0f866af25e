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

/** Equal in all of `columns`; in the order in which each group's first run comes. 8 and "8" are two values. */
export function groupRuns(runs: readonly RunSummary[], columns: readonly Pick<Column, 'groupKey'>[]): Group[] {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    let key = '';
    for (const { groupKey } of columns) {
      const value = groupKey?.(run) ?? null;
      key += typeof value === 'string' ? `${JSON.stringify(value)},` : `${value},`;
    }
    const known = groups.get(key);
    if (known) known.push(run);
    else groups.set(key, [run]);
  }
  return [...groups].map(([key, members]) => ({
    id: `group:${key}` as RunId,
    runs: members,
  }));
}

const known = new WeakMap<Group, Map<string, Statistics | undefined>>();

/** What a group's numbers in a column have in common; found once, since a table is drawn again and again. */
export function groupStatistics(group: Group, column: Pick<Column, 'id' | 'sortKey'>): Statistics | undefined {
  let ofGroup = known.get(group);
  if (!ofGroup) known.set(group, (ofGroup = new Map()));
  if (!ofGroup.has(column.id)) ofGroup.set(column.id, column.sortKey && statisticsOf(group.runs.map(column.sortKey)));
  return ofGroup.get(column.id);
}

/** Groups by the means of what the runs are sorted by. */
export function sortGroups(groups: readonly Group[], sorts: readonly Sort[], columns: readonly Column[]): Group[] {
  let sorted = [...groups];
  for (const { column, descending } of [...sorts].reverse()) {
    const of = columns.find(({ id }) => id === column);
    const key = of?.sortKey;
    if (key) sorted = sortBy(sorted, (group) => groupStatistics(group, of)?.mean ?? key(group.runs[0]), descending);
  }
  return sorted;
}

export function linesOf(groups: readonly Group[], open: ReadonlySet<RunId>): Line[] {
  return groups.flatMap((group): Line[] => {
    const isOpen = open.has(group.id);
    return [{ type: 'group', group, open: isOpen }, ...(isOpen ? group.runs.map((run): Line => ({ type: 'run', run })) : [])];
  });
}
