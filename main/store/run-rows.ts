/** Rows of the database ⇄ runs of the contract. */
import type { PlainError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { LogTool } from '#contract/logged-run.ts';
import type { EndReason, EpochRow, MetricSummary, OriginKind, RunStatus, RunSummary } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';

export interface RunRow {
  number: number;
  id: string;
  name: string;
  notebook: string;
  cell: string | null;
  status: RunStatus;
  reason: EndReason | null;
  error: string | null;
  started_at: number;
  ended_at: number | null;
  elapsed_ms: number;
  epochs: number;
  planned_epochs: number;
  backend: string;
  threads: number;
  seed: number;
  params: string;
  tags: string;
  note: string;
  data_hash: string;
  train_samples: number;
  validation_samples: number;
  parameters: number;
  best_metric: string | null;
  best_epoch: number | null;
  best_value: number | null;
  deleted_at: number | null;
  color: number | null;
  archived_at: number | null;
  is_baseline: number;
  import_tool: LogTool | null;
  import_path: string | null;
  origin_kind: OriginKind | null;
  origin_epoch: number | null;
  origin_id: string | null;
  origin_name: string | null;
  sweep_id: string | null;
  sweep_name: string | null;
  trial: number | null;
}

export const runColumns = `number, id, name, notebook, cell, status, reason, error, started_at, ended_at, elapsed_ms, epochs, planned_epochs,
  backend, threads, seed, params, tags, note, data_hash, train_samples, validation_samples, parameters,
  best_metric, best_epoch, best_value, deleted_at, color, archived_at, is_baseline, import_tool, import_path, origin_kind, origin_epoch,
  (SELECT id FROM runs AS other WHERE other.number = runs.origin) AS origin_id,
  (SELECT name FROM runs AS other WHERE other.number = runs.origin) AS origin_name, trial,
  (SELECT id FROM sweeps WHERE sweeps.number = runs.sweep) AS sweep_id, (SELECT name FROM sweeps WHERE sweeps.number = runs.sweep) AS sweep_name`;

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

/** NaN is stored as NULL. */
export const fromColumn = (value: number | null): number => value ?? Number.NaN;
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

export function runSummaryOf(row: RunRow, metrics: Record<string, MetricSummary>): RunSummary {
  return {
    id: row.id as RunId,
    name: row.name,
    notebook: row.notebook,
    ...(row.cell !== null && { cell: row.cell }),
    status: row.status,
    ...(row.reason && { reason: row.reason }),
    ...(row.error && { error: JSON.parse(row.error) as PlainError }),
    startedAt: row.started_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    elapsedMs: row.elapsed_ms,
    epochs: row.epochs,
    plannedEpochs: row.planned_epochs,
    backend: row.backend,
    threads: row.threads,
    seed: row.seed,
    params: JSON.parse(row.params) as Record<string, KnobValue>,
    tags: JSON.parse(row.tags) as string[],
    note: row.note,
    dataHash: row.data_hash,
    samples: { train: row.train_samples, validation: row.validation_samples },
    parameters: row.parameters,
    metrics,
    ...(row.best_metric !== null &&
      row.best_epoch !== null && { best: { metric: row.best_metric, epoch: row.best_epoch, value: fromColumn(row.best_value) } }),
    color: row.color ?? row.number - 1,
    ...(row.archived_at !== null && { archivedAt: row.archived_at }),
    ...(row.is_baseline === 1 && { baseline: true }),
    ...(row.deleted_at !== null && { deletedAt: row.deleted_at }),
    ...(row.origin_kind !== null &&
      row.origin_id !== null && {
        origin: { kind: row.origin_kind, runId: row.origin_id as RunId, name: row.origin_name!, epoch: row.origin_epoch! },
      }),
    ...(row.sweep_id !== null && { sweep: { id: row.sweep_id, name: row.sweep_name!, trial: row.trial! } }),
    ...(row.import_tool !== null && { imported: { tool: row.import_tool, path: row.import_path! } }),
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
