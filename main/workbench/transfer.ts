/** Runs in from other tools' logs, and out to them. */
import { resolve } from 'node:path';
import { type PlainError, toPlainError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { LogTool } from '#contract/logged-run.ts';
import type { ExportedRuns, ImportedRuns, RunsFormat } from '#contract/runs.ts';
import { readRuns } from '#interchange/read-runs.ts';
import { writeRuns } from '#interchange/write-runs.ts';
import type { Context } from './context.ts';

/** Each run is stored when it is read: what came before an unreadable one is kept, and reading again goes on. */
export async function importRuns(context: Context, path: string, tool: LogTool | undefined): Promise<ImportedRuns> {
  const store = context.store();
  const runs: ImportedRuns['runs'] = [];
  const findings: PlainError[] = [];
  let scalars = 0;
  for await (const { run, findings: ofRun } of readRuns(resolve(context.folder(), path), tool)) {
    findings.push(...ofRun.map(toPlainError));
    for (const { values } of run.series) scalars += values.length;
    const { id, change } = store.importRun(run);
    const summary = store.summary(id);
    runs.push({ runId: id, name: summary.name, tool: run.tool, path: run.path, change });
    if (change === 'imported' || change === 'updated') context.emit('runs.changed', { run: summary });
  }
  return { runs, scalars, findings };
}

export function exportRuns(context: Context, runIds: readonly RunId[], format: RunsFormat, folder: string): Promise<ExportedRuns> {
  const store = context.store();
  function* runs() {
    for (const id of runIds) yield store.logged(id);
  }
  return writeRuns({ format, runs: runs(), folder: resolve(context.folder(), folder), now: Date.now() });
}
