/** A workspace's store: its database and the checkpoints beside it. */
import { join } from 'node:path';
import type { RunId } from '#contract/ids.ts';
import { openDatabase } from './database.ts';
import { createDiskSpace, type DiskSpace } from './disk-space.ts';
import { createCurveReader, type CurveReader } from './curve-reader.ts';
import { createOwnership } from './owner.ts';
import { createRunReader, type RunReader } from './run-reader.ts';
import { createRunKeeper, type RunKeeper } from './run-keeper.ts';
import { createRunImporter, type RunImporter } from './run-import.ts';
import { createRunViewKeeper, type RunViewKeeper } from './run-views.ts';
import { createRunWriter, type RunWriter } from './run-writer.ts';
import { createSweepKeeper, type SweepKeeper } from './sweep-keeper.ts';
import { explainStorageError, guarded } from './storage-error.ts';
import { makeStateFolder, stateFolder } from './workspace-folder.ts';

export interface Store extends RunReader, RunWriter, RunImporter, RunViewKeeper, RunKeeper, SweepKeeper, DiskSpace, CurveReader {
  /** The database file. */
  readonly file: string;
  /** Folder of a run's checkpoints. */
  checkpointFolder(id: RunId): string;
  /** Copies the database as it is now to a new file, some pages at a time; what `tell` throws ends it. */
  copyTo(file: string, tell: (done: number, total: number) => void): Promise<void>;
  close(): void;
}

/** Copied in one go: some milliseconds. */
const pagesAtOnce = 1_000;

export function databaseFile(workspace: string): string {
  return join(stateFolder(workspace), 'epochbook.sqlite');
}

/** Every function of `object`, with what the disk or SQLite throws explained. */
function explained<T extends object>(object: T, path: string, before?: () => void): T {
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    typeof value !== 'function'
      ? value
      : (...values: unknown[]): unknown => {
          try {
            before?.();
            const result = (value as (...values: unknown[]) => unknown)(...values);
            if (!(result instanceof Promise)) return result;
            return result.catch((error: unknown) => {
              throw explainStorageError(error, path);
            });
          } catch (error) {
            throw explainStorageError(error, path);
          }
        },
  ]);
  return Object.fromEntries(entries) as T;
}

/**
 * Opens the store of the workspace folder, making it where there is none. Throws `store.*` errors: read-only, full,
 * damaged, from a newer Epochbook. `clock` gives milliseconds since 1970.
 */
export function openStore(workspace: string, clock: () => number = Date.now): Store {
  const folder = guarded(stateFolder(workspace), () => makeStateFolder(workspace));
  const file = databaseFile(workspace);
  const database = openDatabase(file);
  const ownership = createOwnership(database, folder);
  const reader = explained(createRunReader(database), file, ownership.settleAbandoned);
  const writer = explained(createRunWriter(database, ownership.current, clock), file);
  const sweeps = explained(createSweepKeeper(database, ownership.current, clock), file, ownership.settleAbandoned);
  const importer = explained(createRunImporter(database, clock), file);
  const views = explained(createRunViewKeeper(database), file);
  const curves = explained(createCurveReader(database), file);
  const checkpointFolder = (id: RunId) => join(folder, 'checkpoints', id);
  const keeper = explained(createRunKeeper(database, checkpointFolder, clock), file);
  return {
    file,
    ...reader,
    ...writer,
    ...sweeps,
    ...importer,
    ...views,
    ...keeper,
    ...explained(createDiskSpace(database, file), file),
    async copyTo(to, tell) {
      await database.backup(to, {
        progress({ totalPages, remainingPages }) {
          tell(totalPages - remainingPages, totalPages);
          return pagesAtOnce;
        },
      });
    },
    ...curves,
    checkpointFolder,
    close() {
      ownership.release();
      database.close();
    },
  };
}
