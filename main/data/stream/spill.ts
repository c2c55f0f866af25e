/** What a database puts down in the workspace's cache where it does not fit into memory. */
import { randomUUID } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../files.ts';
import { folderOf } from '../stored-arrays.ts';

export interface Spill {
  /** Absolute: a folder for what it sorts, and a file for tables of its own. */
  readonly folder: string;
  readonly database: string;
  /** Takes both away. What a process leaves that is gone, another one does: it is told by the name. */
  readonly drop: () => Promise<void>;
}

/** Its own, where a process reads two at once. Throws what the disk answers. */
export async function createSpill(folders: Folders): Promise<Spill> {
  await disk.mkdir(folderOf(folders), { recursive: true });
  const folder = join(folderOf(folders), `${randomUUID()}.${process.pid}.spill`);
  const database = `${folder}.duckdb`;
  return {
    folder,
    database,
    async drop() {
      for (const one of [folder, database, `${database}.wal`]) await disk.rm(one, { recursive: true, force: true });
    },
  };
}
