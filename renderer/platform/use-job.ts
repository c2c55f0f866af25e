import { useEffect, useState } from 'react';
import type { Payload } from '#contract/events.ts';
import { call, on } from './client.ts';

export interface Working {
  readonly progress: Payload<'job.progressed'> | undefined;
  readonly isWorking: boolean;
  readonly error: unknown;
  /** Runs a call under a job of its own; undefined where it failed or was stopped. */
  readonly work: <T>(action: (job: string) => Promise<T>) => Promise<T | undefined>;
  readonly stop: () => void;
}

/** Work of the core that takes a while: one at a time, with progress and a stop. */
export function useJob(): Working {
  const [job, setJob] = useState<string>();
  const [progress, setProgress] = useState<Payload<'job.progressed'>>();
  const [error, setError] = useState<unknown>();
  useEffect(() => on('job.progressed', (told) => told.job === job && setProgress(told)), [job]);
  return {
    progress,
    isWorking: job !== undefined,
    error,
    async work(action) {
      const name = crypto.randomUUID();
      setJob(name);
      setProgress(undefined);
      setError(undefined);
      try {
        return await action(name);
      } catch (reason) {
        setError(reason);
        return undefined;
      } finally {
        setJob(undefined);
      }
    },
    stop: () => void (job !== undefined && call('job.cancel', { job })),
  };
}
