import type { CurvesRequest, DrawnCurves } from '#contract/curves/request.ts';
import { call } from '../../platform/client.ts';
import { useFollowedRuns } from '../../platform/use-followed-runs.ts';

export interface LoadedCurves {
  readonly drawn: DrawnCurves | undefined;
  readonly error: unknown;
}

const requestOf = (key: string): CurvesRequest => JSON.parse(key) as CurvesRequest;
const idsOf = (key: string): readonly string[] => requestOf(key).runs.map(({ runId }) => runId);
const load = (key: string): Promise<DrawnCurves> => call('runs.curves', requestOf(key));

export function useCurves(request: CurvesRequest): LoadedCurves {
  const { value: drawn, error } = useFollowedRuns(JSON.stringify(request), idsOf, load);
  return { drawn, error };
}
