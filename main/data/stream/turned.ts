/** Samples of an array that lies column by column (NumPy's Fortran order): put together from all over its file. */
import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sizeOf } from '../arrays.ts';
import type { NpyHeader } from '../npy.ts';
import { readWhole } from '../whole-io.ts';

/** Bytes of samples that are put together at once. */
const turnedBytes = 128 * 2 ** 20;
/** Columns that are read before their values are put where they belong: as many as the processor keeps at hand. */
const columnsAtOnce = 32;

/** Values as units that are moved without being looked at. */
function unitsIn(bytes: Buffer, width: number): Uint8Array | Uint16Array | Uint32Array {
  if (width === 1) return bytes;
  return width === 2 ? new Uint16Array(bytes.buffer, 0, bytes.length / 2) : new Uint32Array(bytes.buffer, 0, bytes.length / 4);
}

/** From a value's place in a sample to the column that it is of. */
function columnsOf(shape: readonly number[]): Uint32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  return Uint32Array.from({ length: sizeOf(shape) }, (_, place) => {
    let [left, column] = [place, 0];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      column += (left % shape[axis]) * strides[axis];
      left = Math.floor(left / shape[axis]);
    }
    return column;
  });
}

/** Whole samples, row by row, some `atOnce` bytes of them a piece. The values begin at `start` of the file. */
export async function* turnedPieces(
  file: string,
  start: number,
  { shape: [count, ...rest], width }: Pick<NpyHeader, 'shape' | 'width'>,
  { atOnce, signal }: { readonly atOnce: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const size = sizeOf(rest);
  const columns = columnsOf(rest);
  const most = Math.max(1, Math.min(count, Math.floor(turnedBytes / (size * width))));
  /** Units of a value: two of four bytes are one of eight. */
  const units = width === 8 ? 2 : 1;
  const read = Buffer.from(new ArrayBuffer(columnsAtOnce * most * width));
  const from = unitsIn(read, width);
  // So many small reads that waiting for each would take longest.
  const handle = openSync(file, 'r');
  try {
    for (let first = 0; first < count; first += most) {
      const many = Math.min(most, count - first);
      const piece = Buffer.from(new ArrayBuffer(many * size * width));
      const into = unitsIn(piece, width);
      for (let place = 0; place < size; place += columnsAtOnce) {
        signal?.throwIfAborted();
        const here = Math.min(columnsAtOnce, size - place);
        for (let column = 0; column < here; column += 1) {
          const at = start + (columns[place + column] * count + first) * width;
          const into = read.subarray(column * many * width, (column + 1) * many * width);
          if (readWhole(handle, into, at) < into.length) throw new Error(`${file} ends early`);
        }
        for (let sample = 0; sample < many; sample += 1) {
          let to = (sample * size + place) * units;
          for (let column = 0; column < here; column += 1)
            for (let unit = 0; unit < units; unit += 1) into[to++] = from[(column * many + sample) * units + unit];
        }
        await nextTurn();
      }
      const given = Math.max(1, Math.floor(atOnce / (size * width))) * size * width;
      for (let at = 0; at < piece.length; at += given) yield piece.subarray(at, at + given);
    }
  } finally {
    closeSync(handle);
  }
}
