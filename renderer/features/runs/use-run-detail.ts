import { useEffect, useMemo, useState } from 'react';
import type { EpochRow, RunDetail, RunSummary } from '#contract/runs.ts';
import { call } from '../../platform/client.ts';
import { useTrainingStore } from '../notebook/training-store.ts';

export interface LoadedRun {
  /** Undefined until it is there; kept while it is fetched again. */
  readonly detail: RunDetail | undefined;
  /** Every epoch, those that ended since the fetch included. */
  readonly rows: readonly EpochRow[];
  readonly error: unknown;
}

const pauseMs = 1000;
const none: readonly EpochRow[] = [];

/** A run with all that is stored of it, fetched again when its state or its best epoch changes, or another process trains it. */
export function useRunDetail(run: RunSummary): LoadedRun {
  const [detail, setDetail] = useState<RunDetail>();
  const [error, setError] = useState<unknown>();
  const live = useTrainingStore((state) => state.rows[run.id]);

  const [version, setVersion] = useState(0);

  // Checkpoints are worth fetching again once the best epoch has stood for a while.
  const bestEpoch = run.best?.epoch;
  const fetchedBest = detail?.best?.epoch;
  useEffect(() => {
    if (bestEpoch === fetchedBest) return undefined;
    const timer = setTimeout(() => setVersion((number) => number + 1), pauseMs);
    return () => clearTimeout(timer);
  }, [bestEpoch, fetchedBest]);

  useEffect(() => {
    let wanted = true;
    call('runs.get', { runId: run.id }).then(
      (got) => {
        if (!wanted) return;
        setDetail(got);
        setError(undefined);
      },
      (reason: unknown) => wanted && setError(reason),
    );
    return () => {
      wanted = false;
    };
    // A new state or checkpoint is what the fetch is for.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [run.id, run.status, version]);

  const own = detail?.id === run.id ? detail : undefined;
  const rows = useMemo(() => mergeRows(own?.epochRows ?? none, live ?? none), [own, live]);
  // Of a run that another process trains, epochs do not come by themselves.
  const lacks = own !== undefined && run.epochs > (rows.at(-1)?.epoch ?? 0);
  useEffect(() => {
    if (!lacks) return undefined;
    const timer = setTimeout(() => setVersion((number) => number + 1), pauseMs);
    return () => clearTimeout(timer);
    // What came may lack some again.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [lacks, own]);
  return { detail: own, rows, error };
}

/** By epoch, ascending; of two for one epoch the second. */
export function mergeRows(stored: readonly EpochRow[], live: readonly EpochRow[]): readonly EpochRow[] {
  if (live.length === 0) return stored;
  const byEpoch = new Map(stored.map((row) => [row.epoch, row]));
  for (const row of live) byEpoch.set(row.epoch, row);
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}
