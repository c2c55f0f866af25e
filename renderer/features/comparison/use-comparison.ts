import type { RunId } from '#contract/ids.ts';
import type { Comparison } from '#contract/runs.ts';
import { call } from '../../platform/client.ts';
import { useFollowedRuns } from '../../platform/use-followed-runs.ts';

export interface LoadedComparison {
  readonly comparison: Comparison | undefined;
  readonly error: unknown;
}

const idsOf = (key: string): readonly RunId[] => (key === '' ? [] : (key.split(' ') as RunId[]));
const load = (key: string): Promise<Comparison> => call('runs.compare', { runIds: [...idsOf(key)] });

export function useComparison(runIds: readonly RunId[]): LoadedComparison {
  const { value: comparison, error } = useFollowedRuns(runIds.join(' '), idsOf, load);
  return { comparison, error };
}
