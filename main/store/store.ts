/** A workspace's store: its database and the checkpoints beside it. */
import { join } from 'node:path';
import type { RunId } from '#contract/ids.ts';
import { openDatabase } from './database.ts';
import { createOwnership } from './owner.ts';
import { createRunReader, type RunReader } from './run-reader.ts';
import { createRunImporter, type RunImporter } from './run-import.ts';
import { createRunViewKeeper, type RunViewKeeper } from './run-views.ts';
import { createRunWriter, type RunWriter } from './run-writer.ts';
import { explainStorageError, guarded } from './storage-error.ts';
import { makeStateFolder, stateFolder } from './workspace-folder.ts';

export interface Store extends RunReader, RunWriter, RunImporter, RunViewKeeper {
  /** The database file. */
  readonly file: string;
  /** Folder of a run's checkpoints. */
  checkpointFolder(id: RunId): string;
  close(): void;
}

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
            return (value as (...values: unknown[]) => unknown)(...values);
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
  const importer = explained(createRunImporter(database, clock), file);
  const views = explained(createRunViewKeeper(database), file);
  const checkpointFolder = (id: RunId) => join(folder, 'checkpoints', id);
  return {
    file,
    ...reader,
    ...writer,
    ...importer,
    ...views,
    checkpointFolder,
    close() {
      ownership.release();
      database.close();
    },
  };
}
