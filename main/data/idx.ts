/** IDX, the format of MNIST: two zero bytes, a type, the number of dimensions, each as 32 bits big-endian, the values. */
import { EpochbookError } from '#contract/errors.ts';
import type { OpenedFile } from './files.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/** Parses an IDX file of unsigned bytes. Throws `data.idxKind`, `data.idxType`, `data.idxCut`, `data.idxLong`. */
export function parseIdx({ path, bytes }: OpenedFile, at: string): IdxArray {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] === 0) throw new EpochbookError('data.idxKind', { path }, { at });
  if (bytes[2] !== unsignedByte)
    throw new EpochbookError('data.idxType', { path, type: `0x${bytes[2].toString(16).padStart(2, '0')}` }, { at });
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw new EpochbookError('data.idxCut', { path, wanted: start, found: bytes.length }, { at });
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const wanted = start + shape.reduce((product, size) => product * size, 1);
  if (bytes.length < wanted) throw new EpochbookError('data.idxCut', { path, wanted, found: bytes.length }, { at });
  if (bytes.length > wanted) throw new EpochbookError('data.idxLong', { path, wanted, found: bytes.length }, { at });
  return { shape, values: bytes.subarray(start) };
}
