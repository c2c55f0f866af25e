/** `resume`, `fork` and `reproduce`: runs that come from runs. */
import type { RunSummary } from '#contract/runs.ts';
import { type LocalizedCommand, wholeNumber, withJson, withWorkspace } from '../command.ts';
import { type Core, withCore, workspaceHere } from '../core.ts';
import { exitCodes, type Ground, reportFailure } from '../failure.ts';
import { watchInterruption } from '../interruption.ts';
import { type Knobs, setKnob } from '../knobs.ts';
import { print, printJson } from '../output.ts';
import { plainNumber } from '../text/numbers.ts';
import { say } from '../words.ts';
import { exitCodeOfRun, jsonTeller, textTeller, train } from './run.ts';

interface Options {
  readonly epochs?: number;
  readonly epoch?: number;
  readonly set?: Knobs;
  readonly name?: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

type Begin = (core: Core, run: RunSummary, options: Options) => Promise<RunSummary>;

/** Finds the run, trains what comes of it, and says how it ended. */
async function perform(
  reference: string,
  options: Options,
  begin: Begin,
  after?: (core: Core, original: RunSummary, run: RunSummary) => Promise<number>,
): Promise<number> {
  const json = options.json === true;
  const interruption = watchInterruption();
  let ground: Ground | undefined;
  try {
    const workspace = workspaceHere(options);
    ground = { workspace };
    return await withCore(workspace, async (core) => {
      const original = await core.call('runs.find', { reference });
      const place = { workspace, notebook: original.notebook };
      ground = place;
      const teller = json ? jsonTeller : textTeller;
      const run = await train(core, () => begin(core, original, options), teller, interruption.signal);
      teller.ended(run, place);
      return after ? await after(core, original, run) : exitCodeOfRun(run);
    });
  } catch (error) {
    return reportFailure(error, { json, ground });
  } finally {
    interruption.end();
  }
}

const tellComparison =
  ({ json }: Options) =>
  async (core: Core, original: RunSummary, run: RunSummary): Promise<number> => {
    const compared = await core.call('runs.reproduction', { runId: run.id });
    const { epochs, complete, difference } = compared;
    const names = { original: original.name, again: run.name };
    if (json) printJson({ type: 'reproduction', runId: run.id, originalId: original.id, identical: complete && !difference, ...compared });
    else if (difference) {
      const { epoch, quantity, original: before, again: now } = difference;
      print(say('cli.differs', { ...names, quantity, epoch, before: plainNumber(before), now: plainNumber(now) }));
    } else print(say(complete ? 'cli.identical' : 'cli.identicalSoFar', { ...names, epochs }));
    if (difference) return exitCodes.failed;
    return complete ? exitCodes.done : exitCodeOfRun(run);
  };

export function addGoOn(program: LocalizedCommand): void {
  const command = (name: 'resume' | 'fork' | 'reproduce') =>
    withJson(
      withWorkspace(
        program
          .command(name)
          .description(say(`cli.${name}`))
          .argument('<RUN>', say('cli.argument.run')),
      ),
    );

  command('resume')
    .option('--epochs <N>', say('cli.option.epochs'), wholeNumber('--epochs', 'count'))
    .action(async (reference: string, given: Options) => {
      process.exitCode = await perform(reference, given, (core, { id: runId }, { epochs }) => core.call('runs.resume', { runId, epochs }));
    });
  command('fork')
    .requiredOption('--epoch <N>', say('cli.option.forkEpoch'), wholeNumber('--epoch', 'count'))
    .option('--set <NAME=VALUE>', say('cli.option.set'), setKnob)
    .option('--name <TEXT>', say('cli.option.name'))
    .action(async (reference: string, given: Options) => {
      process.exitCode = await perform(reference, given, (core, { id: runId }, { epoch = 0, set, name }) =>
        core.call('runs.fork', { runId, epoch, knobs: { ...set }, name }),
      );
    });
  command('reproduce').action(async (reference: string, given: Options) => {
    process.exitCode = await perform(
      reference,
      given,
      (core, { id: runId }) => core.call('runs.reproduce', { runId }),
      tellComparison(given),
    );
  });
}
