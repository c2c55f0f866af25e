/** Keeps the data set that was loaded last, so that another run of the same data starts at once; large ones on the disk too. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DataSpec, dataPaths } from '#contract/spec.ts';
import { loadDataset, type LoadedData, type LoadOptions } from '#data/load.ts';
import { finding } from '#data/findings.ts';
import { areSound } from '#data/stored-arrays.ts';
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

/** Samples in a file may have been let go of, or changed. */
async function isSound({ dataset }: LoadedData, onDamaged?: (file: string) => void): Promise<boolean> {
  const files = new Map(
    [dataset.train, dataset.validation, dataset.test].flatMap((part) => (part?.stored ? [[part.stored.file, part.stored]] : [])),
  );
  for (const stored of files.values()) {
    if (await areSound(stored)) continue;
    if (existsSync(stored.file)) onDamaged?.(stored.file);
    return false;
  }
  return true;
}

/** What was kept of the data was not as it was written. */
function withDamaged(loaded: LoadedData, files: ReadonlySet<string>): LoadedData {
  if (files.size === 0) return loaded;
  const found = finding('data.cacheDamaged', { count: files.size }, [...files].join('\n'));
  return { ...loaded, preview: { ...loaded.preview, findings: [...loaded.preview.findings, found] } };
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
    const damaged = new Set<string>();
    const onDamaged = (file: string) => void damaged.add(file);
    if (kept?.key === key && (await isSound(kept.loaded, onDamaged))) return kept.loaded;
    // Let go of the old one first: two large data sets may not fit.
    kept = undefined;
    // A workspace gets its folder with its first run, not by being looked at.
    const hasFolder = existsSync(join(folders.workspace, '.epochbook'));
    const cached = hasFolder ? await readCached(folders.workspace, key, onDamaged) : undefined;
    if (cached && (await isSound(cached, onDamaged))) {
      kept = { key, loaded: cached };
      return cached;
    }
    const began = performance.now();
    // The rows' texts are for looking at a series, which reads them for itself.
    const { placed: _placed, ...loaded } = await load(spec, folders, { ...options, onDamaged });
    // A file that was written while we read it is read again next time.
    if ((await keyOf(spec, folders)) !== key) return loaded;
    kept = { key, loaded };
    if (hasFolder && (damaged.size > 0 || performance.now() - began > worthKeeping)) void writeCached(folders.workspace, key, loaded);
    return withDamaged(loaded, damaged);
  };
}
