/** What is packed, unpacked a piece at a time: never more of it in memory than a few megabytes. */
import { createReadStream, promises as disk } from 'node:fs';
import { Readable } from 'node:stream';
import { constants, createGunzip, createInflateRaw, gunzipSync, inflateRawSync } from 'node:zlib';
import { EpochbookError } from '#contract/errors.ts';
import { checksum } from '#files/checksum.ts';
import type { PlacedEntry } from '../zip.ts';

/** Bytes that are read at once. */
export const blockBytes = 4 * 2 ** 20;
const headBytes = 1 << 16;

export interface Packed {
  /** Absolute. */
  readonly file: string;
  /** In their order. */
  readonly by: 'gzip' | 'deflate' | 'deflate, gzip';
  /** Of an entry in an archive: its first byte in the file, and its last. */
  readonly from?: number;
  readonly to?: number;
}

/** What is behind the end is looked at for the checksum, and no longer than this. */
const usualBehind = 1 << 20;

/** The first bytes of what is packed, from the first bytes of the file; undefined where they are damaged. */
export function unpackedHead(bytes: Buffer, by: 'gzip' | 'deflate' = 'gzip'): Buffer | undefined {
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
  const first = by === 'gzip' ? createGunzip() : createInflateRaw();
  source.on('error', (error) => first.destroy(error));
  source.pipe(first);
  const unpack = by === 'deflate, gzip' ? first.pipe(createGunzip()) : first;
  if (unpack !== first) first.on('error', (error) => unpack.destroy(error));
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
    first.destroy();
    unpack.destroy();
  }
  if (given < length) throw early(skipped + given + filled);
}

/** What is gzipped, unpacked as it comes. `damaged`: what is wrong where it cannot be. */
export async function* gunzippedPieces(pieces: AsyncIterable<Buffer>, damaged: (cause: unknown) => EpochbookError): AsyncGenerator<Buffer> {
  const source = Readable.from(pieces);
  const unpack = createGunzip({ chunkSize: 1 << 18 });
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack);
  try {
    yield* unpack as AsyncIterable<Buffer>;
  } catch (cause) {
    throw cause instanceof EpochbookError || (cause as Error).name === 'AbortError' ? cause : damaged(cause);
  } finally {
    source.destroy();
    unpack.destroy();
  }
}

/** Pieces of a file of whole values. */
export async function* piecesOf(file: string, start: number, length: number, width: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await disk.open(file);
  const most = atOnceOf(width);
  try {
    for (let from = 0; from < length; from += most) {
      signal?.throwIfAborted();
      const bytes = Buffer.alloc(Math.min(most, length - from));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + from + filled);
        if (bytesRead === 0) throw new Error(`${file} ends early`);
        filled += bytesRead;
      }
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}

/** Bytes of whole values. */
export const atOnceOf = (width: number) => Math.max(1, Math.floor(blockBytes / width)) * width;

/** The first bytes of an entry, unpacked; undefined where they are damaged. */
export async function entryHead(entry: PlacedEntry): Promise<Buffer | undefined> {
  const first = await bytesAt(entry.file, await entry.start(), Math.min(headBytes, entry.packedSize));
  return entry.isPacked ? unpackedHead(first, 'deflate') : first;
}

/** The first bytes of a file. */
export const fileHead = (file: string): Promise<Buffer> => bytesAt(file, 0, headBytes);

async function bytesAt(file: string, from: number, length: number): Promise<Buffer> {
  const handle = await disk.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** All bytes of an entry, unpacked. Throws `data.zipDamaged`, also where their checksum is another. */
export async function* entryPieces(entry: PlacedEntry, path: string, at: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const { file, isPacked, packedSize, size } = entry;
  const damaged = (cause?: unknown) => new EpochbookError('data.zipDamaged', { path }, { at, cause });
  const from = await entry.start();
  if (from + packedSize > (await disk.stat(file)).size) throw damaged();
  if (size === 0) return;
  const packed = { file, by: 'deflate', from, to: from + packedSize - 1 } as const;
  const how = { atOnce: blockBytes, signal, early: damaged, beyond: damaged, damaged };
  let sum = 0;
  for await (const bytes of isPacked ? unpackedPieces(packed, 0, size, how) : piecesOf(file, from, size, 1, signal)) {
    sum = checksum(bytes, sum);
    yield bytes;
  }
  if (sum !== entry.sum) throw damaged();
}
