/** What is packed, unpacked a piece at a time: never more of it in memory than a few megabytes. */
import { createReadStream } from 'node:fs';
import { constants, createGunzip, createInflateRaw, gunzipSync, inflateRawSync } from 'node:zlib';
import { EpochbookError } from '#contract/errors.ts';

export interface Packed {
  /** Absolute. */
  readonly file: string;
  readonly by: 'gzip' | 'deflate';
  /** Of an entry in an archive: its first byte in the file, and its last. */
  readonly from?: number;
  readonly to?: number;
}

/** What is behind the end is looked at for the checksum, and no longer than this. */
const usualBehind = 1 << 20;

/** The first bytes of what is packed, from the first bytes of the file; undefined where they are damaged. */
export function unpackedHead(bytes: Buffer, by: Packed['by'] = 'gzip'): Buffer | undefined {
  // The rest is not there: that is no damage.
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return by === 'gzip' ? gunzipSync(bytes, options) : inflateRawSync(bytes, options);
  } catch {
    return undefined;
  }
}

export interface UnpackOptions {
  /** Bytes of a piece. */
  readonly atOnce: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears of all that is unpacked. */
  readonly onBytes?: (bytes: Buffer) => void;
  /** What is wrong where fewer bytes are there than told, or more. More are left where nothing is said. */
  readonly early: (found: number) => EpochbookError;
  readonly beyond?: (found: number) => EpochbookError;
  /** Bytes behind the end that are read on to. */
  readonly mostBehind?: number;
  /** What is wrong where they cannot be unpacked. */
  readonly damaged: (cause: unknown) => EpochbookError;
}

/** The `length` bytes from `start` on, each piece but the last of `atOnce`. */
export async function* unpackedPieces(
  { file, by, from, to }: Packed,
  start: number,
  length: number,
  { atOnce, signal, onBytes = () => {}, early, beyond, mostBehind = usualBehind, damaged }: UnpackOptions,
): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { ...(from !== undefined && { start: from }), ...(to !== undefined && { end: to }) });
  const unpack = by === 'gzip' ? createGunzip() : createInflateRaw();
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack);
  let [skipped, given, filled, behind] = [0, 0, 0, 0];
  let piece = Buffer.alloc(Math.min(atOnce, length));
  try {
    for await (const chunk of unpack as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      onBytes(chunk);
      const skip = Math.min(start - skipped, chunk.length);
      skipped += skip;
      let rest = chunk.subarray(skip);
      while (rest.length > 0 && given < length) {
        const taken = rest.subarray(0, piece.length - filled);
        piece.set(taken, filled);
        filled += taken.length;
        rest = rest.subarray(taken.length);
        if (filled < piece.length) continue;
        yield piece;
        given += filled;
        filled = 0;
        piece = Buffer.alloc(Math.min(atOnce, length - given));
      }
      behind += rest.length;
      if (behind > 0 && beyond) throw beyond(start + length + behind);
      if (behind > mostBehind) return;
    }
  } catch (cause) {
    if (signal?.aborted || cause instanceof EpochbookError) throw cause;
    throw damaged(cause);
  } finally {
    source.destroy();
    unpack.destroy();
  }
  if (given < length) throw early(skipped + given + filled);
}
