/** The rows of a store that take part, and what a column says in them, a block at a time. */
import type { EpochbookError } from '#contract/errors.ts';
import type { TypedColumn } from '../columns.ts';
import { blockRows, type ColumnStore } from './column-store.ts';
import type { LargeTable } from './large-table.ts';
import { numbersIn, type Source, textOfRows } from './stream-columns.ts';

/** The table that a kept row is of, and its row there. */
export type OriginOf = (row: number) => { table: LargeTable; row: number };

/** The rows that take part, and what is known of them. */
export interface StreamRows {
  readonly store: ColumnStore;
  readonly path: string;
  /** Rows of the store, ascending. */
  readonly kept: Uint32Array;
  /** Of each kept row: 1 where it is trained on. */
  readonly isTrained: Uint8Array;
  /** By block: the first kept row in it. One more than there are blocks. */
  readonly firstKept: Uint32Array;
  readonly signal?: AbortSignal | undefined;
  readonly originOf: OriginOf;
  /** Why a kept row has no number in a column. */
  readonly notANumber: (column: TypedColumn, kept: number, at: string) => Promise<EpochbookError>;
}

export interface CodedTexts {
  readonly texts: readonly string[];
  /** Of each row, its place in `texts`. */
  readonly codes: Uint32Array;
}

/** The texts of the kept rows in a block. Of a column of codes, `texts` is the same for every block. */
export function keptTexts({ store, kept, firstKept }: StreamRows, source: Source, block: number): CodedTexts {
  const start = block * blockRows;
  const rows = kept.subarray(firstKept[block], firstKept[block + 1]);
  if (source.kind === 'codes') {
    const codes = store.read(source.column, block);
    return { texts: source.texts, codes: rows.map((row) => codes[row - start]) };
  }
  const textOf = textOfRows(store, source, block);
  return { texts: Array.from(rows, (row) => textOf(row - start)), codes: rows.map((_, index) => index) };
}

/** The numbers of the kept rows in a block, as `numbersIn` marks them. */
export function keptNumbers({ store, kept, firstKept }: StreamRows, source: Source, block: number): Float64Array {
  const numbers = numbersIn(store, source, block);
  const start = block * blockRows;
  return Float64Array.from(kept.subarray(firstKept[block], firstKept[block + 1]), (row) => numbers[row - start]);
}

/** What follows of texts, made anew only where they are others than the last time. */
export function ofTexts<Made>(make: (texts: readonly string[]) => Made): (texts: readonly string[]) => Made {
  let last: { texts: readonly string[]; made: Made } | undefined;
  return (texts) => {
    if (last?.texts !== texts) last = { texts, made: make(texts) };
    return last.made;
  };
}
