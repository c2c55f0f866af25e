/** The texts of a column in a file of their own, one after another as UTF-8, read back a row at a time. */
import { closeSync, openSync, promises as disk } from 'node:fs';
import { readWhole, writeWhole } from '../whole-io.ts';

/** Bytes that are written, or read, at once. */
const atOnce = 1 << 20;

export interface ColumnTexts {
  /** Puts texts at the end; `ends`: where each one ends in the file. */
  readonly append: (texts: readonly string[]) => Float64Array;
  /** After the last text. */
  readonly finish: () => void;
  /** The text from one byte to another. */
  readonly read: (from: number, to: number) => string;
  readonly close: () => Promise<void>;
}

/** The file is there until it is closed. Throws what the disk answers. */
export function createColumnTexts(file: string): ColumnTexts {
  const handle = openSync(file, 'w+');
  let [written, pending] = [0, 0];
  let pieces: Buffer[] = [];
  const flush = () => {
    const bytes = Buffer.concat(pieces);
    writeWhole(handle, bytes, written);
    written += bytes.length;
    [pieces, pending] = [[], 0];
  };
  /** What was read last: rows are mostly asked for in turn. */
  let [window, start] = [Buffer.alloc(0), 0];
  return {
    append(texts) {
      const ends = new Float64Array(texts.length);
      for (const [row, text] of texts.entries()) {
        const bytes = Buffer.from(text);
        if (bytes.length > 0) pieces.push(bytes);
        pending += bytes.length;
        ends[row] = written + pending;
        if (pending >= atOnce) flush();
      }
      return ends;
    },
    finish: flush,
    read(from, to) {
      if (from < start || to > start + window.length) {
        const bytes = Buffer.alloc(Math.max(atOnce, to - from));
        const filled = readWhole(handle, bytes, from);
        if (filled < to - from) throw new Error(`${file} ends early`);
        [window, start] = [bytes.subarray(0, filled), from];
      }
      return window.toString('utf8', from - start, to - start);
    },
    async close() {
      closeSync(handle);
      await disk.rm(file, { force: true });
    },
  };
}
