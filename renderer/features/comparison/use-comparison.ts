import { useEffect, useState } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { Comparison } from '#contract/runs.ts';
import { call, on } from '../../platform/client.ts';

/** A run in progress is fetched again at most this often. */
const refreshMs = 400;

export interface LoadedComparison {
  /** Of the runs asked for, or still of the ones before until it is there: nothing jumps. */
  readonly comparison: Comparison | undefined;
  readonly error: unknown;
}

export function useComparison(runIds: readonly RunId[]): LoadedComparison {
  const [loaded, setLoaded] = useState<LoadedComparison>({ comparison: undefined, error: undefined });
  const key = runIds.join(' ');

  useEffect(() => {
    const ids = key === '' ? [] : (key.split(' ') as RunId[]);
    if (ids.length === 0) return undefined;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      call('runs.compare', { runIds: ids }).then(
        (comparison) => wanted && setLoaded({ comparison, error: undefined }),
        (error: unknown) => wanted && setLoaded({ comparison: undefined, error }),
      );
    };
    const refresh = (id: RunId): void => {
      if (!ids.includes(id)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        load();
      }, refreshMs);
    };
    load();
    const ends = [on('training.epochEnded', ({ runId }) => refresh(runId)), on('runs.changed', ({ run }) => refresh(run.id))];
    return () => {
      wanted = false;
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [key]);

  return loaded;
}
