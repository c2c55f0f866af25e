/** Runs as `runs`, `show` and `compare` print them with --json: a promise to scripts. */
import type { RunDetail, RunSummary } from '#contract/runs.ts';
import { toMicroseconds } from './numbers.ts';

/** What the user may rely on, then what else is known. */
export function runJson(run: RunSummary): Record<string, unknown> {
  const { id, name, notebook, status, startedAt, elapsedMs, epochs, backend, seed, params, tags, dataHash, metrics } = run;
  const { reason, endedAt, plannedEpochs, threads, note, samples, parameters, best, error, imported, sweep } = run;
  return {
    id,
    name,
    notebook,
    status,
    startedAt,
    elapsedMs: toMicroseconds(elapsedMs),
    epochs,
    backend,
    seed,
    params,
    tags,
    dataHash,
    metrics,
    reason,
    endedAt,
    plannedEpochs,
    threads,
    note,
    samples,
    parameters,
    best,
    imported,
    sweep,
    ...(error && { error: { code: error.code, message: error.message, where: error.where } }),
  };
}

/** By metric, `[epoch, value]` in order. */
export function historyOf({ epochRows }: Pick<RunDetail, 'epochRows'>): Record<string, [epoch: number, value: number][]> {
  const history: Record<string, [number, number][]> = {};
  for (const { epoch, metrics } of epochRows) {
    for (const [name, value] of Object.entries(metrics)) (history[name] ??= []).push([epoch, value]);
  }
  return history;
}
