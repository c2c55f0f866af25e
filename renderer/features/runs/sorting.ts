/** Sorting rows by a column. */
export type SortKey = string | number | boolean | undefined;

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** Numbers before text, what is missing or not a number last whichever the direction; equal keys keep their order. */
export function sortBy<T>(rows: readonly T[], key: (row: T) => SortKey, descending: boolean): T[] {
  const missing = (value: SortKey): boolean => value === undefined || (typeof value === 'number' && Number.isNaN(value));
  const direction = descending ? -1 : 1;
  return rows
    .map((row, index) => ({ row, index, key: key(row) }))
    .sort((a, b) => {
      const aMissing = missing(a.key);
      const bMissing = missing(b.key);
      if (aMissing || bMissing) return Number(aMissing) - Number(bMissing) || a.index - b.index;
      return direction * compare(a.key!, b.key!) || a.index - b.index;
    })
    .map(({ row }) => row);
}

/** By the first of `sorts`, equals by the next. */
export function sortByAll<T>(
  rows: readonly T[],
  sorts: readonly Sort[],
  keyOf: (column: string) => ((row: T) => SortKey) | undefined,
): readonly T[] {
  let sorted = rows;
  for (const { column, descending } of [...sorts].reverse()) {
    const key = keyOf(column);
    if (key) sorted = sortBy(sorted, key, descending);
  }
  return sorted;
}

/** Made once: `localeCompare` finds it anew with every call. */
const collator = new Intl.Collator(undefined, { numeric: true });

function compare(a: string | number | boolean, b: string | number | boolean): number {
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : collator.compare(a, b);
  if (typeof a === 'string') return 1;
  if (typeof b === 'string') return -1;
  return Number(a) - Number(b);
}
