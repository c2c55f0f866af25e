/** The trainer as Electron's utility process: no window, no access to the app, its own memory. */
import { utilityProcess } from 'electron';
import type { ForkTrainer } from '#trainer/host.ts';

export function forkTrainer(file: string): ForkTrainer {
  return () => {
    const child = utilityProcess.fork(file, [], { serviceName: 'Epochbook trainer', stdio: 'inherit' });
    return {
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.on('exit', listener),
      kill: () => void child.kill(),
    };
  };
}
