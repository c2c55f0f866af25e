/** Tables whose rows are told by their number: of all formats but delimited text, whose rows have lines. */
import { EpochbookError } from '#contract/errors.ts';
import type { TextTable } from './csv.ts';

/** The first name that comes again. */
export function twiceIn(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.has(name) || !seen.add(name));
}

/** Throws `data.noRows` and `data.columnTwice`. */
export function rowTable(path: string, names: readonly string[], columns: readonly string[][], at: string): TextTable {
  const twice = twiceIn(names);
  if (twice !== undefined) throw new EpochbookError('data.columnTwice', { path, column: twice }, { at });
  const count = columns[0]?.length ?? 0;
  if (count === 0) throw new EpochbookError('data.noRows', { path }, { at });
  return {
    path,
    unit: 'row',
    names,
    columns,
    lines: Array.from({ length: count }, (_, row) => row + 1),
    rows: Uint32Array.from({ length: count }, (_, row) => row),
  };
}

/** Some of its rows, as they stand. */
export const rowsOf = (table: TextTable, from: number, to: number): TextTable => ({
  ...table,
  columns: table.columns.map((column) => column.slice(from, to)),
  lines: table.lines.slice(from, to),
  rows: table.rows.slice(from, to),
});
