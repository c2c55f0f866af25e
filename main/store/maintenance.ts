/**
 * What takes a while on a whole database, in a process of its own, so that training and the page go on meanwhile. Not in
 * a thread: SQLite's library in a second thread ends Electron's main process.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type PlainError, fromPlainError } from '#contract/errors.ts';
import type { MaintenanceResult, MaintenanceTask } from './maintenance-tasks.ts';

/** The entry beside this file as a source, or beside or above the bundle that this file went into. */
function entry(): string {
  const names = ['./maintenance-worker.ts', './store-maintenance.cjs', '../store-maintenance.cjs'];
  const files = names.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`The store's maintenance is missing: none of ${files.join(', ')} exists.`);
  return found;
}

export type Answer<K extends keyof MaintenanceTask> = { readonly value: MaintenanceResult[K] } | { readonly error: PlainError };

/** Throws what the task throws. */
export function maintain<K extends keyof MaintenanceTask>(kind: K, task: MaintenanceTask[K]): Promise<MaintenanceResult[K]> {
  return new Promise((resolve, reject) => {
    const child = fork(entry(), [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    // A check in the background does not keep a command from ending.
    if (kind === 'check') {
      child.unref();
      child.channel?.unref();
    }
    child.once('message', (answer) => {
      const answered = answer as Answer<K>;
      if ('error' in answered) reject(fromPlainError(answered.error));
      else resolve(answered.value);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The store's maintenance ended with ${code}`)));
    child.send({ kind, task }, (error) => {
      if (error) reject(error);
    });
  });
}
