/** The process's entry: one task, one answer. */
import { toPlainError } from '#contract/errors.ts';
import { type MaintenanceTask, tasks } from './maintenance-tasks.ts';
import { explainStorageError } from './storage-error.ts';

interface Request {
  readonly kind: keyof MaintenanceTask;
  readonly task: MaintenanceTask[keyof MaintenanceTask];
}

function answer({ kind, task }: Request): unknown {
  try {
    return { value: tasks[kind](task as never) };
  } catch (error) {
    return { error: toPlainError(explainStorageError(error, task.file)) };
  }
}

/** Electron's utility process has a port; Node's child process has a channel. */
const port = (
  process as {
    parentPort?: { once(name: 'message', listener: (event: { data: unknown }) => void): void; postMessage(message: unknown): void };
  }
).parentPort;
if (port) {
  port.once('message', ({ data }) => {
    port.postMessage(answer(data as Request));
    // What was posted goes out first.
    setTimeout(() => process.exit(0), 1000);
  });
} else process.once('message', (request) => process.send?.(answer(request as Request), () => process.disconnect()));
