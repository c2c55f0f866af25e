/** What takes the space of a workspace's store, and giving back what is not used. */
import { promises as disk, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { SpaceReport } from '#contract/store.ts';
import type { Connection } from './database.ts';
import { maintain } from './maintenance.ts';

export interface DiskSpace {
  /** Bytes of the database and its log on the disk. */
  databaseBytes(): number;
  /** Throws `job.cancelled` once it is ended. */
  space(signal?: AbortSignal): Promise<SpaceReport>;
  /**
   * Gives back what was removed, a few pages at a time; `step` lets others in between. False where a database of before
   * has to be compacted for it.
   */
  giveBack(step: (done: number, total: number) => Promise<void>): Promise<boolean>;
  /** Writes the database anew without gaps, and removes checkpoints of runs that are gone. Ended half-way, it is as it was. */
  compact(signal?: AbortSignal): Promise<void>;
}

/** Pages given back in one go: some milliseconds. */
const pagesAtOnce = 2_000;
const largestRuns = 10;

const partOf: Readonly<Record<string, SpaceReport['parts'][number]['part']>> = {
  metric_values: 'values',
  metric_summaries: 'summaries',
  epochs: 'epochs',
  run_sources: 'notebooks',
};

async function bytesBelow(folder: string): Promise<{ bytes: number; files: number }> {
  const entries = await disk.readdir(folder, { withFileTypes: true }).catch(() => []);
  let total = { bytes: 0, files: 0 };
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const found = entry.isDirectory()
      ? await bytesBelow(path)
      : await disk.stat(path).then(
          ({ size }) => ({ bytes: size, files: 1 }),
          () => ({ bytes: 0, files: 0 }),
        );
    total = { bytes: total.bytes + found.bytes, files: total.files + found.files };
  }
  return total;
}

export function createDiskSpace(database: Connection, file: string): DiskSpace {
  const folder = dirname(file);
  const checkpoints = join(folder, 'checkpoints');
  const runs = database.prepare<[], { id: string; name: string; notebook: string; deleted_at: number | null; value_count: number }>(
    `SELECT id, name, notebook, deleted_at,
       (SELECT epochs * count(*) FROM metric_summaries WHERE metric_summaries.run = runs.number) AS value_count FROM runs`,
  );
  const isKnown = database.prepare<[string], number>('SELECT 1 FROM runs WHERE id = ?').pluck();
  const pragma = (name: string): number => database.pragma(name, { simple: true }) as number;
  const databaseBytes = (): number =>
    [file, `${file}-wal`].reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);

  async function orphans(): Promise<string[]> {
    const names = await disk.readdir(checkpoints).catch(() => []);
    return names.filter((name) => isKnown.get(name) === undefined).map((name) => join(checkpoints, name));
  }

  return {
    databaseBytes,
    async space(signal) {
      const sizes = await maintain('sizes', { file: database.name }, signal);
      const parts = new Map<SpaceReport['parts'][number]['part'], number>();
      for (const [name, bytes] of sizes) {
        const part = partOf[name] ?? 'lists';
        parts.set(part, (parts.get(part) ?? 0) + bytes);
      }
      const values = sizes.reduce((sum, [name, bytes]) => sum + (name === 'metric_values' ? bytes : 0), 0);
      const all = runs.all();
      const counted = all.reduce((sum, run) => sum + run.value_count, 0);
      const withCheckpoints = new Set(await disk.readdir(checkpoints).catch(() => []));
      const ofRuns = [];
      const ofNotebooks = new Map<string, { notebook: string; runs: number; bytes: number; checkpointBytes: number }>();
      for (const run of all) {
        if (signal?.aborted) throw new EpochbookError('job.cancelled');
        const bytes = withCheckpoints.has(run.id) ? (await bytesBelow(join(checkpoints, run.id))).bytes : 0;
        const share = counted > 0 ? (values * run.value_count) / counted : 0;
        const found = { ...run, checkpointBytes: bytes, bytes: Math.round(bytes + share) };
        ofRuns.push(found);
        const { notebook } = run;
        const before = ofNotebooks.get(notebook) ?? { notebook, runs: 0, bytes: 0, checkpointBytes: 0 };
        ofNotebooks.set(notebook, {
          notebook,
          runs: before.runs + 1,
          bytes: before.bytes + found.bytes,
          checkpointBytes: before.checkpointBytes + bytes,
        });
      }
      const largestFirst = (a: { bytes: number }, b: { bytes: number }) => b.bytes - a.bytes;
      const bin = ofRuns.filter((run) => run.deleted_at !== null);
      const sum = (list: readonly { bytes: number }[]) => list.reduce((total, { bytes }) => total + bytes, 0);
      let orphaned = 0;
      for (const path of await orphans()) orphaned += (await bytesBelow(path)).bytes;
      const total = await bytesBelow(folder);
      return {
        totalBytes: total.bytes,
        databaseBytes: databaseBytes(),
        unusedBytes: pragma('freelist_count') * pragma('page_size'),
        parts: [...parts].map(([part, bytes]) => ({ part, bytes })),
        checkpointBytes: (await bytesBelow(checkpoints)).bytes,
        orphanedBytes: orphaned,
        backupBytes: (await bytesBelow(join(folder, 'backups'))).bytes,
        cacheBytes: (await bytesBelow(join(folder, 'cache'))).bytes,
        bin: { runs: bin.length, bytes: sum(bin) },
        runs: ofRuns.length,
        notebooks: [...ofNotebooks.values()].sort(largestFirst),
        largest: [...ofRuns]
          .sort(largestFirst)
          .slice(0, largestRuns)
          .map(({ id, name, bytes, checkpointBytes, deleted_at }) => ({
            runId: id,
            name,
            bytes,
            checkpointBytes,
            inBin: deleted_at !== null,
          })),
      };
    },
    async giveBack(step) {
      // A database of before cannot give back pieces until it has been written anew once.
      const givesBack = pragma('auto_vacuum') === 2;
      if (givesBack) {
        const total = pragma('freelist_count');
        for (let left = total; left > 0; left = Math.max(0, left - pagesAtOnce)) {
          database.exec(`PRAGMA incremental_vacuum(${pagesAtOnce})`);
          await step(total - left, total);
        }
      }
      database.pragma('wal_checkpoint(TRUNCATE)');
      return givesBack;
    },
    async compact(signal) {
      for (const path of await orphans()) await disk.rm(path, { recursive: true, force: true });
      await maintain('vacuum', { file }, signal);
    },
  };
}
