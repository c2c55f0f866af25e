import { useEffect, useState } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { Observation, Observations } from '#contract/observations.ts';
import { call, on } from '../../platform/client.ts';

/** With what has been told since it was fetched. */
export function withObservation(before: Observations, { kind, content }: Observation): Observations {
  switch (kind) {
    case 'confusionLast':
      return { ...before, confusion: { ...before.confusion, last: content } };
    case 'confusionBest':
      return { ...before, confusion: { ...before.confusion, best: content } };
    case 'rateSearch':
      return { ...before, rateSearch: content };
    default:
      return { ...before, watched: [...before.watched.filter(({ epoch }) => epoch !== content.epoch), content] };
  }
}

/** What is seen of runs beside their metrics, by run; live for those that go on. */
export function useObservations(runIds: readonly RunId[]): {
  readonly observations: Readonly<Record<RunId, Observations>>;
  readonly error: unknown;
} {
  const [observations, setObservations] = useState<Readonly<Record<RunId, Observations>>>({});
  const [error, setError] = useState<unknown>();
  const key = runIds.join(' ');
  useEffect(() => {
    let wanted = true;
    const ids = key.split(' ').filter((id) => id !== '') as RunId[];
    // Told while the answer was on its way.
    const told: { runId: RunId; observation: Observation }[] = [];
    const unsubscribe = on('training.observed', (event) => {
      if (!ids.includes(event.runId)) return;
      told.push(event);
      setObservations((before) => {
        const known = before[event.runId];
        return known ? { ...before, [event.runId]: withObservation(known, event.observation) } : before;
      });
    });
    Promise.all(ids.map(async (runId) => [runId, await call('runs.observations', { runId })] as const)).then(
      (all) => {
        if (!wanted) return;
        const fetched = all.map(([runId, stored]) => {
          const newer = told.filter((event) => event.runId === runId);
          return [runId, newer.reduce((sum, { observation }) => withObservation(sum, observation), stored)] as const;
        });
        setObservations(Object.fromEntries(fetched));
        setError(undefined);
      },
      (reason: unknown) => wanted && setError(reason),
    );
    return () => {
      wanted = false;
      unsubscribe();
    };
  }, [key]);
  return { observations, error };
}
