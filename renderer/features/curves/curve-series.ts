/** Curves as the core gives them ⇄ lines of a chart. */
import { type CurvesRequest, type DrawnCurves, numbersOf } from '#contract/curves/request.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { ChartMarker, LineSeries } from '../../components/charts/series.ts';
import { bestOf, familyOf, validationPrefix } from '../runs/metrics.ts';

export interface CurveNames {
  /** A line's name from the run's or group's, the metric and the part. */
  readonly line: (owner: string, metric: string) => string;
}

export interface ChartOfCurves {
  readonly id: string;
  /** Families of metrics: `loss` is drawn with `val_loss`. */
  readonly families: readonly string[];
  readonly runs: readonly RunSummary[];
}

/** The group that a run belongs to: its params in words, and the place of the group's first run for the colour. */
export function groupNames(runs: readonly RunSummary[], params: readonly string[], write: (param: string, value: unknown) => string) {
  const names = new Map<string, string>();
  const colors = new Map<string, number>();
  for (const run of runs) {
    const name = params.map((param) => write(param, run.params[param])).join(' · ');
    names.set(run.id, name);
    if (!colors.has(name)) colors.set(name, run.color);
  }
  return { names, colors };
}

export function seriesOf(
  { curves }: DrawnCurves,
  runs: readonly RunSummary[],
  families: readonly string[],
  groupColors: ReadonlyMap<string, number>,
  highlighted: string | undefined,
  nameLine: (owner: string, metric: string) => string,
): LineSeries[] {
  const byId = new Map<string, RunSummary>(runs.map((run) => [run.id, run]));
  return curves.flatMap((curve): LineSeries[] => {
    const run = curve.runId === undefined ? undefined : byId.get(curve.runId);
    const owner = curve.group ?? curve.runId;
    if (owner === undefined || (curve.group === undefined && !run)) return [];
    const family = families.indexOf(familyOf(curve.metric));
    const own = run ? run.color : (groupColors.get(owner) ?? 0);
    return [
      {
        id: `${owner}:${curve.metric}`,
        name: nameLine(run ? run.name : `${owner} (n = ${curve.runs})`, curve.metric),
        // One run's metrics in one chart are told apart by colour; several runs keep theirs.
        color: runs.length === 1 && families.length > 1 ? own + Math.max(0, family) : own,
        dash: curve.metric.startsWith(validationPrefix) ? 'dot' : 'solid',
        x: numbersOf(curve.x),
        ...(curve.unordered && { unordered: true }),
        y: numbersOf(curve.y),
        ...(curve.raw && { raw: { x: numbersOf(curve.raw.x), y: numbersOf(curve.raw.y) } }),
        ...(curve.low && curve.high && { band: { low: numbersOf(curve.low), high: numbersOf(curve.high) } }),
        faint: highlighted !== undefined && highlighted !== owner,
      },
    ];
  });
}

/** A dot at each run's best epoch, on validation data where there is any. */
export function bestMarkers(runs: readonly RunSummary[], families: readonly string[], series: readonly LineSeries[]): ChartMarker[] {
  const known = new Map(series.map((one) => [one.id, one]));
  return runs.flatMap((run) =>
    families.flatMap((family) => {
      const metric = [validationPrefix + family, family].find((name) => known.has(`${run.id}:${name}`));
      const best = metric === undefined ? undefined : bestOf(metric, run.metrics[metric]);
      const line = metric === undefined ? undefined : known.get(`${run.id}:${metric}`);
      // The marker stands on the curve: a summary may be an epoch ahead of it.
      return best && line && line.x.indexOf(best.epoch) >= 0 ? [{ seriesId: line.id, x: best.epoch, y: best.value }] : [];
    }),
  );
}

/** Points there are in view, and points that came. */
export function decimationOf({ curves }: DrawnCurves): { readonly points: number; readonly drawn: number } {
  let points = 0;
  let drawn = 0;
  for (const curve of curves) {
    points += curve.points;
    drawn += curve.x.byteLength / 8;
  }
  return { points, drawn };
}

/** Both ends over all whole curves. */
export function extentOf({ curves }: DrawnCurves): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const { extent } of curves) {
    if (!extent) continue;
    low = Math.min(low, extent[0]);
    high = Math.max(high, extent[1]);
  }
  return low <= high ? [low, high] : undefined;
}

/** What the y axis shows, with a little room; undefined where the chart finds it itself. */
export function rangeOf({ y }: DrawnCurves, logY: boolean, withoutOutliers: boolean): [number, number] | undefined {
  if (!y) return undefined;
  const [low, high] = (withoutOutliers ? y.inner : undefined) ?? [y.low, y.high];
  if (logY) {
    const least = low > 0 ? low : y.lowPositive;
    if (least === undefined || high <= 0) return undefined;
    const factor = Math.max(1.02, (high / least) ** 0.05);
    return [least / factor, high * factor];
  }
  if (low === high) return undefined;
  const room = (high - low) * (withoutOutliers ? 0.15 : 0.05);
  return [low - room, high + room];
}

/** Points of each line so that all of them are drawn in a few frames, and none is drawn coarser than the screen. */
export function pointsFor(lines: number): number {
  return Math.min(2400, Math.max(300, Math.floor(100_000 / Math.max(1, lines))));
}

export function requestOf(
  runs: readonly RunSummary[],
  metrics: readonly string[],
  groups: ReadonlyMap<string, string>,
  options: Pick<CurvesRequest, 'x' | 'smoothing' | 'band' | 'logX' | 'withoutOutliers'>,
): CurvesRequest {
  return {
    runs: runs.map((run) => {
      const group = groups.get(run.id);
      return { runId: run.id, ...(group !== undefined && { group }) };
    }),
    metrics: [...metrics],
    x: options.x,
    smoothing: options.smoothing,
    band: options.band,
    logX: options.logX,
    withoutOutliers: options.withoutOutliers,
    points: pointsFor(runs.length * metrics.length),
  };
}
