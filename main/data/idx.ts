/** IDX, the format of MNIST: two zero bytes, a type, the number of dimensions, each as 32 bits big-endian, the values. */
import { EpochbookError } from '#contract/errors.ts';
import type { OpenedFile } from './files.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/** Bytes before the first value. */
export const idxStart = (shape: readonly number[]) => 4 + 4 * shape.length;

/** The dimensions, whatever follows. Throws `data.idxKind`, `data.idxType`, and `data.idxCut` where they are not whole. */
export function idxShape({ path, bytes }: OpenedFile, at: string): number[] {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] === 0) throw new EpochbookError('data.idxKind', { path }, { at });
  if (bytes[2] !== unsignedByte)
    throw new EpochbookError('data.idxType', { path, type: `0x${bytes[2].toString(16).padStart(2, '0')}` }, { at });
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw new EpochbookError('data.idxCut', { path, wanted: start, found: bytes.length }, { at });
  return Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
}

/** Bytes of the whole file. */
export const idxBytes = (shape: readonly number[]) => idxStart(shape) + shape.reduce((product, size) => product * size, 1);

/** The dimensions; `found`: bytes of the whole file. Throws what `idxShape` throws, `data.idxCut` and `data.idxLong`. */
export function idxHeader(file: OpenedFile, at: string, found = file.bytes.length): number[] {
  const { path } = file;
  const shape = idxShape(file, at);
  const wanted = idxBytes(shape);
  if (found < wanted) throw new EpochbookError('data.idxCut', { path, wanted, found }, { at });
  if (found > wanted) throw new EpochbookError('data.idxLong', { path, wanted, found }, { at });
  return shape;
}

/** Parses an IDX file of unsigned bytes. Throws what `idxHeader` throws. */
export function parseIdx(file: OpenedFile, at: string): IdxArray {
  const shape = idxHeader(file, at);
  return { shape, values: file.bytes.subarray(idxStart(shape)) };
}
