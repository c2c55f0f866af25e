/** The command line's entry. */
import { CommanderError } from 'commander';
import { addBackends } from './commands/backends.ts';
import { addBin } from './commands/bin.ts';
import { addCache } from './commands/cache.ts';
import { addCheck } from './commands/check.ts';
import { addCompare } from './commands/compare.ts';
import { addDiagnose } from './commands/diagnose.ts';
import { addExport } from './commands/export.ts';
import { addExportRuns } from './commands/export-runs.ts';
import { addGoOn } from './commands/go-on.ts';
import { addImport } from './commands/import.ts';
import { addOpen } from './commands/open.ts';
import { addReport } from './commands/report.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addShow } from './commands/show.ts';
import { addStore } from './commands/store.ts';
import { addSweep } from './commands/sweep.ts';
import { addUseModel } from './commands/use-model.ts';
import { LocalizedCommand } from './command.ts';
import { version } from './core.ts';
import { exitCodes, reportFailure } from './failure.ts';
import { keepOutputClean } from './output.ts';
import { say } from './words.ts';

function createProgram(): LocalizedCommand {
  const program = new LocalizedCommand('epochbook');
  program
    .description(say('cli.about'))
    .version(version, '-V, --version', say('cli.option.version'))
    .helpCommand('help [COMMAND]', say('cli.help'));
  program.footer = say('cli.exits');
  for (const add of [
    addRun,
    addSweep,
    addGoOn,
    addCheck,
    addRuns,
    addShow,
    addCompare,
    addDiagnose,
    addUseModel,
    addExport,
    addReport,
    addImport,
    addExportRuns,
    addBin,
    addStore,
    addCache,
    addBackends,
    addOpen,
  ])
    add(program);
  return program;
}

keepOutputClean();
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const given = process.argv.slice(2);
try {
  await createProgram().parseAsync(given, { from: 'user' });
} catch (error) {
  // Help and version were printed; without a command the help is the answer to a mistake.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
  else process.exitCode = reportFailure(error, { json: given.includes('--json') });
}
