import { useEffect, useRef, useState } from 'react';
import type { Payload } from '#contract/events.ts';
import { toast } from '../components/toast-store.ts';
import { errorTextNow } from '../words/errors.ts';
import { call, on } from './client.ts';

export interface Working {
  readonly progress: Payload<'job.progressed'> | undefined;
  readonly isWorking: boolean;
  readonly error: unknown;
  /** Runs a call under a job of its own; undefined where it failed or was stopped. */
  readonly work: <T>(action: (job: string) => Promise<T>) => Promise<T | undefined>;
  readonly stop: () => void;
  /** Whether what asked for it is still on the screen. */
  readonly isThere: () => boolean;
}

/** Work of the core that takes a while: one at a time, with progress and a stop. What asked for it may be gone before it fails: then a notice says why. */
export function useJob(): Working {
  const [job, setJob] = useState<string>();
  const [progress, setProgress] = useState<Payload<'job.progressed'>>();
  const [error, setError] = useState<unknown>();
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
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
        if (shown.current) setError(reason);
        else toast({ text: errorTextNow(reason), tone: 'bad' });
        return undefined;
      } finally {
        setJob(undefined);
      }
    },
    isThere: () => shown.current,
    stop: () => void (job !== undefined && call('job.cancel', { job })),
  };
}
