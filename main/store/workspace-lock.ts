/** One app at a time on a workspace. Commands may work beside it: the database's own locks order their writes. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { type ProcessLock, takeLock } from './process-lock.ts';
import { guarded } from './storage-error.ts';
import { makeStateFolder, stateFolder } from './workspace-folder.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly shell: string;
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

export interface WorkspaceLock extends ProcessLock {
  /** Whether the app that had it before ended without letting go: a crash, or the power. */
  readonly wasAbandoned: boolean;
}

/** Throws `store.workspaceLocked`, naming the process, where another app has the workspace open. */
export function lockWorkspace(folder: string, shell: string): WorkspaceLock {
  const state = guarded(stateFolder(folder), () => makeStateFolder(folder));
  const ownerFile = join(state, 'lock.json');
  const lock = takeLock(join(state, 'lock.sqlite'));
  if (!lock) {
    const owner = readOwner(ownerFile);
    throw new EpochbookError('store.workspaceLocked', { folder, pid: String(owner?.pid ?? '?'), host: owner?.host ?? '?' });
  }
  const wasAbandoned = existsSync(ownerFile);
  const owner: Owner = { pid: process.pid, host: hostname(), shell };
  guarded(ownerFile, () => writeFileSync(ownerFile, JSON.stringify(owner)));
  return {
    wasAbandoned,
    release() {
      rmSync(ownerFile, { force: true });
      lock.release();
    },
  };
}
