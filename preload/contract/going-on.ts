import type { RunStatus } from './runs.ts';

/** Whether a run with this status waits, trains or is paused: it is somebody's, and not at its end. */
export function isGoingOn({ status }: { readonly status: RunStatus }): boolean {
  return status === 'queued' || status === 'running' || status === 'paused';
}
