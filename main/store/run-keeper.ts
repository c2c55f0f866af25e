/** Keeps order among runs, many at once; and takes out of the store for good what lies in the bin. */
import { promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { Connection } from './database.ts';

export interface RunChange {
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
  /** A number in the palette; null gives a run its first colour back. */
  readonly color?: number | null | undefined;
  /** The same for each run by itself. */
  readonly colors?: Readonly<Record<RunId, number | null>> | undefined;
  readonly archived?: boolean | undefined;
  /** There is one baseline at most: another's place is taken. */
  readonly baseline?: boolean | undefined;
}

export interface RunKeeper {
  /** All of them, or none. */
  organize(ids: readonly RunId[], change: RunChange): void;
  /** Ids of the runs in the bin, the oldest first. */
  binned(): RunId[];
  /**
   * Removes a run that lies in the bin with all its epochs and checkpoints; gives the bytes of its checkpoints.
   * Throws `store.notInBin`.
   */
  purge(id: RunId): Promise<number>;
}

interface KeptRow {
  number: number;
  name: string;
  tags: string;
  deleted_at: number | null;
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await disk.readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) bytes += await folderBytes(path);
    else if (entry.isFile())
      bytes += await disk.stat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}

export function createRunKeeper(database: Connection, checkpointFolder: (id: RunId) => string, clock: () => number): RunKeeper {
  const rowOf = database.prepare<[string], KeptRow>('SELECT number, name, tags, deleted_at FROM runs WHERE id = ?');
  const setTags = database.prepare('UPDATE runs SET tags = ? WHERE number = ?');
  const setColor = database.prepare('UPDATE runs SET color = ? WHERE number = ?');
  const setArchived = database.prepare('UPDATE runs SET archived_at = ? WHERE number = ?');
  const noBaseline = database.prepare('UPDATE runs SET is_baseline = 0 WHERE is_baseline = 1');
  const setBaseline = database.prepare('UPDATE runs SET is_baseline = ? WHERE number = ?');
  const inBin = database.prepare<[], { id: string }>('SELECT id FROM runs WHERE deleted_at IS NOT NULL ORDER BY number');
  const remove = database.prepare('DELETE FROM runs WHERE number = ? AND deleted_at IS NOT NULL');

  function look(id: RunId): KeptRow {
    const row = rowOf.get(id);
    if (!row) throw new EpochbookError('store.runMissing', { run: id });
    return row;
  }

  const organize = database.transaction(
    (ids: readonly RunId[], { addTags = [], removeTags = [], color, colors, archived, baseline }: RunChange) => {
      const now = clock();
      for (const id of ids) {
        const row = look(id);
        if (addTags.length + removeTags.length > 0) {
          const tags = new Set([...(JSON.parse(row.tags) as string[]), ...addTags]);
          for (const tag of removeTags) tags.delete(tag);
          setTags.run(JSON.stringify([...tags]), row.number);
        }
        const own = colors && id in colors ? colors[id] : color;
        if (own !== undefined) setColor.run(own, row.number);
        if (archived !== undefined) setArchived.run(archived ? now : null, row.number);
        if (baseline !== undefined) {
          if (baseline) noBaseline.run();
          setBaseline.run(Number(baseline), row.number);
        }
      }
    },
  );

  return {
    organize: (ids, change) => organize.immediate(ids, change),
    binned: () => inBin.all().map(({ id }) => id as RunId),
    async purge(id) {
      const row = look(id);
      if (row.deleted_at === null) throw new EpochbookError('store.notInBin', { name: row.name });
      const folder = checkpointFolder(id);
      const bytes = await folderBytes(folder);
      // The files first: where they cannot be removed the run still says that they are there.
      await disk.rm(folder, { recursive: true, force: true, maxRetries: 3 });
      remove.run(row.number);
      return bytes;
    },
  };
}
