/** `backends`: what can train here, and the one that is installed on wish. */
import { type LocalizedCommand, withJson } from '../command.ts';
import { withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { EpochbookError } from '#contract/errors.ts';
import { installTensorflow } from '#workbench/install-tensorflow.ts';
import { note, print, printJson } from '../output.ts';
import { table } from '../text/table.ts';
import { say } from '../words.ts';

interface Options {
  readonly json?: boolean;
  readonly install?: string;
}

async function install(name: string): Promise<void> {
  if (name !== 'tensorflow') throw new EpochbookError('cli.install.unknown', { name });
  const folder = await installTensorflow((step) => {
    if (step !== 'done') note(say(`cli.install.${step}`));
  });
  note(say('cli.install.done', { folder }));
}

async function perform({ json, install: wanted }: Options): Promise<number> {
  if (wanted !== undefined) await install(wanted);
  return withCore(process.cwd(), async (core) => {
    const backends = await core.call('backends.list', { measure: true });
    if (json) printJson(backends);
    else {
      note(say('cli.speedOf'));
      print(
        ...table([
          { title: say('cli.word.backend'), cells: backends.map(({ name }) => name) },
          { title: say('cli.word.works'), cells: backends.map(({ available }) => say(available ? 'cli.word.yes' : 'cli.word.no')) },
          {
            title: say('cli.word.speed'),
            cells: backends.map(({ samplesPerSecond: speed }) =>
              speed === undefined ? '' : say('cli.speed', { speed: Math.round(speed) }),
            ),
            right: true,
          },
          { title: say('cli.word.version'), cells: backends.map(({ version, detail }) => detail ?? version) },
        ]),
      );
    }
    return exitCodes.done;
  });
}

export function addBackends(program: LocalizedCommand): void {
  const command = program.command('backends').description(say('cli.backends')).option('--install <name>', say('cli.option.install'));
  withJson(command).action(async (options: Options) => {
    process.exitCode = await perform(options);
  });
}
