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

process.once('message', (request) => process.send?.(answer(request as Request), () => process.disconnect()));
