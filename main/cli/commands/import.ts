/** `import PATH`: runs that other tools logged. */
import { resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { type LogTool, logTools } from '#contract/logged-run.ts';
import type { ImportChange } from '#contract/runs.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes, failureLine } from '../failure.ts';
import { note, print, printJson } from '../output.ts';
import { say } from '../words.ts';

interface ImportOptions {
  readonly format?: LogTool;
  readonly workspace?: string;
  readonly json?: boolean;
}

function readTool(value: string): LogTool {
  const tool = logTools.find((name) => name === value);
  if (!tool) throw new EpochbookError('cli.badValue', { value, option: '--format', wanted: 'logTool' });
  return tool;
}

async function perform(path: string, { format: tool, workspace, json }: ImportOptions): Promise<number> {
  return withCore(workspaceHere({ workspace }), async (core) => {
    const { runs, scalars, findings } = await core.call('runs.importFolder', { path: resolve(path), tool });
    for (const finding of findings) note(failureLine(finding));
    const count = (change: ImportChange) => runs.filter((run) => run.change === change).length;
    if (json) {
      printJson({
        runs: runs.map(({ runId: id, ...rest }) => ({ id, ...rest })),
        scalars,
        findings: findings.map(({ code, message }) => ({ code, message })),
      });
    } else {
      for (const { runId: id, name, change } of runs) if (change !== 'unchanged') print(say('cli.importedRun', { id, name, change }));
      print(
        say('cli.imported', {
          imported: count('imported'),
          updated: count('updated'),
          unchanged: count('unchanged') + count('binned'),
          scalars,
        }),
      );
    }
    return exitCodes.done;
  });
}

export function addImport(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('import')
        .description(say('cli.import'))
        .argument('<PATH>', say('cli.argument.logs'))
        .option('--format <FORMAT>', say('cli.option.logTool'), readTool),
    ),
  ).action(async (path: string, options: ImportOptions) => {
    process.exitCode = await perform(path, options);
  });
}
