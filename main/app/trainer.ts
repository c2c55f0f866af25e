/** The trainer as Electron's utility process: no window, no access to the app, its own memory. */
import { utilityProcess } from 'electron';
import type { ForkTrainer } from '#trainer/host.ts';

export function forkTrainer(file: string): ForkTrainer {
  return () => {
    const child = utilityProcess.fork(file, [], { serviceName: 'Epochbook trainer', stdio: 'inherit' });
    let isGone = false;
    child.once('exit', () => (isGone = true));
    return {
      // Known once the process has been spawned.
      get pid() {
        return child.pid;
      },
      send(message) {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process has no origin
        if (!isGone) child.postMessage(message);
      },
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.on('exit', listener),
      kill: () => void child.kill(),
    };
  };
}

/** A process for one task on a whole database. */
export function forkTask(file: string) {
  const child = utilityProcess.fork(file, [], { serviceName: 'Epochbook store', stdio: 'ignore' });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process has no origin
    send: (message: unknown) => child.postMessage(message),
    onMessage: (listener: (message: unknown) => void) => void child.once('message', listener),
    onExit: (listener: (code: number | null) => void) => void child.once('exit', listener),
    kill: () => void child.kill(),
  };
}
