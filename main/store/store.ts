/** A workspace's store: its database and the checkpoints beside it. */
import { join } from 'node:path';
import type { EpochbookError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import { type Connection, openDatabase } from './database.ts';
import { createDiskSpace, type DiskSpace } from './disk-space.ts';
import { createCurveReader, type CurveReader } from './curve-reader.ts';
import { createElsewhereReader, type ElsewhereReader } from './elsewhere.ts';
import { createOwnership, type Ownership } from './owner.ts';
import { expectWritable, isReadOnly, openCopy } from './read-only-copy.ts';
import { createRunReader, type RunReader } from './run-reader.ts';
import { createRunKeeper, type RunKeeper } from './run-keeper.ts';
import { createRunImporter, type RunImporter } from './run-import.ts';
import { createRunViewKeeper, type RunViewKeeper } from './run-views.ts';
import { createRunWriter, type RunWriter } from './run-writer.ts';
import { createSweepKeeper, type SweepKeeper } from './sweep-keeper.ts';
import { explainStorageError, guarded } from './storage-error.ts';
import { makeStateFolder, stateFolder } from './workspace-folder.ts';

export interface Store
  extends RunReader, RunWriter, RunImporter, RunViewKeeper, RunKeeper, SweepKeeper, DiskSpace, CurveReader, ElsewhereReader {
  /** The database file. */
  readonly file: string;
  /** Where it can be read without writing beside it: the file, or a copy of one that is read-only. */
  readonly readableFile: string;
  /** Why nothing can be stored, `store.readOnly`; what changes something throws it. */
  readonly readOnly: EpochbookError | undefined;
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

interface Opened {
  readonly database: Connection;
  readonly ownership: Ownership;
  readonly readOnly?: EpochbookError;
  readonly close: () => void;
}

function openToWrite(workspace: string, file: string): Opened {
  expectWritable(file, stateFolder(workspace), workspace);
  const folder = guarded(stateFolder(workspace), () => makeStateFolder(workspace));
  // Files beside the database are made there.
  expectWritable(folder);
  const database = openDatabase(file);
  return { database, ownership: createOwnership(database, folder), close: () => database.close() };
}

/** Nobody's runs are settled, since whose they are cannot be told without locks. */
function openToRead(file: string, readOnly: EpochbookError): Opened {
  const { database, close } = openCopy(file);
  const refuse = (): never => {
    throw readOnly;
  };
  return { database, readOnly, ownership: { current: refuse, settleAbandoned: () => undefined, release: () => undefined }, close };
}

function openEither(workspace: string, file: string): Opened {
  try {
    return openToWrite(workspace, file);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return openToRead(file, error);
  }
}

/**
 * Opens the store of the workspace folder, making it where there is none; one that cannot be written to is read as it is
 * now. Throws `store.*` errors: full, damaged, from a newer Epochbook. `clock` gives milliseconds since 1970.
 */
export function openStore(workspace: string, clock: () => number = Date.now): Store {
  const folder = stateFolder(workspace);
  const file = databaseFile(workspace);
  const { database, ownership, readOnly, close } = openEither(workspace, file);
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
    readableFile: database.name,
    readOnly,
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
    ...explained(createElsewhereReader(database), file, ownership.settleAbandoned),
    checkpointFolder,
    close() {
      ownership.release();
      close();
    },
  };
}
