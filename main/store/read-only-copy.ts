/**
 * A store that cannot be written to, opened for reading. SQLite must make files beside a database in WAL mode even to read
 * it, and reads without them only what nobody changes; so a copy is read, with what lies in the WAL. Writing to the copy
 * would lose what was written: its connection refuses it.
 */
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { type Connection, openDatabase } from './database.ts';
import { guarded } from './storage-error.ts';

/** Throws `store.readOnly` where the first of `paths` that is there may not be written to. */
export function expectWritable(...paths: readonly string[]): void {
  const path = paths.find((one) => existsSync(one));
  if (path !== undefined) guarded(path, () => accessSync(path, constants.W_OK));
}

export const isReadOnly = (error: unknown): error is EpochbookError => error instanceof EpochbookError && error.code === 'store.readOnly';

export interface ReadOnlyCopy {
  /** Refuses every write with `SQLITE_READONLY`. */
  readonly database: Connection;
  /** Closes it and removes the copy. */
  readonly close: () => void;
}

const attempts = 5;

/** When and how long the files were: another machine may be writing what is read-only here. */
const stateOf = (files: readonly string[]): string =>
  files
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stats) => `${stats?.mtimeMs} ${stats?.size}`)
    .join();

function copyWhole(file: string, copy: string): void {
  const files = [file, `${file}-wal`];
  for (let attempt = 1; ; attempt++) {
    const before = stateOf(files);
    for (const [index, one] of files.entries()) {
      const target = index === 0 ? copy : `${copy}-wal`;
      rmSync(target, { force: true });
      if (!existsSync(one)) continue;
      // Where the disk can, it shares the bytes. What may be done with them comes along, and is not enough.
      copyFileSync(one, target, constants.COPYFILE_FICLONE);
      chmodSync(target, 0o600);
    }
    if (stateOf(files) === before) return;
    if (attempt === attempts) throw new EpochbookError('store.busy', { path: file });
  }
}

/** Of the database `file`; an empty one where there is none. Throws `store.*`: damaged, from the future, the disk of temporary files full. */
export function openCopy(file: string): ReadOnlyCopy {
  const folder = guarded(tmpdir(), () => mkdtempSync(join(tmpdir(), 'epochbook-reading-')));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const copy = join(folder, 'epochbook.sqlite');
    if (existsSync(file)) guarded(copy, () => copyWhole(file, copy));
    const database = openDatabase(copy);
    database.pragma('query_only = ON');
    return {
      database,
      close() {
        database.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
