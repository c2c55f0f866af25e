/** A comparison's stored history as lines, by family of metrics. */
import type { Comparison } from '#contract/runs.ts';
import type { ChartMarker, LineSeries } from '../../components/charts/series.ts';
import { bestOf, validationPrefix } from '../runs/metrics.ts';

export interface Shown {
  /** Whether training lines are drawn where there are validation ones. */
  readonly training: boolean;
  /** The run that stands out; the others are faint. */
  readonly highlighted: string | undefined;
}

/** Training solid, validation dotted, each in its run's colour. `nameLine` puts a run's name and the part together. */
export function familySeries(
  { runs, history }: Pick<Comparison, 'runs' | 'history'>,
  family: string,
  shown: Shown,
  nameLine: (run: string, part: 'training' | 'validation') => string,
): LineSeries[] {
  return runs.flatMap((run, index) => {
    const metrics = history[index] ?? {};
    const faint = shown.highlighted !== undefined && shown.highlighted !== run.id;
    const line = (metric: string, part: 'training' | 'validation'): LineSeries[] => {
      const points = metrics[metric];
      if (!points || points.length === 0) return [];
      return [
        {
          id: `${run.id}:${metric}`,
          name: nameLine(run.name, part),
          color: run.color,
          dash: part === 'training' ? 'solid' : 'dot',
          x: points.map(([epoch]) => epoch),
          y: points.map(([, value]) => value),
          faint,
        },
      ];
    };
    const validation = line(validationPrefix + family, 'validation');
    return shown.training || validation.length === 0 ? [...line(family, 'training'), ...validation] : validation;
  });
}

/** A dot at each run's best epoch, on validation data where there is any. */
export function bestMarkers({ runs, history }: Pick<Comparison, 'runs' | 'history'>, family: string): ChartMarker[] {
  return runs.flatMap((run, index) => {
    const metric = [validationPrefix + family, family].find((name) => (history[index]?.[name]?.length ?? 0) > 0);
    const best = metric === undefined ? undefined : bestOf(metric, run.metrics[metric]);
    return best && metric !== undefined ? [{ seriesId: `${run.id}:${metric}`, x: best.epoch, y: best.value }] : [];
  });
}
