/** Columns in a file of the cache, by blocks of rows: numbers and codes of texts, read back a column's block at a time. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { promises as disk } from 'node:fs';

/** Rows of a block. */
export const blockRows = 1 << 14;

export interface StoredColumn {
  readonly name: string;
  /** Numbers: NaN where there is none, Infinity for a text that is no number. Codes: places in `texts`. */
  readonly kind: 'numbers' | 'codes';
  /** Of codes. */
  readonly texts: readonly string[];
}

export interface ColumnStore {
  readonly columns: readonly StoredColumn[];
  readonly rows: () => number;
  /** Puts rows at the end: each column's values, in its order. */
  readonly append: (count: number, values: readonly ArrayLike<number>[]) => void;
  /** After the last row. */
  readonly finish: () => void;
  readonly blocks: () => number;
  /** Rows in a block. */
  readonly countOf: (block: number) => number;
  /** A column's values in a block; a copy. */
  readonly read: (column: number, block: number) => Float64Array | Uint32Array;
  readonly close: () => Promise<void>;
}

/** The file is there until the store is closed. Throws what the disk answers. */
export function createColumnStore(file: string, columns: readonly StoredColumn[]): ColumnStore {
  const handle = openSync(file, 'w+');
  const widths = columns.map(({ kind }) => (kind === 'numbers' ? 8 : 4));
  const offsets = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width * blockRows, 0));
  const blockBytes = widths.reduce((sum, width) => sum + width * blockRows, 0);
  const buffers = columns.map(({ kind }) => (kind === 'numbers' ? new Float64Array(blockRows) : new Uint32Array(blockRows)));
  let [whole, filled] = [0, 0];
  const flush = () => {
    for (const [index, buffer] of buffers.entries()) {
      const bytes = new Uint8Array(buffer.buffer);
      let written = 0;
      while (written < bytes.length)
        written += writeSync(handle, bytes, written, bytes.length - written, whole * blockBytes + offsets[index] + written);
    }
    whole += 1;
    filled = 0;
  };
  let total = 0;
  return {
    columns,
    rows: () => total,
    append(count, values) {
      for (let from = 0; from < count;) {
        const many = Math.min(count - from, blockRows - filled);
        for (const [index, buffer] of buffers.entries()) {
          const own = values[index];
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
    },
    blocks: () => Math.ceil(total / blockRows),
    countOf: (block) => Math.min(blockRows, total - block * blockRows),
    read(column, block) {
      const count = Math.min(blockRows, total - block * blockRows);
      const values = columns[column].kind === 'numbers' ? new Float64Array(count) : new Uint32Array(count);
      const bytes = new Uint8Array(values.buffer);
      let read = 0;
      while (read < bytes.length) {
        const found = readSync(handle, bytes, read, bytes.length - read, block * blockBytes + offsets[column] + read);
        if (found === 0) throw new Error(`${file} ends early`);
        read += found;
      }
      return values;
    },
    async close() {
      closeSync(handle);
      await disk.rm(file, { force: true });
    },
  };
}
