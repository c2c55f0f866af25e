import { useEffect, useRef, useState } from 'react';
import type { CurvesRequest, DrawnCurves } from '#contract/curves/request.ts';
import { call, on } from '../../platform/client.ts';

/** A run in progress is fetched again at most this often. */
const refreshMs = 400;

export interface LoadedCurves {
  /** Of the request, or still of the one before until it is there: nothing jumps. */
  readonly drawn: DrawnCurves | undefined;
  readonly error: unknown;
}

export function useCurves(request: CurvesRequest): LoadedCurves {
  const [loaded, setLoaded] = useState<LoadedCurves>({ drawn: undefined, error: undefined });
  const key = JSON.stringify(request);
  const latest = useRef(0);

  useEffect(() => {
    const asked = JSON.parse(key) as CurvesRequest;
    const ids = new Set<string>(asked.runs.map(({ runId }) => runId));
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      const number = ++latest.current;
      call('runs.curves', asked).then(
        // Answers may overtake each other.
        (drawn) => wanted && number === latest.current && setLoaded({ drawn, error: undefined }),
        (error: unknown) => wanted && setLoaded({ drawn: undefined, error }),
      );
    };
    const refresh = (id: string): void => {
      if (!ids.has(id)) return;
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
