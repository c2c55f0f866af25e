/** Whose runs are going on: each process that trains holds a lock of its own for as long as it lives. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Connection } from './database.ts';
import { isLocked, type ProcessLock, takeLock } from './process-lock.ts';
import { errorCode } from '#files/disk-error.ts';
import { guarded } from './storage-error.ts';

export interface Owner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

export interface Ownership {
  /** This process, its lock taken on the first call. */
  readonly current: () => Owner;
  /** Marks as interrupted what processes that are gone left queued, running or paused; every stored epoch stays. */
  readonly settleAbandoned: () => void;
  release(): void;
}

export function createOwnership(database: Connection, stateFolder: string): Ownership {
  const folder = join(stateFolder, 'owners');
  const fileOf = (token: string) => join(folder, `${token}.lock`);
  let held: { owner: Owner; lock: ProcessLock } | undefined;

  const activeOwners = database.prepare<[], { owner: string }>(
    `SELECT DISTINCT owner FROM runs WHERE status IN ('queued', 'running', 'paused')
     UNION SELECT owner FROM sweeps WHERE status = 'running'`,
  );
  const interrupt = database.prepare(
    `UPDATE runs SET status = 'interrupted', ended_at = updated_at WHERE owner = ? AND status IN ('queued', 'running', 'paused')`,
  );

  const interruptSweeps = database.prepare(`UPDATE sweeps SET status = 'interrupted' WHERE owner = ? AND status = 'running'`);

  return {
    current() {
      if (held) return held.owner;
      guarded(folder, () => mkdirSync(folder, { recursive: true }));
      const owner: Owner = { token: randomBytes(9).toString('hex'), pid: process.pid, host: hostname() };
      const lock = takeLock(fileOf(owner.token));
      // A fresh random name: nobody else can hold it.
      if (!lock) throw new Error(`The lock ${fileOf(owner.token)} is held by another process`);
      held = { owner, lock };
      return owner;
    },
    settleAbandoned() {
      for (const { owner } of activeOwners.all()) {
        if (owner === held?.owner.token || isLocked(fileOf(owner))) continue;
        try {
          interrupt.run(owner);
          interruptSweeps.run(owner);
        } catch (error) {
          // Another process is writing: it, or our next look, settles this.
          if (!errorCode(error).startsWith('SQLITE_BUSY')) throw error;
        }
        rmSync(fileOf(owner), { force: true });
      }
    },
    release() {
      held?.lock.release();
      if (held) rmSync(fileOf(held.owner.token), { force: true });
      held = undefined;
    },
  };
}
