/** Samples that do not fit into memory: decoded once into a file of the workspace's cache, and read from there by blocks. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '#contract/samples.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';
import type { Folders } from './files.ts';

/** Samples as a file holds them, one after another. */
export interface StoredSamples {
  /** Absolute. */
  readonly file: string;
  readonly type: 'uint8' | 'float32';
  readonly offset: number;
  /** Of a file that is not the cache's own: when it was written last. */
  readonly writtenAtMs?: number;
  /** Whether the values were multiplied already. */
  readonly isScaled?: boolean;
}

/** What the samples of all parts may take in memory, as 32-bit floats. */
export const mostInMemory = 3 * 2 ** 30;

/** Files that are kept: of the data sets used last. */
const mostFiles = 3;

export const folderOf = ({ workspace }: Folders) => join(workspace, '.epochbook', 'cache', 'samples');

/** The file of this name where it is whole; else one to be written, which `done` puts in its place. */
export async function storedFile(
  folders: Folders,
  name: string,
  bytes: number,
): Promise<{
  readonly file: string;
  readonly write?: { readonly handle: disk.FileHandle; readonly done: () => Promise<void>; readonly fail: () => Promise<void> };
}> {
  const folder = folderOf(folders);
  const file = join(folder, `${name}.samples`);
  const found = await disk.stat(file).catch(() => undefined);
  if (found?.size === bytes) {
    await disk.utimes(file, new Date(), new Date());
    return { file };
  }
  const { write } = await samplesFile(folders, name);
  return { file, write: { ...write, done: () => write.done(bytes) } };
}

export interface SamplesFile {
  readonly file: string;
  readonly write: {
    readonly handle: disk.FileHandle;
    /** Puts the file, of so many bytes, in its place. */
    readonly done: (bytes: number) => Promise<void>;
    readonly fail: () => Promise<void>;
  };
}

/** A file of samples to be written. Throws `store.diskFull` and `store.readOnly`. */
export async function samplesFile(folders: Folders, name: string): Promise<SamplesFile> {
  const folder = folderOf(folders);
  const file = join(folder, `${name}.samples`);
  const part = `${file}.${process.pid}.part`;
  try {
    await disk.mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    const handle = await disk.open(part, 'w');
    return {
      file,
      write: {
        handle,
        async done(bytes) {
          await handle.truncate(bytes);
          await handle.close();
          await disk.rename(part, file);
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
    const [, writer] = /\.(\d+)\.(?:part|columns|spill(?:\.duckdb.*)?)$/.exec(name) ?? [];
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
  const names = (await disk.readdir(folder)).filter((name) => name.endsWith('.samples'));
  const used = await Promise.all(names.map(async (name) => ({ name, at: (await disk.stat(join(folder, name))).mtimeMs })));
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
