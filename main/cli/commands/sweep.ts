/** `sweep FILE`: searches a notebook's knobs, each trial a run. */
import type { Response } from '#contract/calls.ts';
import { EpochbookError } from '#contract/errors.ts';
import type { Payload } from '#contract/events.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunSummary } from '#contract/runs.ts';
import {
  type KnobRange,
  type PrunerName,
  prunerNames,
  type SamplerName,
  samplerNames,
  type Sweep,
  sweepTag,
  type Trial,
} from '#contract/sweeps.ts';
import { type LocalizedCommand, wholeNumber, withJson, withWorkspace } from '../command.ts';
import { type Core, notebookHere, withCore, workspaceHere } from '../core.ts';
import { exitCodeOf, exitCodes, failureJson, failureLine, type Ground, reportFailure } from '../failure.ts';
import { watchInterruption } from '../interruption.ts';
import { type Knobs, setKnob } from '../knobs.ts';
import { note, print, printJson } from '../output.ts';
import { readRange, readSpan } from '../spans.ts';
import { columnOfNumbers, plainNumber } from '../text/numbers.ts';
import { table } from '../text/table.ts';
import { say } from '../words.ts';
import { jsonTeller } from './run.ts';

interface SweepOptions {
  readonly trials?: number;
  readonly sampler: SamplerName;
  readonly pruner: PrunerName;
  readonly metric?: string;
  readonly direction?: 'min' | 'max';
  readonly seed?: number;
  readonly workers?: number;
  readonly budget?: number;
  readonly set?: Knobs;
  readonly range?: KnobRange[];
  readonly only?: string[];
  readonly resume?: string;
  readonly backend?: string;
  readonly threads?: number;
  readonly workspace?: string;
  readonly json?: boolean;
}

/** The best trials shown at the end. */
const shownTrials = 5;

const valueText = ({ value }: Trial) => (value === undefined ? '–' : plainNumber(value));
const paramsText = ({ params }: Trial) => Object.entries(params).map(([name, value]) => `${name}=${value}`);

function rangeText({ min, max, step, log, choices }: KnobRange): string {
  if (choices) return choices.join(', ');
  return [`${min} … ${max}`, ...(step === undefined ? [] : [`± ${step}`]), ...(log === true ? ['log'] : [])].join(', ');
}

interface SweepTeller {
  started(sweep: Sweep): void;
  run(run: RunSummary, state: 'started' | 'over', ground: Ground): void;
  epoch(told: Payload<'training.epochEnded'>): void;
  trial(trial: Trial, sweep: Sweep, isBegin: boolean): void;
  ended(sweep: Sweep, trials: readonly Trial[], ground: Ground): void;
}

const trialJson = ({ number, runId, params, status, reason, value, epoch, epochs, error }: Trial) => ({
  trial: number,
  runId,
  params,
  status,
  reason,
  value,
  epoch,
  epochs,
  ...(error && { error: { code: error.code, message: error.message } }),
});

const inJson: SweepTeller = {
  started({ id, name, settings }) {
    const { ranges, ...rest } = settings;
    printJson({ type: 'sweep.started', sweepId: id, name, ...rest, ranges });
  },
  run(run, state, ground) {
    if (state === 'started') jsonTeller.started(run);
    else jsonTeller.ended(run, ground);
  },
  epoch: ({ summary, row }) => jsonTeller.epochEnded(summary, row),
  trial(trial, { id }, isBegin) {
    const { params, number, runId } = trial;
    if (isBegin) printJson({ type: 'trial.started', sweepId: id, trial: number, runId, params });
    else printJson({ type: 'trial.ended', sweepId: id, ...trialJson(trial) });
  },
  ended({ id, name, status, reason, trials, best, error }, _trials, ground) {
    if (error) {
      note(failureLine(error, ground));
      printJson(failureJson(error, ground));
    }
    printJson({ type: 'sweep.ended', sweepId: id, name, status, reason, trials, ...(best && { best: trialJson(best) }) });
  },
};

const inText: SweepTeller = {
  started({ id, name, settings }) {
    const { trials, sampler, pruner, metric, direction, workers, seed, ranges } = settings;
    note(say('cli.sweepStarted', { id, name, trials, sampler, pruner, metric, direction, workers, seed: String(seed) }));
    for (const range of ranges) note(say('cli.sweepKnob', { name: range.name, range: rangeText(range) }));
  },
  run() {},
  epoch() {},
  trial(trial, { settings, best }, isBegin) {
    if (isBegin) return;
    const { number, status, reason = '', epoch = 0, epochs, error } = trial;
    note(
      say('cli.sweepTrial', {
        trial: String(number).padStart(String(settings.trials).length),
        trials: settings.trials,
        params: paramsText(trial).join(' '),
        status,
        reason,
        metric: settings.metric,
        value: valueText(trial),
        epoch,
        epochs,
        best: best?.number === number ? 'yes' : 'no',
      }),
    );
    if (error) note(`  ${failureLine(error)}`);
  },
  ended({ name, status, reason = '', trials, settings, best, error }, all, ground) {
    note(say('cli.sweepEnded', { status, reason, ...trials }));
    if (error) note(failureLine(error, ground));
    if (!best) return;
    const sign = settings.direction === 'min' ? 1 : -1;
    const ranked = all
      .filter(({ value, status: of }) => value !== undefined && of !== 'failed' && of !== 'diverged')
      .sort((a, b) => sign * (a.value! - b.value!))
      .slice(0, shownTrials);
    print(
      ...table([
        { title: say('cli.word.trial'), cells: ranked.map(({ number }) => String(number)), right: true },
        { title: say('cli.word.id'), cells: ranked.map(({ runId }) => runId ?? '') },
        { title: settings.metric, cells: columnOfNumbers(ranked.map(({ value }) => value)), right: true },
        { title: say('cli.word.epoch'), cells: ranked.map(({ epoch }) => String(epoch ?? '')), right: true },
        ...settings.ranges.map(({ name: knob }) => ({
          title: knob,
          cells: ranked.map(({ params }) => String(params[knob] ?? '')),
          right: true,
        })),
      ]),
    );
    note(say('cli.sweepRuns', { tag: sweepTag(name), metric: settings.metric }));
  },
};

/** Tells what happens until the sweep is over; resolves with it as it is then stored. */
async function follow(
  core: Core,
  begin: () => Promise<Sweep>,
  teller: SweepTeller,
  ground: Ground,
  signal: AbortSignal,
): Promise<Response<'sweeps.get'>> {
  let sweep: Sweep | undefined;
  const begun = new Set<number>();
  const done = new Set<number>();
  const started = new Set<string>();
  let finish = () => {};
  const over = new Promise<void>((resolve) => (finish = resolve));
  const heard: (() => void)[] = [];
  /** What comes before the sweep is known waits for it. */
  const tell = (action: () => void) => (sweep ? action() : void heard.push(action));
  const unsubscribe = core.subscribe((event, payload) => {
    if (event === 'runs.changed') {
      const { run } = payload as Payload<'runs.changed'>;
      tell(() => {
        if (!started.has(run.id) && run.parameters > 0) {
          started.add(run.id);
          teller.run(run, 'started', ground);
        }
        if (!isGoingOn(run)) teller.run(run, 'over', ground);
      });
    } else if (event === 'training.epochEnded') {
      const told = payload as Payload<'training.epochEnded'>;
      tell(() => teller.epoch(told));
    } else if (event === 'sweeps.changed') {
      const { sweep: now } = payload as Payload<'sweeps.changed'>;
      tell(() => {
        sweep = now;
        if (now.status !== 'running') finish();
      });
    } else if (event === 'sweeps.trialChanged') {
      const { trial } = payload as Payload<'sweeps.trialChanged'>;
      tell(() => {
        if (trial.runId && !begun.has(trial.number)) {
          begun.add(trial.number);
          teller.trial(trial, sweep!, true);
        }
        if (isGoingOn(trial) || done.has(trial.number)) return;
        done.add(trial.number);
        teller.trial(trial, sweep!, false);
      });
    }
  });
  try {
    const first = await begin();
    sweep = first;
    teller.started(first);
    for (const action of heard) action();
    const stop = () => {
      note(say('cli.sweepStopping', { name: first.name }));
      // It may have ended in this very moment.
      core.call('sweeps.stop', { id: first.id }).catch(() => undefined);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    await over;
    return await core.call('sweeps.get', { id: first.id });
  } finally {
    unsubscribe();
  }
}

function exitCodeOfSweep({ status, error }: Sweep): number {
  if (status === 'completed') return exitCodes.done;
  if (status === 'stopped') return exitCodes.interrupted;
  return error ? exitCodeOf(error) : exitCodes.failed;
}

async function perform(file: string | undefined, options: SweepOptions): Promise<number> {
  const json = options.json === true;
  const { resume: reference, trials, workers, budget: budgetMs } = options;
  const interruption = watchInterruption();
  let ground: Ground | undefined;
  try {
    if (reference === undefined ? file === undefined || trials === undefined : file !== undefined)
      throw new EpochbookError('cli.sweepWhat');
    const place: Ground = file === undefined ? { workspace: workspaceHere(options) } : notebookHere(file, options);
    ground = place;
    const teller = json ? inJson : inText;
    return await withCore(place.workspace, async (core) => {
      const begin = async (): Promise<Sweep> => {
        if (reference !== undefined) return core.call('sweeps.resume', { id: reference, trials, workers, budgetMs });
        const { path, blocks, problems } = await core.call('notebook.open', { path: place.notebook! });
        for (const problem of problems) note(failureLine(problem, place));
        const { sampler, pruner, metric, direction, seed, set, range: ranges, only, backend, threads } = options;
        const how = { sampler, pruner, metric, direction, seed, workers, budgetMs, ranges, only, backend, threads };
        return core.call('sweeps.start', { path, blocks, knobs: { ...set }, trials: trials!, ...how });
      };
      const { sweep, trials: all } = await follow(core, begin, teller, place, interruption.signal);
      teller.ended(sweep, all, place);
      return exitCodeOfSweep(sweep);
    });
  } catch (error) {
    return reportFailure(error, { json, ground });
  } finally {
    interruption.end();
  }
}

/** Reads an option that is one of some names. */
function oneOf<T extends string>(option: string, names: readonly T[]): (value: string) => T {
  return (value) => {
    const found = names.find((name) => name === value);
    if (!found) throw new EpochbookError('cli.badName', { value, option, names: names.join(', ') });
    return found;
  };
}

export function addSweep(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('sweep')
        .description(say('cli.sweep'))
        .argument('[FILE]', say('cli.argument.sweepFile'))
        .option('--trials <N>', say('cli.option.trials'), wholeNumber('--trials', 'count'))
        .option('--sampler <NAME>', say('cli.option.sampler'), oneOf('--sampler', samplerNames), 'tpe')
        .option('--pruner <NAME>', say('cli.option.pruner'), oneOf('--pruner', prunerNames), 'none')
        .option('--metric <NAME>', say('cli.option.sweepMetric'))
        .option('--direction <NAME>', say('cli.option.direction'), oneOf('--direction', ['min', 'max']))
        .option('--seed <N>', say('cli.option.sweepSeed'), wholeNumber('--seed', 'whole'))
        .option('--workers <N>', say('cli.option.workers'), wholeNumber('--workers', 'count'))
        .option('--budget <TIME>', say('cli.option.budget'), readSpan)
        .option('--range <NAME=RANGE>', say('cli.option.range'), readRange)
        .option('--only <NAME>', say('cli.option.only'), (name: string, before: string[] | undefined) => [...(before ?? []), name])
        .option('--set <NAME=VALUE>', say('cli.option.set'), setKnob)
        .option('--backend <NAME>', say('cli.option.backend'))
        .option('--threads <N>', say('cli.option.threads'), wholeNumber('--threads', 'threads'))
        .option('--resume <SWEEP>', say('cli.option.resumeSweep')),
    ),
  ).action(async (file: string | undefined, options: SweepOptions) => {
    process.exitCode = await perform(file, options);
  });
}
