/** Where the bytes of an array lie: in a file of their own that may be gzipped, or in an archive. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import { checksum } from '#files/checksum.ts';
import { inArchive, placedEntry } from '../archives.ts';
import { bytesOf, findFile, type Folders, isGzip, isGzipped, locate } from '../files.ts';
import type { ReadOptions } from '../stored-arrays.ts';
import type { PlacedEntry } from '../zip.ts';
import { turnedPieces } from './turned.ts';
import { atOnceOf, blockBytes, entryHead, entryPieces, fileHead, type Packed, piecesOf, unpackedHead, unpackedPieces } from './unpacked.ts';
import { writeUnpacked } from './write-unpacked.ts';

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

/** Undefined for what is read whole, where it is said what is wrong with it. Throws what `locate` throws. */
export async function placeArray(path: string, folders: Folders, at: string): Promise<ArrayPlace | undefined> {
  const archived = await inArchive(path, (archive) => locate(archive, folders, at));
  if (archived) return placeEntry(await placedEntry(archived, at), path, at);
  const file = await locate(path, folders, at);
  const { size, mtimeMs } = await disk.stat(file);
  if (size === 0) return undefined;
  const isPacked = await isGzipped(file, path, at);
  const first = await fileHead(file);
  const head = isPacked ? unpackedHead(first) : first;
  if (!head) return undefined;
  const facts = { path, at, file, writtenAtMs: mtimeMs, offset: 0, head, bytes: isPacked ? Infinity : size };
  return { ...facts, ...(isPacked && { packed: { file, by: 'gzip' } as const }) };
}

/** The same of an entry, which may be gzipped itself. */
export async function placeEntry(entry: PlacedEntry, path: string, at: string): Promise<ArrayPlace | undefined> {
  const { file, isPacked, size, packedSize } = entry;
  const offset = await entry.start();
  const first = await entryHead(entry);
  const gzipped = first !== undefined && isGzip(first);
  const head = gzipped ? unpackedHead(first) : first;
  if (!head || size === 0) return undefined;
  const { mtimeMs } = await disk.stat(file);
  const by = gzipped ? (isPacked ? 'deflate, gzip' : 'gzip') : 'deflate';
  const packed = { file, by, from: offset, to: offset + packedSize - 1 } as const;
  const bytes = gzipped ? Infinity : size;
  return { path, at, file, writtenAtMs: mtimeMs, offset, entry, head, bytes, ...((isPacked || gzipped) && { packed }) };
}

/** Of the work, about what reading the file for its content's hash is, where more is to be done. */
export const hashingShare = 0.2;

/** Puts all bytes of what a path names into the hash; gives the hash of them alone. Throws what `bytesOf` throws. */
export async function hashFile(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { signal, onProgress = () => {} }: Pick<ReadOptions, 'signal' | 'onProgress'>,
): Promise<string> {
  const content = createHash('sha256');
  const found = await findFile(path, folders, at);
  let read = 0;
  for await (const bytes of bytesOf(found, path, at, { hash, signal })) {
    content.update(bytes);
    onProgress((hashingShare * (read += bytes.length)) / found.bytes);
  }
  return shortened(content);
}

const shortened = (content: Hash) => content.digest('hex').slice(0, 40);

const zipDamaged = (path: string, at: string) => (cause?: unknown) => new EpochbookError('data.zipDamaged', { path }, { at, cause });

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
    const unpacked = await writeUnpacked(folders, valuePieces(place, plain, { folders, signal, early, ...(beyond && { beyond }) }));
    try {
      yield* turnedPieces(unpacked.file, 0, { shape: turned, width }, { atOnce: blockBytes, signal });
    } finally {
      await unpacked.drop();
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
  // What is gzipped has a checksum of its own.
  const summed = packed.by === 'deflate' ? entry : undefined;
  let sum = 0;
  yield* unpackedPieces(packed, start, wanted - start, {
    atOnce: atOnceOf(width),
    signal,
    onBytes: (bytes) => (sum = summed ? checksum(bytes, sum) : 0),
    ...(summed && { mostBehind: summed.size - wanted }),
    early: (found) => (summed ? damaged() : early(found)),
    ...(beyond && !summed && { beyond }),
    damaged: (cause) => (summed ? damaged(cause) : new EpochbookError('data.gzipDamaged', { path }, { at, cause })),
  });
  if (summed && sum !== summed.sum) throw damaged();
}

/** What is read where it lies is not unpacked, which would check it. Throws `data.zipDamaged`. */
export async function checkSum({ path, at, entry }: ArrayPlace, signal?: AbortSignal): Promise<void> {
  if (!entry) return;
  for await (const bytes of entryPieces(entry, path, at, signal)) void bytes;
}
