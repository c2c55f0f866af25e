/** Runs for tests. */
import type { RunId } from '#contract/ids.ts';
import { type PackedRuns, packRuns, type RunRow, runRowColumns } from '#contract/packed-runs.ts';
import type { MetricSummary, RunSummary } from '#contract/runs.ts';

export function metric(values: readonly number[]): MetricSummary {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const min = numbers.length > 0 ? Math.min(...numbers) : Number.NaN;
  const max = numbers.length > 0 ? Math.max(...numbers) : Number.NaN;
  return { last: values.at(-1) ?? Number.NaN, min, minEpoch: values.indexOf(min) + 1, max, maxEpoch: values.indexOf(max) + 1 };
}

export function runIdOf(number: number): RunId {
  return String(number).padStart(12, '0') as RunId;
}

export function makeRun(number: number, more: Partial<RunSummary> = {}): RunSummary {
  return {
    id: runIdOf(number),
    name: `run ${number}`,
    notebook: 'clothes.epoch.md',
    status: 'completed',
    reason: 'epochs',
    startedAt: 1_700_000_000_000 + number,
    elapsedMs: 10_000,
    epochs: 3,
    plannedEpochs: 3,
    backend: 'native',
    threads: 2,
    seed: 7,
    params: {},
    tags: [],
    note: '',
    dataHash: 'hash',
    samples: { train: 80, validation: 20 },
    parameters: 100,
    metrics: {},
    color: number,
    ...more,
  };
}

/** A piece of the list as the core sends it, of runs that `makeRun` made. */
export function pageOf(
  runs: readonly RunSummary[],
  { before = Infinity, limit = Infinity }: { readonly before?: number | undefined; readonly limit?: number } = {},
): PackedRuns {
  const piece = runs.filter((run) => run.color + 1 < before).slice(0, limit);
  const rows = piece.map((run) => {
    const row: Partial<RunRow> = {
      number: run.color + 1,
      id: run.id,
      name: run.name,
      notebook: run.notebook,
      status: run.status,
      started_at: run.startedAt,
      elapsed_ms: run.elapsedMs,
      epochs: run.epochs,
      planned_epochs: run.plannedEpochs,
      backend: run.backend,
      threads: run.threads,
      seed: run.seed,
      params: JSON.stringify(run.params),
      tags: JSON.stringify(run.tags),
      note: run.note,
      data_hash: run.dataHash,
      train_samples: run.samples.train,
      validation_samples: run.samples.validation,
      parameters: run.parameters,
      deleted_at: run.deletedAt ?? null,
    };
    return runRowColumns.map((name) => row[name] ?? null);
  });
  const last = piece.at(-1);
  return { ...packRuns(rows, []), metrics: [], ...(last && piece.length === limit && { next: last.color + 1 }), total: runs.length };
}
