/** The thread's entry: one task, one answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { toPlainError } from '#contract/errors.ts';
import { type MaintenanceTask, tasks } from './maintenance-tasks.ts';
import { explainStorageError } from './storage-error.ts';

const { kind, task } = workerData as { kind: keyof MaintenanceTask; task: MaintenanceTask[keyof MaintenanceTask] };

function answer(): unknown {
  try {
    return { value: tasks[kind](task as never) };
  } catch (error) {
    return { error: toPlainError(explainStorageError(error, task.file)) };
  }
}

// Between threads there is no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(answer());
