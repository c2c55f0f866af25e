import { useMemo } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';

/** The runs of these ids, in their order; those that are gone are left out. */
export function useRunsOf(runIds: readonly RunId[], all: readonly RunSummary[]): readonly RunSummary[] {
  return useMemo(() => {
    const byId = new Map(all.map((run) => [run.id, run]));
    return runIds.flatMap((id) => byId.get(id) ?? []);
  }, [all, runIds]);
}
