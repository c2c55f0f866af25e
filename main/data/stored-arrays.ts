/** Samples that do not fit into memory: decoded once into a file of the workspace's cache, and read from there by blocks. */
import type { Hash } from 'node:crypto';
import { promises as disk, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { Part, Preparation } from '#contract/samples.ts';
import { checksum } from '#files/checksum.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';
import type { Folders } from './files.ts';
import { writeWhole } from './whole-io.ts';

/** Samples as a file holds them, one after another. */
export interface StoredSamples {
  /** Absolute. */
  readonly file: string;
  readonly type: 'uint8' | 'float32';
  readonly offset: number;
  /** When it was written last. */
  readonly writtenAtMs: number;
  /** Whether the values were multiplied already. */
  readonly isScaled?: boolean;
}

/** What the samples of all parts may take in memory, as 32-bit floats. */
export const mostInMemory = 3 * 2 ** 30;

/** How data is read that may be larger than memory. */
export interface ReadOptions {
  /** Bytes that the samples may take as 32-bit floats, beyond which they lie in a file. */
  readonly most?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Hears of a file of the cache that was not as it was written. */
  readonly onDamaged?: ((file: string) => void) | undefined;
}

/** Files that are kept: of the data sets used last. */
const mostFiles = 3;

const ending = '.samples';

/** Of samples that are made of what went into the hash. `known`: what was fitted on other data. */
export const samplesName = (hash: Hash, known: Preparation | undefined) =>
  (known ? hash.copy().update(JSON.stringify(known)) : hash.copy()).digest('hex').slice(0, 40);

export const folderOf = ({ workspace, cache = workspace }: Folders) => join(cache, '.epochbook', 'cache', 'samples');

/** At the end of a file: what it is, and the checksum of its samples and its name. */
const mark = Buffer.from('epochbook samples');
const endBytes = mark.length + 4;

const stampOf = ({ size, mtimeMs, ino }: Stats) => `${size} ${mtimeMs} ${ino}`;

/** Files that this process has read through, as they were then. */
const sound = new Map<string, string>();

const firstSum = (file: string) => checksum(Buffer.from(basename(file)));

async function endOf(handle: disk.FileHandle, file: string, bytes: number): Promise<Buffer> {
  const block = Buffer.alloc(Math.min(bytes, 1 << 22));
  let sum = firstSum(file);
  for (let from = 0; from < bytes;) {
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, bytes - from), from);
    if (bytesRead === 0) break;
    sum = checksum(block.subarray(0, bytesRead), sum);
    from += bytesRead;
  }
  return endWith(sum);
}

function endWith(sum: number): Buffer {
  const end = Buffer.alloc(endBytes);
  mark.copy(end);
  end.writeUInt32LE(sum, mark.length);
  return end;
}

/** Whether a file of the cache holds what was written there; it is read through once in a process. */
async function isUndamaged(file: string, stats: Stats): Promise<boolean> {
  if (sound.get(file) === stampOf(stats)) return true;
  const bytes = stats.size - endBytes;
  if (bytes < 0) return false;
  const handle = await disk.open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(endBytes), 0, endBytes, bytes);
    if (!buffer.equals(await endOf(handle, file, bytes))) return false;
  } finally {
    await handle.close();
  }
  sound.set(file, stampOf(stats));
  return true;
}

/** Whether samples in a file are still those that were written or found there. */
export async function areSound({ file, writtenAtMs }: StoredSamples): Promise<boolean> {
  const stats = await disk.stat(file).catch(() => undefined);
  return stats?.mtimeMs === writtenAtMs && (!file.endsWith(ending) || isUndamaged(file, stats));
}

/** The file of this name where it is sound; else one to be written, which `done` puts in its place. `bytes`: where they are known. */
export async function storedFile(
  folders: Folders,
  name: string,
  bytes: number | undefined,
  onDamaged?: (file: string) => void,
): Promise<{ readonly file: string; readonly writtenAtMs: number; readonly write?: SamplesFile['write'] }> {
  const file = join(folderOf(folders), `${name}${ending}`);
  const found = await disk.stat(file).catch(() => undefined);
  if (found && (bytes === undefined || found.size === bytes + endBytes) && (await isUndamaged(file, found))) {
    // When it was written tells whether it is still the same, so its use is told by the other time.
    await disk.utimes(file, new Date(), found.mtime);
    return { file, writtenAtMs: found.mtimeMs };
  }
  if (found) onDamaged?.(file);
  const { write, writtenAtMs } = await samplesFile(folders, name);
  return { file, writtenAtMs, write };
}

export interface SamplesFile {
  readonly file: string;
  /** Of the file when it is done: a whole second, which can be given again exactly when the file is used. */
  readonly writtenAtMs: number;
  readonly write: {
    /** Writes bytes where they belong. What comes in order need not be read again for its checksum. */
    readonly put: (bytes: Uint8Array, position: number) => void;
    /** Puts the file, of so many bytes, in its place. */
    readonly done: (bytes: number) => Promise<void>;
    readonly fail: () => Promise<void>;
  };
}

/** A file of samples to be written. Throws `store.diskFull` and `store.readOnly`. */
export async function samplesFile(folders: Folders, name: string): Promise<SamplesFile> {
  const folder = folderOf(folders);
  const file = join(folder, `${name}${ending}`);
  const writtenAtMs = Math.floor(Date.now() / 1000) * 1000;
  const part = `${file}.${process.pid}.part`;
  try {
    await disk.mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    const handle = await disk.open(part, 'w+');
    let [inOrder, sum] = [0, firstSum(file)];
    return {
      file,
      writtenAtMs,
      write: {
        put(bytes, position) {
          writeWhole(handle.fd, bytes, position);
          if (position !== inOrder) {
            inOrder = Number.NaN;
            return;
          }
          sum = checksum(bytes, sum);
          inOrder += bytes.length;
        },
        async done(bytes) {
          await handle.truncate(bytes);
          writeWhole(handle.fd, inOrder === bytes ? endWith(sum) : await endOf(handle, file, bytes), bytes);
          await handle.utimes(new Date(), writtenAtMs / 1000);
          const stats = await handle.stat();
          await handle.close();
          await disk.rename(part, file);
          sound.set(file, stampOf(stats));
          await letGo(folder);
        },
        async fail() {
          await handle.close();
          await disk.rm(part, { force: true });
        },
      },
    };
  } catch (error) {
    throw explainDiskError(error, file);
  }
}

/** What a process that is gone was writing. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await disk.readdir(folder)) {
    const [, writer] = /\.(\d+)\.(?:part|unpacked|columns\d*|spill(?:\.duckdb.*)?)$/.exec(name) ?? [];
    if (writer !== undefined && !isRunning(Number(writer))) await disk.rm(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function letGo(folder: string): Promise<void> {
  const names = (await disk.readdir(folder)).filter((name) => name.endsWith(ending));
  const used = await Promise.all(names.map(async (name) => ({ name, at: (await disk.stat(join(folder, name))).atimeMs })));
  for (const { name } of used.sort((a, b) => b.at - a.at).slice(mostFiles)) await disk.rm(join(folder, name), { force: true });
}

/** The part's inputs in a file. `rows`: its samples in the file, ascending. */
export function storedPart(
  part: Omit<Part, 'inputs' | 'stored'>,
  stored: StoredSamples,
  { size, scale, rows }: { size: number; scale: number; rows: Uint32Array },
): Part {
  const { isScaled, ...file } = stored;
  return { ...part, inputs: new Float32Array(0), stored: { ...file, size, scale: isScaled ? 1 : scale, places: rows } };
}
