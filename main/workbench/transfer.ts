/** Runs in from other tools' logs, and out to them. */
import { resolve } from 'node:path';
import { type PlainError, toPlainError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { LogTool } from '#contract/logged-run.ts';
import type { ExportedRuns, FoundLogs, ImportedRuns, RunsFormat } from '#contract/runs.ts';
import { readRuns } from '#interchange/read-runs.ts';
import { writeRuns } from '#interchange/write-runs.ts';
import { type Context, toldOneByOne } from './context.ts';
import type { Job } from './jobs.ts';

/** Each run is stored when it is read: what came before an unreadable one is kept, and reading again goes on. */
export async function importRuns(context: Context, path: string, tool: LogTool | undefined, job: Job): Promise<ImportedRuns> {
  const store = context.store();
  const runs: ImportedRuns['runs'] = [];
  const findings: PlainError[] = [];
  let scalars = 0;
  let changed = 0;
  try {
    for await (const { run, findings: ofRun } of readRuns(resolve(context.folder(), path), tool, () => job.tell(runs.length))) {
      findings.push(...ofRun.map(toPlainError));
      for (const { values } of run.series) scalars += values.length;
      const { id, change } = store.importRun(run);
      const summary = store.summary(id);
      await job.step(runs.length + 1, undefined, summary.name);
      runs.push({ runId: id, name: summary.name, tool: run.tool, path: run.path, change });
      if ((change === 'imported' || change === 'updated') && ++changed <= toldOneByOne) context.emit('runs.changed', { run: summary });
    }
  } finally {
    // The first ones are there at once, thousands in the end.
    if (changed > toldOneByOne) context.emit('runs.listChanged', {});
  }
  return { runs, scalars, findings };
}

/** What is there, without storing any of it. */
export async function lookAtLogs(context: Context, path: string, tool: LogTool | undefined, job: Job): Promise<FoundLogs> {
  const runs: FoundLogs['runs'] = [];
  const findings: PlainError[] = [];
  for await (const { run, findings: ofRun } of readRuns(resolve(context.folder(), path), tool, () => job.tell(runs.length))) {
    findings.push(...ofRun.map(toPlainError));
    runs.push({ name: run.name, tool: run.tool, path: run.path, scalars: run.series.reduce((sum, { values }) => sum + values.length, 0) });
    await job.step(runs.length, undefined, run.name);
  }
  return { runs, findings };
}

/** Ended half-way, it leaves nothing behind. */
export function exportRuns(
  context: Context,
  runIds: readonly RunId[],
  format: RunsFormat,
  folder: string,
  job: Job,
): Promise<ExportedRuns> {
  const store = context.store();
  function* runs() {
    for (const [index, id] of runIds.entries()) {
      const run = store.logged(id);
      job.tell(index + 1, runIds.length, run.name);
      yield run;
    }
  }
  return writeRuns({ format, runs: runs(), folder: resolve(context.folder(), folder), now: Date.now() });
}
