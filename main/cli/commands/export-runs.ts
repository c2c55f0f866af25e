/** `export-runs [RUN…]`: params and every value, for other tools. */
import { resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import { type RunsFormat, runsFormat } from '#contract/runs.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { type Core, workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { fileSize } from '../text/numbers.ts';
import { tellUnknownNames } from '../where.ts';
import { say } from '../words.ts';

interface ExportRunsOptions {
  readonly format: RunsFormat;
  readonly out: string;
  readonly where?: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

function readFormat(value: string): RunsFormat {
  const parsed = runsFormat.safeParse(value);
  if (!parsed.success) throw new EpochbookError('cli.badValue', { value, option: '--format', wanted: 'runsFormat' });
  return parsed.data;
}

/** Those named, or else those that match, the oldest first. */
async function chosen(core: Core, references: readonly string[], where: string | undefined): Promise<RunId[]> {
  const named: RunId[] = [];
  for (const reference of references) named.push((await core.call('runs.find', { reference })).id);
  if (named.length > 0) return [...new Set(named)];
  const runs = await core.call('runs.list', { where });
  await tellUnknownNames(core, where);
  if (runs.length === 0) throw new EpochbookError('cli.nothingToExport');
  return runs.map(({ id }) => id).reverse();
}

async function perform(references: readonly string[], { format, out, where, workspace, json }: ExportRunsOptions): Promise<number> {
  return withCore(workspaceHere({ workspace }), async (core) => {
    const runIds = await chosen(core, references, where);
    const { folder, files, bytes, runs, scalars } = await core.call('runs.exportData', { runIds, format, folder: resolve(out) });
    if (json) printJson({ folder, files, bytes, runs, scalars });
    else print(say('cli.exportedRuns', { folder: out, runs, scalars, files: files.length, size: fileSize(bytes) }));
    return exitCodes.done;
  });
}

export function addExportRuns(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('export-runs')
        .description(say('cli.exportRuns'))
        .argument('[RUN...]', say('cli.argument.runsOrAll'))
        .option('--where <EXPRESSION>', say('cli.option.where'))
        .requiredOption('--format <FORMAT>', say('cli.option.runsFormat'), readFormat)
        .requiredOption('--out <PATH>', say('cli.option.out')),
    ),
  ).action(async (references: string[], options: ExportRunsOptions) => {
    process.exitCode = await perform(references, options);
  });
}
