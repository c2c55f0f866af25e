/** `report FILE`: the notebook and its runs as one HTML file. */
import { resolve } from 'node:path';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { notebookHere, withCore } from '../core.ts';
import { exitCodes, type Ground, reportFailure } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { fileSize } from '../text/numbers.ts';
import { say } from '../words.ts';

interface ReportOptions {
  readonly out: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

async function perform(file: string, options: ReportOptions): Promise<number> {
  const json = options.json === true;
  let ground: Ground | undefined;
  try {
    const place = notebookHere(file, options);
    ground = place;
    return await withCore(place.workspace, async (core) => {
      const { path, blocks } = await core.call('notebook.open', { path: place.notebook });
      const written = await core.call('notebook.report', { path, blocks, file: resolve(options.out) });
      if (json) printJson(written);
      else print(say('cli.reported', { file: options.out, runs: written.runs, size: fileSize(written.bytes) }));
      return exitCodes.done;
    });
  } catch (error) {
    return reportFailure(error, { json, ground });
  }
}

export function addReport(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('report')
        .description(say('cli.report'))
        .argument('<FILE>', say('cli.argument.file'))
        .requiredOption('--out <PATH>', say('cli.option.reportOut')),
    ),
  ).action(async (file: string, options: ReportOptions) => {
    process.exitCode = await perform(file, options);
  });
}
