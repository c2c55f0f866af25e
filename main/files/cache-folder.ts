/** The folder of a workspace's cache: how much is in it, what is let go of first, and how it is emptied. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';

/** What was made from data, and can be made again. */
export const cacheFolder = (workspace: string): string => join(workspace, '.epochbook', 'cache');

/** When the cache is larger, what was used longest ago goes. */
export const mostCached = 4 * 2 ** 30;

interface CachedFile {
  readonly file: string;
  readonly bytes: number;
  readonly usedAt: number;
}

async function cachedFiles(folder: string): Promise<CachedFile[]> {
  const names = await disk.readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const stats = await disk.stat(file).catch(() => undefined);
      return stats?.isFile() ? { file, bytes: stats.size, usedAt: stats.mtimeMs } : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

export interface CacheSize {
  readonly files: number;
  readonly bytes: number;
}

const sizeOf = (files: readonly CachedFile[]): CacheSize => ({
  files: files.length,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** Samples that do not fit into memory; whoever writes them keeps them few. */
export const samplesFolder = (workspace: string): string => join(cacheFolder(workspace), 'samples');

const allFiles = async (workspace: string) => [
  ...(await cachedFiles(cacheFolder(workspace))),
  ...(await cachedFiles(samplesFolder(workspace))),
];

export const cacheSize = async (workspace: string): Promise<CacheSize> => sizeOf(await allFiles(workspace));

/** Empties the cache; tells what was in it. */
export async function clearCache(workspace: string): Promise<CacheSize> {
  const files = await allFiles(workspace);
  await Promise.all(files.map(({ file }) => disk.rm(file, { force: true })));
  return sizeOf(files);
}

/** Removes what was used longest ago, until `most` bytes are left. */
export async function trimCache(workspace: string, most = mostCached): Promise<void> {
  const files = (await cachedFiles(cacheFolder(workspace))).sort((a, b) => a.usedAt - b.usedAt);
  let { bytes } = sizeOf(files);
  for (const one of files) {
    if (bytes <= most) return;
    await disk.rm(one.file, { force: true });
    bytes -= one.bytes;
  }
}
