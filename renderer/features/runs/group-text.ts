/** What stands in a cell of a group. */
import type { GroupShows } from '#contract/run-views.ts';
import type { Column } from './columns.ts';
import { type Group, groupStatistics, type Statistics } from './grouping.ts';

/** `0.91 ± 0.02`; one number where all are the same. */
const meanText = (write: (value: number) => string, { mean, deviation, min, max }: Statistics): string =>
  Number.isNaN(deviation) || min === max ? write(mean) : `${write(mean)} ± ${write(deviation)}`;

const rangeText = (write: (value: number) => string, { min, max }: Statistics): string =>
  min === max ? write(min) : `${write(min)} – ${write(max)}`;

/** What a group's runs have in common in a column: a statistic, or the one text all of them have. */
export function groupValue(column: Column, group: Group, shows: GroupShows): string {
  const write = column.statistic;
  const found = write && groupStatistics(group, column);
  if (!write || !found) {
    const first = column.text(group.runs[0]);
    return group.runs.every((run) => column.text(run) === first) ? first : '';
  }
  if (shows === 'mean') return meanText(write, found);
  if (shows === 'range') return rangeText(write, found);
  return shows === 'count' ? String(found.count) : write(found[shows]);
}

export function groupTitle(column: Column, group: Group): string | undefined {
  const write = column.statistic;
  const found = write && groupStatistics(group, column);
  return found && `${meanText(write, found)} (n = ${found.count}), ${rangeText(write, found)}`;
}
