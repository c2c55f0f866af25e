/** What takes a while on a whole database, in a thread of its own, so that training and the page go on meanwhile. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type PlainError, fromPlainError } from '#contract/errors.ts';
import type { MaintenanceResult, MaintenanceTask } from './maintenance-tasks.ts';

/** The entry beside this file as a source, or beside or above the bundle that this file went into. */
function entry(): string {
  const names = ['./maintenance-worker.ts', './store-maintenance.cjs', '../store-maintenance.cjs'];
  const files = names.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`The store's thread is missing: none of ${files.join(', ')} exists.`);
  return found;
}

export type Answer<K extends keyof MaintenanceTask> = { readonly value: MaintenanceResult[K] } | { readonly error: PlainError };

/** Throws what the task throws. */
export function maintain<K extends keyof MaintenanceTask>(kind: K, task: MaintenanceTask[K]): Promise<MaintenanceResult[K]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry(), { workerData: { kind, task } });
    // A check in the background does not keep a command from ending.
    if (kind === 'check') worker.unref();
    worker.once('message', (answer: Answer<K>) => {
      if ('error' in answer) reject(fromPlainError(answer.error));
      else resolve(answer.value);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The store's thread ended with ${code}`)));
  });
}
