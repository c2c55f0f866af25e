/** Opens the files a data spec names: inside the workspace only, with what is wrong said at the spec's own place. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, promises as disk } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { checkTimes, entriesBelow, inArchive, placedEntry, readEntry } from './archives.ts';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import { entryHead, entryPieces, gunzippedPieces } from './stream/unpacked.ts';
import { writeUnpacked } from './stream/write-unpacked.ts';
import type { PlacedEntry } from './zip.ts';

/** Absolute folders: where relative paths start, and what they may not leave. */
export interface Folders {
  readonly notebook: string;
  readonly workspace: string;
  /** The workspace in whose cache lies what is larger than memory; default: `workspace`. */
  readonly cache?: string;
}

export interface OpenedFile {
  /** As the notebook says it. */
  readonly path: string;
  /** Unpacked where it was gzipped. */
  readonly bytes: Buffer;
}

const unzip = promisify(gunzip);
/** A small archive can hold terabytes of zeros. */
export const mostUnpacked = 2 * 2 ** 30;

function inside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The file's absolute path, links followed. Throws `data.fileMissing` and `data.outside`. */
export async function locate(path: string, folders: Folders, at: string): Promise<string> {
  const absolute = resolve(folders.notebook, path);
  const workspace = await disk.realpath(folders.workspace);
  // Refused before the disk is asked: whether a file outside exists is nobody's business.
  if (!inside(folders.workspace, absolute) && !inside(workspace, absolute)) throw new EpochbookError('data.outside', { path }, { at });
  let real: string;
  try {
    real = await disk.realpath(absolute);
  } catch (cause) {
    throw await missing(path, absolute, at, cause);
  }
  if (!inside(workspace, real)) throw new EpochbookError('data.outside', { path }, { at });
  return real;
}

const natural = new Intl.Collator('en', { numeric: true });
/** 2.png before 10.png. */
export const inOrder = (a: string, b: string) => natural.compare(a, b) || (a < b ? -1 : 1);

/** Files below a folder as the notebook would say them, in natural order, hidden ones left out. */
export async function filesBelow(path: string, folders: Folders, at: string): Promise<string[]> {
  const archived = await inArchive(path, (archive) => locate(archive, folders, at));
  if (archived) return (await entriesBelow(archived, at)).sort(inOrder);
  const folder = await locate(path, folders, at);
  const entries = await disk.readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => inOrder(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const below = `${path}/${entry.name}`;
    // A link may lead to a folder; `locate` checks where it leads, and its own depth keeps a circle from going on.
    const folderLike = entry.isDirectory() || (entry.isSymbolicLink() && (await disk.stat(join(folder, entry.name))).isDirectory());
    if (folderLike && below.split('/').length < 40) found.push(...(await filesBelow(below, folders, at)));
    else if (!folderLike) found.push(below);
  }
  return found;
}

async function missing(path: string, absolute: string, at: string, cause: unknown): Promise<EpochbookError> {
  const names = await disk.readdir(dirname(absolute)).catch(() => []);
  const near = nearest(basename(path), names);
  if (near === undefined) return new EpochbookError('data.fileMissing', { path }, { at, cause });
  return new EpochbookError('data.fileMissingNear', { path, near: join(dirname(path), near).split(sep).join('/') }, { at, cause });
}

/** Whether a path names a folder, or an archive to be read like one. Throws what `locate` throws. */
export async function isFolder(path: string, folders: Folders, at: string): Promise<boolean> {
  if (await inArchive(path, (archive) => locate(archive, folders, at))) return true;
  return (await disk.stat(await locate(path, folders, at))).isDirectory();
}

/**
 * Reads a whole file, unpacking gzip (known by its first bytes, not its name). The bytes as they lie on disk go into
 * `hash`. Throws `data.fileMissing`, `data.outside`, `data.unreadable`, `data.gzipDamaged`, and `data.emptyFile` unless
 * it may be empty.
 */
export async function readDataFile(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash = createHash('sha256'),
  may: { readonly empty?: boolean } = {},
): Promise<OpenedFile> {
  const archived = await inArchive(path, (archive) => locate(archive, folders, at));
  let stored: Buffer;
  try {
    stored = archived ? await readEntry(archived, mostUnpacked, at, hash) : await disk.readFile(await locate(path, folders, at));
  } catch (cause) {
    if (cause instanceof EpochbookError) throw cause;
    const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
    if (detail === 'ERR_FS_FILE_TOO_LARGE') throw new EpochbookError('data.tooLarge', { path, gigabytes: 2 }, { at, cause });
    throw new EpochbookError('data.unreadable', { path, detail }, { at, cause });
  }
  if (stored.length === 0 && !may.empty) throw new EpochbookError('data.emptyFile', { path }, { at });
  if (!archived) hash.update(stored);
  if (!isGzip(stored)) return { path, bytes: stored };
  try {
    return { path, bytes: await unzip(stored, { maxOutputLength: mostUnpacked }) };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'data.tooLarge' : 'data.gzipDamaged';
    throw new EpochbookError(code, { path, gigabytes: mostUnpacked / 2 ** 30 }, { at, cause });
  }
}

/** Where the bytes lie that a path names. */
export interface PlacedFile {
  /** Absolute: the file, or the archive. */
  readonly file: string;
  readonly entry?: PlacedEntry;
  /** Of the file, or unpacked of the entry, which may be gzipped itself. */
  readonly bytes: number;
}

export interface FoundFile extends PlacedFile {
  readonly gzipped: boolean;
}

/** Throws what `locate` and `placedEntry` throw. */
export async function placeFile(path: string, folders: Folders, at: string): Promise<PlacedFile> {
  const archived = await inArchive(path, (archive) => locate(archive, folders, at));
  if (archived) {
    const entry = await placedEntry(archived, at);
    return { file: archived.file, entry, bytes: entry.size };
  }
  const file = await locate(path, folders, at);
  return { file, bytes: (await disk.stat(file)).size };
}

/** Throws what `placeFile` throws, and `data.unreadable`. */
export async function findFile(path: string, folders: Folders, at: string): Promise<FoundFile> {
  const placed = await placeFile(path, folders, at);
  const head = placed.entry && (await entryHead(placed.entry));
  return { ...placed, gzipped: placed.entry ? head !== undefined && isGzip(head) : await isGzipped(placed.file, path, at) };
}

export interface PieceOptions {
  readonly hash?: Hash | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears of bytes as they are hashed. */
  readonly onBytes?: ((bytes: Buffer) => void) | undefined;
}

/** All bytes of what was found, as they lie in the file or, unpacked, in the archive. Throws `data.unreadable` and `data.zipDamaged`. */
export async function* bytesOf(
  { file, entry }: FoundFile,
  path: string,
  at: string,
  { hash, signal, onBytes = () => {} }: PieceOptions = {},
): AsyncGenerator<Buffer> {
  if (entry) hash?.update(entry.name);
  try {
    const read = entry ? entryPieces(entry, path, at, signal) : createReadStream(file, { highWaterMark: 1 << 20 });
    for await (const bytes of read as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      hash?.update(bytes);
      onBytes(bytes);
      yield bytes;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof EpochbookError) throw cause;
    const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new EpochbookError('data.unreadable', { path, detail }, { at, cause });
  }
}

/** The same, unpacked where it is gzipped. Throws also `data.gzipDamaged` and `data.bomb`. */
export async function* plainBytesOf(found: FoundFile, path: string, at: string, options: PieceOptions = {}): AsyncGenerator<Buffer> {
  const { hash } = options;
  if (!found.gzipped) {
    yield* bytesOf(found, path, at, options);
    return;
  }
  // Unpacking may end before the last byte, which counts for the hash all the same.
  if (hash) for await (const _ of bytesOf(found, path, at, options)) continue;
  const damaged = (cause: unknown) => new EpochbookError('data.gzipDamaged', { path }, { at, cause });
  let unpacked = 0;
  for await (const bytes of gunzippedPieces(bytesOf(found, path, at, { signal: options.signal }), damaged)) {
    unpacked += bytes.length;
    checkTimes(path, unpacked, found.bytes, at);
    yield bytes;
  }
}

/**
 * Where a file lies that another reader opens, its bytes put into `hash` where there is one. What lies in an archive, or
 * is gzipped and must be `plain`, is unpacked to a file that nobody else can read, until `drop` takes it away.
 * Throws `data.emptyFile`, and what `findFile` and `plainBytesOf` throw.
 */
export async function placeDataFile(
  path: string,
  folders: Folders,
  at: string,
  { plain, ...options }: PieceOptions & { readonly plain: boolean },
): Promise<{ file: string; gzipped: boolean; drop?: () => Promise<void> }> {
  const found = await findFile(path, folders, at);
  const { file, entry, gzipped } = found;
  if (found.bytes === 0) throw new EpochbookError('data.emptyFile', { path }, { at });
  if (entry || (gzipped && plain)) {
    const unpacked = await writeUnpacked(folders, plainBytesOf(found, path, at, options));
    return { file: unpacked.file, gzipped: false, drop: unpacked.drop };
  }
  if (options.hash) for await (const _ of bytesOf(found, path, at, options)) continue;
  return { file, gzipped };
}

/** By the first bytes. */
export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Whether a located file is gzip, known by its first bytes. Throws `data.unreadable`. */
export async function isGzipped(file: string, path: string, at: string): Promise<boolean> {
  try {
    const handle = await disk.open(file, 'r');
    try {
      const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return isGzip(buffer);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new EpochbookError('data.unreadable', { path, detail }, { at, cause });
  }
}
