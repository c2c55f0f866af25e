/** Rows of the database ⇄ runs of the contract. */
import { numberOf, runRowColumns } from '#contract/packed-runs.ts';
import type { EpochRow, MetricSummary } from '#contract/runs.ts';

const computed: Readonly<Record<string, string>> = {
  origin_id: '(SELECT id FROM runs AS other WHERE other.number = runs.origin) AS origin_id',
  origin_name: '(SELECT name FROM runs AS other WHERE other.number = runs.origin) AS origin_name',
  sweep_id: '(SELECT id FROM sweeps WHERE sweeps.number = runs.sweep) AS sweep_id',
  sweep_name: '(SELECT name FROM sweeps WHERE sweeps.number = runs.sweep) AS sweep_name',
};
export const runColumns = runRowColumns.map((name) => computed[name] ?? name).join(', ');

export interface SummaryRow {
  run: number;
  name: string;
  last: number | null;
  min: number | null;
  min_epoch: number;
  max: number | null;
  max_epoch: number;
  at_best: number | null;
}

export interface EpochTableRow {
  epoch: number;
  elapsed_ms: number;
  learning_rate: number | null;
  samples: number;
  steps: number;
  data_ms: number;
  steps_ms: number;
  validation_ms: number;
  memory_bytes: number | null;
}

export const fromColumn = numberOf;
export const toColumn = (value: number): number | null => (Number.isNaN(value) ? null : value);

export function metricSummaryOf(row: SummaryRow): MetricSummary {
  return {
    last: fromColumn(row.last),
    min: fromColumn(row.min),
    minEpoch: row.min_epoch,
    max: fromColumn(row.max),
    maxEpoch: row.max_epoch,
    ...(row.at_best !== null && { atBest: row.at_best }),
  };
}

/** The summary after one more epoch. A number beats NaN; of equal values the first epoch stays. */
export function nextSummary(before: MetricSummary | undefined, epoch: number, value: number): MetricSummary {
  if (!before) return { last: value, min: value, minEpoch: epoch, max: value, maxEpoch: epoch };
  const isLower = value < before.min || (Number.isNaN(before.min) && !Number.isNaN(value));
  const isHigher = value > before.max || (Number.isNaN(before.max) && !Number.isNaN(value));
  return {
    last: value,
    min: isLower ? value : before.min,
    minEpoch: isLower ? epoch : before.minEpoch,
    max: isHigher ? value : before.max,
    maxEpoch: isHigher ? epoch : before.maxEpoch,
  };
}

export function epochRowOf(row: EpochTableRow, metrics: Record<string, number>): EpochRow {
  return {
    epoch: row.epoch,
    elapsedMs: row.elapsed_ms,
    learningRate: fromColumn(row.learning_rate),
    samples: row.samples,
    steps: row.steps,
    phasesMs: { data: row.data_ms, steps: row.steps_ms, validation: row.validation_ms },
    ...(row.memory_bytes !== null && { memoryBytes: row.memory_bytes }),
    metrics,
  };
}
