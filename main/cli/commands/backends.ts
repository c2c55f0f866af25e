/** `backends`: what can train here. */
import { type LocalizedCommand, withJson } from '../command.ts';
import { withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { table } from '../text/table.ts';
import { say } from '../words.ts';

async function perform({ json }: { json?: boolean }): Promise<number> {
  return withCore(process.cwd(), async (core) => {
    const backends = await core.call('backends.list', {});
    if (json) printJson(backends);
    else {
      print(
        ...table([
          { title: say('cli.word.backend'), cells: backends.map(({ name }) => name) },
          { title: say('cli.word.works'), cells: backends.map(({ available }) => say(available ? 'cli.word.yes' : 'cli.word.no')) },
          { title: say('cli.word.version'), cells: backends.map(({ version, detail }) => detail ?? version) },
        ]),
      );
    }
    return exitCodes.done;
  });
}

export function addBackends(program: LocalizedCommand): void {
  withJson(program.command('backends').description(say('cli.backends'))).action(async (options: { json?: boolean }) => {
    process.exitCode = await perform(options);
  });
}
