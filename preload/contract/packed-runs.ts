/**
 * Many runs at once, as the page gets them: 10,000 objects with all their metrics are 17 MB of JSON, which takes longer to
 * write and to read than a person waits for a table. Here rows are lists in the order of their columns, and the metrics of
 * all runs are one array of numbers.
 */
import { z } from 'zod';
import type { PlainError } from './errors.ts';
import type { RunId } from './ids.ts';
import type { LogTool } from './logged-run.ts';
import { numbersOf } from './curves/request.ts';
import type { EndReason, MetricSummary, OriginKind, RunStatus, RunSummary } from './runs.ts';
import type { KnobValue } from './spec.ts';
import { fromWire, toWire } from './wire.ts';

/** A run as the store has it. */
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

export const runRowColumns = [
  'number',
  'id',
  'name',
  'notebook',
  'cell',
  'status',
  'reason',
  'error',
  'started_at',
  'ended_at',
  'elapsed_ms',
  'epochs',
  'planned_epochs',
  'backend',
  'threads',
  'seed',
  'params',
  'tags',
  'note',
  'data_hash',
  'train_samples',
  'validation_samples',
  'parameters',
  'best_metric',
  'best_epoch',
  'best_value',
  'deleted_at',
  'color',
  'archived_at',
  'is_baseline',
  'import_tool',
  'import_path',
  'origin_kind',
  'origin_epoch',
  'origin_id',
  'origin_name',
  'sweep_id',
  'sweep_name',
  'trial',
] as const satisfies readonly (keyof RunRow)[];

/** A metric of a run: its run's number, the metric's place among the names, last, min, minEpoch, max, maxEpoch, atBest. */
export const summaryWidth = 8;

export const packedRuns = z.object({
  /** JSON in UTF-8: a list of rows, newest first, each a list in the order of `runRowColumns`. */
  rows: z.instanceof(Uint8Array),
  metrics: z.array(z.string()),
  /** Float64, `summaryWidth` of them for a metric of a run. */
  summaries: z.instanceof(Uint8Array),
  /** Where the next piece begins; absent after the last one. */
  next: z.number().int().optional(),
  /** Runs there are, in all pieces; of the list, apart from those out of the way. */
  total: z.number().int(),
});
export type PackedRuns = z.infer<typeof packedRuns>;

/** NaN is stored as NULL. */
export const numberOf = (value: number | null): number => value ?? Number.NaN;

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
      row.best_epoch !== null && { best: { metric: row.best_metric, epoch: row.best_epoch, value: numberOf(row.best_value) } }),
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

/** The other way round: what `rows` and `summaries` hold. */
export function packRuns(
  rows: readonly unknown[][],
  summaries: readonly (readonly (number | null)[])[],
): Pick<PackedRuns, 'rows' | 'summaries'> {
  const numbers = new Float64Array(summaries.length * summaryWidth);
  let at = 0;
  for (const summary of summaries) for (let place = 0; place < summaryWidth; place++) numbers[at++] = summary[place] ?? Number.NaN;
  const isPlain = rows.every((row) => row.every((value) => typeof value !== 'number' || Number.isFinite(value)));
  return { rows: new TextEncoder().encode(isPlain ? JSON.stringify(rows) : toWire(rows)), summaries: new Uint8Array(numbers.buffer) };
}

/** Newest first. */
export function unpackRuns({ rows: text, metrics: names, summaries }: PackedRuns): RunSummary[] {
  const metrics = new Map<number, Record<string, MetricSummary>>();
  const numbers = numbersOf(summaries);
  let run = Number.NaN;
  let ofRun: Record<string, MetricSummary> = {};
  for (let at = 0; at < numbers.length; at += summaryWidth) {
    if (numbers[at] !== run) metrics.set((run = numbers[at]), (ofRun = {}));
    const atBest = numbers[at + 7];
    const summary: MetricSummary = {
      last: numbers[at + 2],
      min: numbers[at + 3],
      minEpoch: numbers[at + 4],
      max: numbers[at + 5],
      maxEpoch: numbers[at + 6],
    };
    if (!Number.isNaN(atBest)) summary.atBest = atBest;
    ofRun[names[numbers[at + 1]]] = summary;
  }
  const rows = fromWire(new TextDecoder().decode(text)) as unknown[][];
  return rows.map((values) => {
    // A plain loop: for 10,000 runs, lists of pairs in between are felt.
    const row: Partial<Record<keyof RunRow, unknown>> = {};
    for (let index = 0; index < runRowColumns.length; index++) row[runRowColumns[index]] = values[index];
    return runSummaryOf(row as RunRow, metrics.get(row.number as number) ?? {});
  });
}
