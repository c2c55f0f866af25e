/** What the bars of a column's histogram stand for: a click on one shows its rows alone. */
import type { ColumnProfile, LookFilter } from '#contract/look.ts';

/** Counts that show a column's spread in little: its histogram, or its most frequent values. */
export function spreadOf({ histogram, top }: ColumnProfile): readonly number[] {
  return histogram?.counts ?? top?.map(({ count }) => count) ?? [];
}

/** The rows that a bar of `spreadOf` counts. */
export function filterOfBar({ name, histogram, top }: ColumnProfile, index: number): LookFilter | undefined {
  if (histogram) {
    const { from, to, counts } = histogram;
    const step = (to - from) / counts.length;
    const last = index === counts.length - 1;
    return { is: 'between', column: name, from: from + index * step, to: last ? to : from + (index + 1) * step, closed: last };
  }
  const value = top?.[index]?.value;
  return value === undefined ? undefined : { is: 'equal', column: name, value };
}
