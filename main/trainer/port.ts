/** The trainer process' line to its parent: Electron's, where it is a utility process, else Node's. */
import type { FromTrainer, ToTrainer } from './protocol.ts';

export interface Port {
  readonly send: (message: FromTrainer) => void;
  onMessage(listener: (message: ToTrainer) => void): void;
}

interface ParentPort {
  readonly postMessage: (message: FromTrainer) => void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

export function openPort(): Port {
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort) {
    return {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data as ToTrainer)),
    };
  }
  if (!process.send) throw new Error('The trainer is started by Epochbook, not by hand.');
  // Without a parent there is nobody to train for. Electron ends its utility processes itself.
  process.on('disconnect', () => process.exit(0));
  // Ctrl+C in a terminal reaches the whole group; the parent decides what it means and tells us.
  process.on('SIGINT', () => undefined);
  return {
    send(message) {
      process.send?.(message, undefined, undefined, (error) => {
        if (error) process.exit(0);
      });
    },
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToTrainer)),
  };
}
