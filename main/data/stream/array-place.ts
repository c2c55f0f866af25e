/** Where the bytes of an array lie: in a file of their own that may be gzipped, or in an archive. */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { checksum } from '#files/checksum.ts';
import { inArchive, placedEntry } from '../archives.ts';
import { type Folders, isGzipped, locate, placeDataFile } from '../files.ts';
import { folderOf, type ReadOptions } from '../stored-arrays.ts';
import { writeWhole } from '../whole-io.ts';
import type { PlacedEntry } from '../zip.ts';
import { turnedPieces } from './turned.ts';
import { type Packed, unpackedHead, unpackedPieces } from './unpacked.ts';

/** Bytes that are read at once, and that hold any header. */
export const blockBytes = 4 * 2 ** 20;
const headBytes = 1 << 16;

export interface ArrayPlace {
  /** As the notebook says it. */
  readonly path: string;
  readonly at: string;
  readonly file: string;
  readonly writtenAtMs: number;
  /** Of what is not packed: where it begins in the file. */
  readonly offset: number;
  readonly packed?: Packed;
  /** Of an entry in an archive. */
  readonly entry?: PlacedEntry;
  /** The first bytes, unpacked. */
  readonly head: Buffer;
  /** Of the whole, unpacked; unknown of what is gzipped. */
  readonly bytes: number;
}

async function bytesAt(file: string, from: number, length: number): Promise<Buffer> {
  const handle = await disk.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Undefined for what is read whole, where it is said what is wrong with it. Throws what `locate` throws. */
export async function placeArray(path: string, folders: Folders, at: string): Promise<ArrayPlace | undefined> {
  const archived = await inArchive(path, (archive) => locate(archive, folders, at));
  if (archived) {
    const entry = await placedEntry(archived, at);
    return entry && placeEntry(entry, path, at);
  }
  const file = await locate(path, folders, at);
  const { size, mtimeMs } = await disk.stat(file);
  if (size === 0) return undefined;
  const isPacked = await isGzipped(file, path, at);
  const first = await bytesAt(file, 0, headBytes);
  const head = isPacked ? unpackedHead(first) : first;
  if (!head) return undefined;
  const facts = { path, at, file, writtenAtMs: mtimeMs, offset: 0, head, bytes: isPacked ? Infinity : size };
  return { ...facts, ...(isPacked && { packed: { file, by: 'gzip' } as const }) };
}

/** The same of an entry. What is packed in it once more is read whole. */
export async function placeEntry(entry: PlacedEntry, path: string, at: string): Promise<ArrayPlace | undefined> {
  const { file, isPacked, size, packedSize } = entry;
  const offset = await entry.start();
  const first = await bytesAt(file, offset, Math.min(headBytes, packedSize));
  const head = isPacked ? unpackedHead(first, 'deflate') : first;
  if (!head || (head[0] === 0x1f && head[1] === 0x8b)) return undefined;
  const { mtimeMs } = await disk.stat(file);
  const packed = { file, by: 'deflate', from: offset, to: offset + packedSize - 1 } as const;
  return { path, at, file, writtenAtMs: mtimeMs, offset, entry, head, bytes: size, ...(isPacked && { packed }) };
}

/** Of the work, about what reading the file for its content's hash is, where more is to be done. */
export const hashingShare = 0.2;

/** Puts the file's bytes into the hash; gives the hash of them alone. */
export async function hashFile(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { signal, onProgress = () => {} }: Pick<ReadOptions, 'signal' | 'onProgress'>,
): Promise<string> {
  const content = createHash('sha256');
  const { size } = await disk.stat(await locate(path, folders, at));
  let read = 0;
  const onBytes = (bytes: Buffer) => {
    content.update(bytes);
    onProgress((hashingShare * (read += bytes.length)) / size);
  };
  await placeDataFile(path, folders, at, { hash, plain: false, signal, onBytes });
  return shortened(content);
}

const shortened = (content: Hash) => content.digest('hex').slice(0, 40);

/** The same of an array's own bytes; of an archive, what is unpacked counts. Throws `data.zipDamaged`. */
export async function hashArray(
  { path, at, entry, packed, offset }: ArrayPlace,
  folders: Folders,
  hash: Hash,
  options: Pick<ReadOptions, 'signal' | 'onProgress'>,
): Promise<string> {
  if (!entry) return hashFile(path, folders, at, hash, options);
  const content = createHash('sha256');
  const { signal, onProgress = () => {} } = options;
  const damaged = zipDamaged(path, at);
  const pieces = packed
    ? unpackedPieces(packed, 0, entry.size, { atOnce: blockBytes, signal, early: damaged, beyond: damaged, damaged })
    : piecesOf(entry.file, offset, entry.size, 1, signal);
  hash.update(entry.name);
  let read = 0;
  for await (const bytes of pieces) {
    hash.update(bytes);
    content.update(bytes);
    onProgress((hashingShare * (read += bytes.length)) / entry.size);
  }
  return shortened(content);
}

const zipDamaged = (path: string, at: string) => (cause?: unknown) => new EpochbookError('data.zipDamaged', { path }, { at, cause });

/** Bytes of whole values. */
const atOnceOf = (width: number) => Math.max(1, Math.floor(blockBytes / width)) * width;

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

/** What the head of an array says of its values. */
export interface Layout {
  /** Bytes before the first value, and of the whole. */
  readonly start: number;
  readonly wanted: number;
  /** Bytes of a value. */
  readonly width: number;
  /** Of values that lie column by column: `[count, …]`. */
  readonly turned?: readonly number[];
}

export interface PieceOptions {
  readonly folders: Folders;
  readonly signal?: AbortSignal | undefined;
  /** What is wrong where fewer bytes are there than told, or more. More are left where nothing is said. */
  readonly early: (found: number) => EpochbookError;
  readonly beyond?: (found: number) => EpochbookError;
}

/**
 * The values of an array as bytes, row by row, some megabytes at a time. Throws `data.gzipDamaged`, and `data.zipDamaged`
 * where an archive's checksum is another.
 */
export async function* valuePieces(
  place: ArrayPlace,
  layout: Layout,
  { folders, signal, early, beyond }: PieceOptions,
): AsyncGenerator<Buffer> {
  const { path, at, file, offset, packed, entry } = place;
  const { start, wanted, width, turned } = layout;
  if (packed && turned) {
    // What lies column by column is read here and there, which what is packed cannot be.
    const { turned: _, ...plain } = layout;
    const unpacked = join(folderOf(folders), `${randomUUID()}.${process.pid}.unpacked`);
    await disk.mkdir(folderOf(folders), { recursive: true });
    const handle = await disk.open(unpacked, 'w');
    try {
      let written = 0;
      for await (const bytes of valuePieces(place, plain, { folders, signal, early, ...(beyond && { beyond }) })) {
        writeWhole(handle.fd, bytes, written);
        written += bytes.length;
      }
      yield* turnedPieces(unpacked, 0, { shape: turned, width }, { atOnce: blockBytes, signal });
    } finally {
      await handle.close();
      await disk.rm(unpacked, { force: true });
    }
    return;
  }
  if (!packed) {
    if (entry) await checkSum(place, signal);
    yield* turned
      ? turnedPieces(file, offset + start, { shape: turned, width }, { atOnce: blockBytes, signal })
      : piecesOf(file, offset + start, wanted - start, width, signal);
    return;
  }
  const damaged = zipDamaged(path, at);
  let sum = 0;
  yield* unpackedPieces(packed, start, wanted - start, {
    atOnce: atOnceOf(width),
    signal,
    onBytes: (bytes) => (sum = entry ? checksum(bytes, sum) : 0),
    ...(entry && { mostBehind: entry.size - wanted }),
    early: (found) => (entry ? damaged() : early(found)),
    ...(beyond && !entry && { beyond }),
    damaged: (cause) => (entry ? damaged(cause) : new EpochbookError('data.gzipDamaged', { path }, { at, cause })),
  });
  if (entry && sum !== entry.sum) throw damaged();
}

/** What is read where it lies is not unpacked, which would check it. Throws `data.zipDamaged`. */
export async function checkSum({ path, at, file, offset, entry }: ArrayPlace, signal?: AbortSignal): Promise<void> {
  if (!entry) return;
  let found = 0;
  for await (const bytes of piecesOf(file, offset, entry.size, 1, signal)) found = checksum(bytes, found);
  if (found !== entry.sum) throw zipDamaged(path, at)();
}
