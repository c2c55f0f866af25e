/** Columns in a file of the cache, by blocks of rows: numbers, codes of texts, and texts that are all different; read back a column's block at a time. */
import { closeSync, openSync, promises as disk } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ColumnTexts, createColumnTexts } from './column-texts.ts';
import { readWhole, writeWhole } from '../whole-io.ts';

/** Rows of a block. */
export const blockRows = 1 << 14;

export interface StoredColumn {
  readonly name: string;
  /** Numbers: NaN where there is none, Infinity for a text that is no number. Codes: places in `texts`. Texts: as they are. */
  readonly kind: 'numbers' | 'codes' | 'texts';
  /** Of codes. */
  readonly texts: readonly string[];
}

/** A column says more different things than are told apart. */
export class TooManyTexts extends Error {}

/** What is put into a column: texts into one of texts, else numbers. */
export type ColumnValues = ArrayLike<number> | readonly string[];

export interface ColumnStore {
  readonly columns: readonly StoredColumn[];
  readonly rows: () => number;
  /** Puts rows at the end: each column's values, in its order. */
  readonly append: (count: number, values: readonly ColumnValues[]) => void;
  /** After the last row. */
  readonly finish: () => void;
  readonly blocks: () => number;
  /** Rows in a block. */
  readonly countOf: (block: number) => number;
  /** Puts a column of codes behind the last row: what its rows say, a block at a time. Its place. Throws `TooManyTexts`. */
  readonly add: (name: string, saidIn: (block: number) => (row: number) => string, most: number) => Promise<number>;
  /** A column's values in a block; a copy. Of texts, where each ends. */
  readonly read: (column: number, block: number) => Float64Array | Uint32Array;
  /** What a column of texts says in the rows of a block. */
  readonly textsOf: (column: number, block: number) => (row: number) => string;
  readonly close: () => Promise<void>;
}

/** The file is there until the store is closed. Throws what the disk answers. */
export function createColumnStore(file: string, given: readonly StoredColumn[]): ColumnStore {
  const columns = [...given];
  /** Of each column that came later. */
  const laterFiles: { file: string; handle: number }[] = [];
  const handle = openSync(file, 'w+');
  const widths = given.map(({ kind }) => (kind === 'codes' ? 4 : 8));
  const offsets = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width * blockRows, 0));
  const blockBytes = widths.reduce((sum, width) => sum + width * blockRows, 0);
  const buffers = given.map(({ kind }) => (kind === 'codes' ? new Uint32Array(blockRows) : new Float64Array(blockRows)));
  const texts = new Map<number, ColumnTexts & { readonly firstBytes: number[] }>();
  for (const [index, { kind }] of given.entries())
    if (kind === 'texts') texts.set(index, { ...createColumnTexts(`${file}${index}`), firstBytes: [0] });
  let [whole, filled] = [0, 0];
  const flush = () => {
    for (const [index, buffer] of buffers.entries()) writeWhole(handle, new Uint8Array(buffer.buffer), whole * blockBytes + offsets[index]);
    for (const [index, { firstBytes }] of texts) firstBytes.push(buffers[index][filled - 1]);
    whole += 1;
    filled = 0;
  };
  let total = 0;
  const read = (column: number, block: number) => {
    const count = Math.min(blockRows, total - block * blockRows);
    const values = columns[column].kind === 'codes' ? new Uint32Array(count) : new Float64Array(count);
    const bytes = new Uint8Array(values.buffer);
    const later = laterFiles[column - given.length];
    const found = later
      ? readWhole(later.handle, bytes, block * blockRows * 4)
      : readWhole(handle, bytes, block * blockBytes + offsets[column]);
    if (found < bytes.length) throw new Error(`${file} ends early`);
    return values;
  };
  const countOf = (block: number) => Math.min(blockRows, total - block * blockRows);
  return {
    columns,
    rows: () => total,
    append(count, values) {
      const numbers = values.map((own, index) => texts.get(index)?.append(own as readonly string[]) ?? (own as ArrayLike<number>));
      for (let from = 0; from < count;) {
        const many = Math.min(count - from, blockRows - filled);
        for (const [index, buffer] of buffers.entries()) {
          const own = numbers[index];
          for (let row = 0; row < many; row += 1) buffer[filled + row] = own[from + row];
        }
        from += many;
        filled += many;
        total += many;
        if (filled === blockRows) flush();
      }
    },
    finish() {
      if (filled > 0) flush();
      for (const { finish } of texts.values()) finish();
    },
    blocks: () => Math.ceil(total / blockRows),
    countOf,
    async add(name, saidIn, most) {
      const index = columns.length;
      const own = { file: `${file}${index}`, handle: openSync(`${file}${index}`, 'w+') };
      laterFiles.push(own);
      const known = new Map<string, number>();
      for (let block = 0; block * blockRows < total; block += 1) {
        const textOf = saidIn(block);
        const codes = Uint32Array.from({ length: countOf(block) }, (_, row) => {
          const text = textOf(row);
          const code = known.get(text) ?? known.size;
          known.set(text, code);
          return code;
        });
        if (known.size > most) throw new TooManyTexts();
        writeWhole(own.handle, new Uint8Array(codes.buffer), block * blockRows * 4);
        await nextTurn();
      }
      columns.push({ name, kind: 'codes', texts: [...known.keys()] });
      return index;
    },
    read,
    textsOf(column, block) {
      const own = texts.get(column)!;
      const ends = read(column, block);
      return (row) => own.read(row === 0 ? own.firstBytes[block] : ends[row - 1], ends[row]);
    },
    async close() {
      closeSync(handle);
      await disk.rm(file, { force: true });
      for (const { close } of texts.values()) await close();
      for (const later of laterFiles) {
        closeSync(later.handle);
        await disk.rm(later.file, { force: true });
      }
    },
  };
}
