/**
 * What takes a while on a whole database, in a process of its own, so that training and the page go on meanwhile. Not in
 * a thread: SQLite's library in a second thread ends Electron's main process.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EpochbookError, type PlainError, fromPlainError } from '#contract/errors.ts';
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

/** A process for one task; it ends by itself. */
export interface TaskProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
}

export type ForkTask = (file: string) => TaskProcess;

function forkOnNode(file: string): TaskProcess {
  const child = fork(file, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return {
    // A process that could not be started, or is gone, says so by its exit.
    send: (message) => void child.send(message as object, () => undefined),
    onMessage: (listener) => void child.once('message', listener),
    onExit(listener) {
      child.once('exit', listener);
      child.once('error', () => listener(null));
    },
    kill: () => void child.kill(),
  };
}

let forkTask: ForkTask = forkOnNode;

/** The desktop has processes of its own kind: its binary cannot be Node. */
export function maintainIn(start: ForkTask): void {
  forkTask = start;
}

/** Throws what the task throws, and `job.cancelled` once it is ended: SQLite then takes back what it had begun to write. */
export function maintain<K extends keyof MaintenanceTask>(
  kind: K,
  task: MaintenanceTask[K],
  signal?: AbortSignal,
): Promise<MaintenanceResult[K]> {
  return new Promise((resolve, reject) => {
    const child = forkTask(entry());
    const end = () => {
      child.kill();
      reject(new EpochbookError('job.cancelled'));
    };
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
    child.onMessage((answer) => {
      const answered = answer as Answer<K>;
      if ('error' in answered) reject(fromPlainError(answered.error));
      else resolve(answered.value);
    });
    child.onExit((code) => reject(new Error(`The store's maintenance ended with ${code}`)));
    child.send({ kind, task });
  });
}
