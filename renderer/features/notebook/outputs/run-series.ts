/** A run's epochs as lines of a chart. */
import type { EpochRow } from '#contract/runs.ts';
import type { LineSeries } from '../../../components/charts/series.ts';
import { betterOf } from '../../runs/metrics.ts';

export interface Best {
  readonly value: number;
  readonly epoch: number;
  readonly direction: 'min' | 'max';
}

/** The first metric that is not the loss; undefined where there is none, or no epoch yet. */
export function metricBesideLoss(rows: readonly EpochRow[]): string | undefined {
  return Object.keys(rows[0]?.metrics ?? {}).find((name) => name !== 'loss' && !name.startsWith('val_'));
}

export function seriesOf(
  rows: readonly EpochRow[],
  metric: string,
  color: number,
  validated: boolean,
  names: { readonly train: string; readonly validation: string },
): LineSeries[] {
  const line = (id: string, name: string, dash: 'solid' | 'dot'): LineSeries => {
    const points = rows.filter((row) => id in row.metrics);
    return { id, name, color, dash, x: points.map((row) => row.epoch), y: points.map((row) => row.metrics[id] ?? Number.NaN) };
  };
  const training = line(metric, names.train, 'solid');
  return validated ? [training, line(`val_${metric}`, names.validation, 'dot')] : [training];
}

export function bestOf(rows: readonly EpochRow[], metric: string): Best | undefined {
  const direction = betterOf(metric);
  let best: Best | undefined;
  for (const row of rows) {
    const value = row.metrics[metric];
    if (value === undefined || !Number.isFinite(value)) continue;
    if (!best || (direction === 'min' ? value < best.value : value > best.value)) best = { value, epoch: row.epoch, direction };
  }
  return best;
}

/** The middle one of the last five epochs' times: one slow epoch does not move it. */
export function epochTimeMs(rows: readonly EpochRow[]): number | undefined {
  const times = rows.slice(-5).map((row) => row.elapsedMs);
  if (times.length === 0) return undefined;
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
