/**
 * A lock that dies with its process, on every system: a transaction held open on a small SQLite file of its own.
 * Unlike a process id in a file it cannot outlive a crash, be mistaken after the id is reused, or be fooled by a
 * container with process ids of its own.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { errorCode } from '#files/disk-error.ts';
import { explainStorageError } from './storage-error.ts';

export interface ProcessLock {
  release(): void;
}

/** Takes the lock, or gives undefined where another process (or this one) holds it. */
export function takeLock(file: string): ProcessLock | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (errorCode(error).startsWith('SQLITE_BUSY')) return undefined;
    throw explainStorageError(error, file);
  }
  const held = database;
  return { release: () => held.close() };
}

export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  const lock = takeLock(file);
  lock?.release();
  return !lock;
}
