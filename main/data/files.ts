/** Opens the files a data spec names: inside the workspace only, with what is wrong said at the spec's own place. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, promises as disk } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { entriesBelow, inArchive, readEntry } from './archives.ts';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';

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
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return { path, bytes: stored };
  try {
    return { path, bytes: await unzip(stored, { maxOutputLength: mostUnpacked }) };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'data.tooLarge' : 'data.gzipDamaged';
    throw new EpochbookError(code, { path, gigabytes: mostUnpacked / 2 ** 30 }, { at, cause });
  }
}

export interface PlaceOptions {
  readonly hash: Hash | undefined;
  readonly plain: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Hears of bytes as they are hashed. */
  readonly onBytes?: (bytes: Buffer) => void;
}

/**
 * Where a file lies that another reader opens, its bytes put into `hash` where there is one. What lies in an archive, or
 * is gzipped and must be `plain`, is unpacked to a file that nobody else can read, until `drop` takes it away.
 * Throws `data.fileMissing`, `data.outside`, `data.unreadable`, `data.emptyFile`, and what `readDataFile` throws.
 */
export async function placeDataFile(
  path: string,
  folders: Folders,
  at: string,
  { hash, plain, signal, onBytes = () => {} }: PlaceOptions,
): Promise<{ file: string; gzipped: boolean; drop?: () => Promise<void> }> {
  const archived = await inArchive(path, (archive) => locate(archive, folders, at));
  const file = archived?.file ?? (await locate(path, folders, at));
  const gzipped = !archived && (await isGzipped(file, path, at));
  if (archived || (gzipped && plain)) {
    const { bytes } = await readDataFile(path, folders, at, hash);
    const folder = await disk.mkdtemp(join(tmpdir(), 'epochbook-'));
    await disk.writeFile(join(folder, 'unpacked'), bytes, { mode: 0o600 });
    return { file: join(folder, 'unpacked'), gzipped: false, drop: () => disk.rm(folder, { recursive: true, force: true }) };
  }
  try {
    if ((await disk.stat(file)).size === 0) throw new EpochbookError('data.emptyFile', { path }, { at });
    if (hash)
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        hash.update(chunk);
        onBytes(chunk);
      }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof EpochbookError) throw cause;
    const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new EpochbookError('data.unreadable', { path, detail }, { at, cause });
  }
  return { file, gzipped };
}

/** Whether a located file is gzip, known by its first bytes. Throws `data.unreadable`. */
export async function isGzipped(file: string, path: string, at: string): Promise<boolean> {
  try {
    const handle = await disk.open(file, 'r');
    try {
      const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new EpochbookError('data.unreadable', { path, detail }, { at, cause });
  }
}
