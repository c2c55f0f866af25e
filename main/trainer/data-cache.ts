/** Keeps the data set that was loaded last, so that another run of the same data starts at once; large ones on the disk too. */
import { promises as disk } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DataSpec, dataPaths } from '#contract/spec.ts';
import { loadDataset, type LoadedData, type LoadOptions } from '#data/load.ts';
import { fingerprint } from '#files/fingerprint.ts';
import { readCached, writeCached } from './disk-cache.ts';
import type { Folders } from './protocol.ts';

/** What loads faster than this need not lie on the disk. */
const worthKeepingMs = 400;

/** Equal where the spec, the folders and the files' sizes, times and places on the disk are. */
async function keyOf(spec: DataSpec, folders: Folders): Promise<string> {
  const files = await Promise.all(dataPaths(spec).map((path) => fingerprint(resolve(folders.notebook, path))));
  return JSON.stringify([spec, folders, files]);
}

/** Samples in a file may have been let go of. */
async function isThere({ dataset }: LoadedData): Promise<boolean> {
  const files = [dataset.train, dataset.validation, dataset.test].flatMap((part) => part?.stored?.file ?? []);
  const found = await Promise.all(
    files.map((file) =>
      disk.access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

export interface DataCacheOptions {
  readonly load?: typeof loadDataset;
  /** Data that took longer, in milliseconds, is kept on the disk. */
  readonly worthKeeping?: number;
}

/** What is asked of it while it loads. */
export type LoadData = (spec: DataSpec, folders: Folders, options?: Pick<LoadOptions, 'signal' | 'onProgress'>) => Promise<LoadedData>;

export function createDataCache({ load = loadDataset, worthKeeping = worthKeepingMs }: DataCacheOptions = {}): LoadData {
  let kept: { key: string; loaded: LoadedData } | undefined;
  return async (spec, folders, options) => {
    const key = await keyOf(spec, folders);
    if (kept?.key === key && (await isThere(kept.loaded))) return kept.loaded;
    // Let go of the old one first: two large data sets may not fit.
    kept = undefined;
    // A workspace gets its folder with its first run, not by being looked at.
    const hasFolder = await disk.access(join(folders.workspace, '.epochbook')).then(
      () => true,
      () => false,
    );
    const cached = hasFolder ? await readCached(folders.workspace, key) : undefined;
    if (cached && (await isThere(cached))) {
      kept = { key, loaded: cached };
      return cached;
    }
    const began = performance.now();
    const loaded = await load(spec, folders, options);
    // A file that was written while we read it is read again next time.
    if ((await keyOf(spec, folders)) !== key) return loaded;
    kept = { key, loaded };
    if (hasFolder && performance.now() - began > worthKeeping) void writeCached(folders.workspace, key, loaded);
    return loaded;
  };
}
