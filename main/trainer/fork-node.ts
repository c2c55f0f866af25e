/** A trainer as a Node child process: for the browser shell, the command line and tests. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ForkTrainer } from './host.ts';
import type { FromTrainer } from './protocol.ts';

/** The worker's entry beside this file. */
export function workerFile(): string {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url));
  if (!existsSync(file)) throw new Error(`The trainer's entry is missing: ${file}`);
  return file;
}

/** Nothing a library prints there reaches our standard output, which belongs to the command's result. */
export function forkTrainerOnNode(file: string = workerFile()): ForkTrainer {
  return () => {
    const child = fork(file, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    return {
      pid: child.pid,
      send(message) {
        // A process that is gone says so by its exit.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => void child.on('message', (message) => listener(message as FromTrainer)),
      onExit: (listener) => {
        child.on('exit', listener);
        child.on('error', (error) => {
          // Could not be started at all: there will be no exit.
          if (child.pid === undefined) listener(null, error.message);
        });
      },
      kill: () => void child.kill(),
    };
  };
}
