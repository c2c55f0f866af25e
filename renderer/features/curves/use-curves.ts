import { useEffect, useMemo, useState } from 'react';
import { drawCurves, wholeCurves } from '#contract/curves/draw.ts';
import type { CurvesRequest, DrawnCurves } from '#contract/curves/request.ts';
import { call } from '../../platform/client.ts';
import { useFollowedRuns } from '../../platform/use-followed-runs.ts';

export interface LoadedCurves {
  readonly drawn: DrawnCurves | undefined;
  /** Every point, where the page has them all. */
  readonly complete: DrawnCurves | undefined;
  /** What the axis shows: what was asked for, or still what is drawn, for as long as the curves come soon. */
  readonly shownRange: CurvesRequest['range'];
  readonly error: unknown;
}

/** More points than any curve has: nothing is left out. */
export const everyPoint = 2 ** 31;
/** Of a chart, so many points are kept in the page: 32 MB. Then a zoom, a pan and the cursor ask nobody. */
const mostKept = 4_000_000;
/** Once the curves are on the screen. */
const pauseMs = 150;
/** Later than this, the axis goes ahead of the curves. */
const patienceMs = 120;

const requestOf = (key: string): CurvesRequest => JSON.parse(key) as CurvesRequest;
const idsOf = (key: string): readonly string[] => (key === '' ? [] : requestOf(key).runs.map(({ runId }) => runId));
const load = (key: string): Promise<DrawnCurves> => call('runs.curves', requestOf(key));

/**
 * The curves for what is in view. First the core draws the whole of them; of runs that are `settled` every point follows,
 * and what is in view is drawn from these. Where there are too many, the core draws every view, and axis and curves change
 * together.
 */
export function useCurves(whole: CurvesRequest, range: CurvesRequest['range'], settled: boolean): LoadedCurves {
  const wholeKey = useMemo(() => JSON.stringify(whole), [whole]);
  const first = useFollowedRuns(wholeKey, idsOf, load);
  const complete = useComplete(first.of === wholeKey && settled ? first.value : undefined, wholeKey);

  const rangeKey = useMemo(() => (range && !complete ? JSON.stringify({ ...whole, range }) : ''), [whole, range, complete]);
  const ranged = useFollowedRuns(rangeKey, idsOf, load);
  const local = useMemo(() => complete && range && drawCurves(complete.lines, { ...whole, range }), [complete, range, whole]);

  const asked = rangeKey === '' ? first : ranged;
  const askedKey = rangeKey === '' ? wholeKey : rangeKey;
  const [late, setLate] = useState<string>();
  useEffect(() => {
    if (asked.of === askedKey || local) return undefined;
    const timer = setTimeout(() => setLate(askedKey), patienceMs);
    return () => clearTimeout(timer);
  }, [asked.of, askedKey, local]);
  const error = asked.error;
  if (local) return { drawn: local, complete: complete?.drawn, shownRange: range, error };
  const known = asked.value ?? first.value;
  const waits = known !== undefined && asked.of !== askedKey && late !== askedKey;
  const drawnRange = asked.of === undefined ? undefined : requestOf(asked.of).range;
  return { drawn: known, complete: complete?.drawn, shownRange: waits ? drawnRange : range, error };
}

/** Every point of what was drawn, where points were left out and they are not too many. */
function useComplete(drawn: DrawnCurves | undefined, key: string) {
  const [loaded, setLoaded] = useState<{ readonly of: DrawnCurves; readonly drawn: DrawnCurves }>();
  useEffect(() => {
    if (!drawn) return undefined;
    const points = drawn.curves.reduce((sum, curve) => sum + curve.points, 0);
    const isCut = drawn.curves.some(({ x, points: inView }) => x.byteLength / 8 < inView);
    if (!isCut || points > mostKept) return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      call('runs.curves', { ...requestOf(key), points: everyPoint }).then(
        (all) => wanted && setLoaded({ of: drawn, drawn: all }),
        // The core then draws every view, and says what is wrong.
        () => undefined,
      );
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [drawn, key]);
  const current = loaded !== undefined && loaded.of === drawn ? loaded.drawn : undefined;
  return useMemo(() => current && { drawn: current, lines: wholeCurves(current) }, [current]);
}
