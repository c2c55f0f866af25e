import { useEffect, useRef, useState } from 'react';
import { on } from './client.ts';

/** A run in progress is fetched again at most this often. */
const refreshMs = 400;

export interface Followed<T> {
  /** Of what was asked for, or still of what was before until it is there: nothing jumps. */
  readonly value: T | undefined;
  /** The question that the value answers. */
  readonly of: string | undefined;
  readonly error: unknown;
}

/**
 * What `load` gives for the question `key`, loaded again when the key changes and while the runs go on. `load` is a
 * function of a module: it is not part of what is watched.
 */
export function useFollowedRuns<T>(
  key: string,
  runIds: (key: string) => readonly string[],
  load: (key: string) => Promise<T>,
): Followed<T> {
  const [loaded, setLoaded] = useState<Followed<T>>({ value: undefined, of: undefined, error: undefined });
  const latest = useRef(0);

  useEffect(() => {
    const ids = new Set(runIds(key));
    if (ids.size === 0) return undefined;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const fetchNow = (): void => {
      const number = ++latest.current;
      load(key).then(
        // Answers may overtake each other.
        (value) => wanted && number === latest.current && setLoaded({ value, of: key, error: undefined }),
        (error: unknown) => wanted && setLoaded({ value: undefined, of: undefined, error }),
      );
    };
    const refresh = (id: string): void => {
      if (!ids.has(id)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        fetchNow();
      }, refreshMs);
    };
    fetchNow();
    const ends = [on('training.epochEnded', ({ runId }) => refresh(runId)), on('runs.changed', ({ run }) => refresh(run.id))];
    return () => {
      wanted = false;
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [key, runIds, load]);
  return loaded;
}
