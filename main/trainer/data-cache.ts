/** Keeps the data set that was loaded last, so that another run of the same data starts at once. */
import { resolve } from 'node:path';
import { type DataSpec, dataPaths } from '#contract/spec.ts';
import { loadDataset, type LoadedData } from '#data/load.ts';
import { fingerprint } from '#files/fingerprint.ts';
import type { Folders } from './protocol.ts';

/** Equal where the spec, the folders and the files' sizes and times are. */
async function keyOf(spec: DataSpec, folders: Folders): Promise<string> {
  const files = await Promise.all(dataPaths(spec).map((path) => fingerprint(resolve(folders.notebook, path))));
  return JSON.stringify([spec, folders, files]);
}

export function createDataCache(load: typeof loadDataset = loadDataset): (spec: DataSpec, folders: Folders) => Promise<LoadedData> {
  let kept: { key: string; loaded: LoadedData } | undefined;
  return async (spec, folders) => {
    const key = await keyOf(spec, folders);
    if (kept?.key === key) return kept.loaded;
    // Let go of the old one first: two large data sets may not fit.
    kept = undefined;
    const loaded = await load(spec, folders);
    // A file that was written while we read it is read again next time.
    if ((await keyOf(spec, folders)) === key) kept = { key, loaded };
    return loaded;
  };
}
