/** Whether files are still the same, without reading them. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';

/** Deeper folders are not looked into, so that a circle of links ends. */
const deepest = 40;

type Fingerprint = readonly (string | number | Fingerprint)[] | undefined;

/** Size, time and number of a file, or of every file below a folder; undefined where there is none. */
export async function fingerprint(path: string, depth = 0): Promise<Fingerprint> {
  try {
    const stats = await disk.stat(path);
    if (!stats.isDirectory()) return [stats.size, stats.mtimeMs, stats.ino];
    if (depth >= deepest) return [];
    const names = (await disk.readdir(path)).sort();
    return await Promise.all(names.map(async (name) => [name, (await fingerprint(join(path, name), depth + 1)) ?? []] as const));
  } catch {
    return undefined;
  }
}
