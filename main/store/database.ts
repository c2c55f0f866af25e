/** Opens the database file: pragmas, form, and a copy of it before its form changes. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { EpochbookError } from '#contract/errors.ts';
import { errorCode } from '#files/disk-error.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { guarded } from './storage-error.ts';

export type Connection = Database.Database;

const busyTimeoutMs = 10_000;
const retryMs = 20;

function currentVersion(database: Connection): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/** A whole, checked copy of the database as it is now, in `backups/` beside it. */
function backUp(database: Connection, file: string, version: number): void {
  const folder = join(dirname(file), 'backups');
  mkdirSync(folder, { recursive: true });
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  // Another process may do the same at the same moment.
  const name = `epochbook-version-${version}-${stamp}-${randomBytes(3).toString('hex')}.sqlite`;
  database.prepare('VACUUM INTO ?').run(join(folder, name));
}

/** For what SQLite refuses at once where it is busy, without waiting as it does elsewhere. */
function patiently(action: () => void): void {
  const until = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      action();
      return;
    } catch (error) {
      if (!errorCode(error).startsWith('SQLITE_BUSY') || performance.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

function migrate(database: Connection, file: string, migrations: readonly Migration[]): void {
  const known = migrations.at(-1)?.version ?? 0;
  const found = currentVersion(database);
  if (found > known) throw new EpochbookError('store.fromTheFuture', { path: file, found, known });
  if (found > 0 && found < known) backUp(database, file, found);
  // All in one: another process sees the old form or the newest, and none between.
  const all = database.transaction(() => {
    for (const migration of migrations) {
      // Another process may have migrated between our look and this lock.
      if (currentVersion(database) >= migration.version) continue;
      database.exec(migration.sql);
      database.pragma(`user_version = ${migration.version}`);
    }
  });
  all.immediate();
}

/**
 * Opens or makes the database `file`, in the newest form. Throws `store.*`: from the future, read-only, full, damaged.
 *
 * `synchronous = FULL`: a commit is on the disk when it returns, so that not even a power cut takes back an epoch that
 * was shown. There is one commit an epoch, made beside the training process, so the flush costs training nothing.
 */
export function openDatabase(file: string, migrations: readonly Migration[] = allMigrations): Connection {
  return guarded(file, () => {
    const isNew = !existsSync(file);
    const database = new Database(file, { timeout: busyTimeoutMs });
    try {
      // Of a new database: what is removed can be given back to the disk piece by piece.
      if (isNew) database.pragma('auto_vacuum = INCREMENTAL');
      // Of processes that open a new database at once, one turns it on and the others find it on.
      patiently(() => database.pragma('journal_mode = WAL'));
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      database.pragma('temp_store = MEMORY');
      if (isNew || currentVersion(database) !== migrations.at(-1)?.version) migrate(database, file, migrations);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}
