/** `run FILE`: trains, tells each epoch, ends as the run ended. */
import type { Request, Response } from '#contract/calls.ts';
import { EpochbookError, fromPlainError } from '#contract/errors.ts';
import type { Payload } from '#contract/events.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunId } from '#contract/ids.ts';
import { nearest } from '#contract/nearest.ts';
import type { RateSearch } from '#contract/observations.ts';
import type { EpochRow, RunSummary } from '#contract/runs.ts';
import { type LocalizedCommand, wholeNumber, withJson, withWorkspace } from '../command.ts';
import { type Core, notebookHere, withCore } from '../core.ts';
import { exitCodeOf, exitCodes, failureJson, failureLine, failureText, type Ground, reportFailure } from '../failure.ts';
import { watchInterruption } from '../interruption.ts';
import { type Knobs, setKnob } from '../knobs.ts';
import { createLoadingLine, type LoadingLine } from '../loading-line.ts';
import { note, print, printJson } from '../output.ts';
import { columnOfNumbers, duration, plainNumber, toMicroseconds } from '../text/numbers.ts';
import { rateSearchText } from '../text/observations.ts';
import { say } from '../words.ts';

interface RunOptions {
  readonly set?: Knobs;
  readonly seed?: number;
  readonly backend?: string;
  readonly device?: string;
  readonly threads?: number;
  readonly name?: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

/** What a run tells while it goes on. */
export interface Teller {
  /** Where how far the reading of the data is is shown. */
  readonly loading?: () => LoadingLine;
  started(run: RunSummary): void;
  /** What the learning rate finder found. */
  rateFound(runId: RunId, search: RateSearch): void;
  epochEnded(run: RunSummary, row: EpochRow): void;
  ended(run: RunSummary, ground: Ground): void;
}

export const jsonTeller: Teller = {
  started({ id, seed, backend, params, samples, parameters }) {
    printJson({ type: 'run.started', runId: id, seed, backend, params, samples, parameters });
  },
  epochEnded({ id, plannedEpochs }, { epoch, elapsedMs, learningRate, metrics }) {
    printJson({
      type: 'epoch.ended',
      runId: id,
      epoch,
      epochs: plannedEpochs,
      elapsedMs: toMicroseconds(elapsedMs),
      learningRate,
      metrics,
    });
  },
  rateFound(runId, { suggested, rates, losses }) {
    printJson({ type: 'learningRate.found', runId, suggested: suggested ?? null, rates, losses });
  },
  ended({ id, status, reason, epochs, best, error }, ground) {
    if (error) {
      note(failureLine(error, ground));
      printJson(failureJson(error, ground));
    }
    printJson({ type: 'run.ended', runId: id, status, reason, epochs, best });
  },
};

function bestText({ best }: RunSummary): string | undefined {
  return best && say('cli.bestIs', { metric: best.metric, value: plainNumber(best.value), epoch: best.epoch });
}

/** The share of the epoch in which training waited for its batches. */
const dataShare = ({ elapsedMs, phasesMs }: EpochRow) => (100 * (elapsedMs > 0 ? phasesMs.data / elapsedMs : 0)).toFixed(1);

export const textTeller: Teller = {
  loading: createLoadingLine,
  started({ id, name, backend, threads, seed, samples, parameters }) {
    note(say('cli.started', { id, name, backend, threads, seed: String(seed), parameters, ...samples }));
  },
  epochEnded({ plannedEpochs }, row) {
    const { epoch, elapsedMs, metrics } = row;
    const width = String(plannedEpochs).length;
    const values = Object.entries(metrics).map(([name, value]) => `${name} ${columnOfNumbers([value, 0.5])[0]}`);
    const place = say('cli.epoch', { epoch: String(epoch).padStart(width), epochs: plannedEpochs });
    note([place, ...values, duration(elapsedMs), say('cli.dataShare', { percent: dataShare(row) })].join('  '));
  },
  rateFound(_, search) {
    note(rateSearchText(search));
  },
  ended(run, ground) {
    const { id, name, status, reason = '', epochs, elapsedMs, error } = run;
    const best = bestText(run);
    note(say('cli.ended', { status, reason, epochs, time: duration(elapsedMs), best: best ?? 'none' }));
    if (status === 'diverged' && !error) note(`epochbook: ${say('cli.diverged', { epoch: Math.max(1, epochs) })}`);
    if (error) note(failureLine(error, ground));
    print([id, name, say('cli.status', { status }), ...(best === undefined ? [] : [best])].join('  '));
  },
};

export function exitCodeOfRun({ status, error }: RunSummary): number {
  if (status === 'completed') return exitCodes.done;
  if (status === 'stopped') return exitCodes.interrupted;
  return error ? exitCodeOf(error) : exitCodes.failed;
}

/** Throws where the notebook cannot be trained with what was asked for, before a run is made of it. */
async function checkOptions(core: Core, { backend, device }: RunOptions): Promise<void> {
  if (device !== undefined && device !== 'cpu' && device !== 'gpu') {
    throw new EpochbookError('cli.badValue', { value: device, option: '--device', wanted: 'device' });
  }
  if (backend === undefined) return;
  const backends = await core.call('backends.list', {});
  const names = backends.map(({ name }) => name);
  const found = backends.find(({ name }) => name === backend);
  if (!found) {
    throw new EpochbookError('engine.backendUnknown', {
      name: backend,
      nearest: nearest(backend, names) ?? 'none',
      names: names.join(', '),
    });
  }
  if (!found.available) throw new EpochbookError('engine.backendMissing', { backend, detail: found.detail ?? '' });
}

/** Of a train cell that only waits for a failed one, what is wrong with that one. */
async function causeOf(error: unknown, core: Core, state: Request<'notebook.check'>): Promise<unknown> {
  if (!(error instanceof EpochbookError) || !error.code.startsWith('notebook.blocked')) return error;
  const { cells } = await core.call('notebook.check', { ...state, until: String(error.values['cell']) });
  const failed = cells.find((cell) => cell.status === 'failed' && cell.error)?.error;
  return failed ? fromPlainError(failed) : error;
}

/** Where the graphics processor was wanted and could not be used: why. */
async function tellFallback(core: Core, { id: runId }: RunSummary): Promise<void> {
  const { environment } = await core.call('runs.get', { runId });
  if (environment?.fallback) note(say('cli.onProcessor', { reason: failureText(environment.fallback) }));
}

/** Trains what `begin` starts to the end; resolves with the run as it is then stored. */
export async function train(core: Core, begin: () => Promise<RunSummary>, teller: Teller, signal: AbortSignal): Promise<RunSummary> {
  const loading = teller.loading?.();
  let isStarted = false;
  let finish: (run: RunSummary) => void;
  const ended = new Promise<RunSummary>((resolve) => (finish = resolve));
  const unsubscribe = core.subscribe((event, payload) => {
    if (event === 'runs.changed') {
      const { run } = payload as { run: RunSummary };
      if (!isStarted && run.parameters > 0) {
        isStarted = true;
        loading?.end();
        teller.started(run);
        void tellFallback(core, run);
      }
      if (!isGoingOn(run)) finish(run);
    } else if (event === 'training.progressed') {
      if (!isStarted) loading?.progressed(payload as Payload<'training.progressed'>);
    } else if (event === 'training.observed') {
      const { runId, observation } = payload as Payload<'training.observed'>;
      if (observation.kind === 'rateSearch') teller.rateFound(runId, observation.content);
    } else if (event === 'training.epochEnded') {
      const { row, summary } = payload as { row: EpochRow; summary: RunSummary };
      teller.epochEnded(summary, row);
    }
  });
  try {
    const { id: runId } = await begin();
    const stop = () => {
      note(say('cli.stopping'));
      // It may have ended in this very moment.
      core.call('training.stop', { runId }).catch(() => undefined);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return await ended;
  } finally {
    loading?.end();
    unsubscribe();
  }
}

async function startRun(core: Core, notebook: Response<'notebook.open'>, options: RunOptions): Promise<RunSummary> {
  const { seed, backend, threads, name } = options;
  const device = options.device as 'cpu' | 'gpu' | undefined;
  const state = { path: notebook.path, blocks: notebook.blocks, knobs: { ...options.set } };
  try {
    return await core.call('training.start', { ...state, seed, backend, device, threads, name });
  } catch (error) {
    throw await causeOf(error, core, state);
  }
}

async function perform(file: string, options: RunOptions): Promise<number> {
  const json = options.json === true;
  const interruption = watchInterruption();
  let ground: Ground | undefined;
  try {
    const place = notebookHere(file, options);
    ground = place;
    return await withCore(place.workspace, async (core) => {
      const notebook = await core.call('notebook.open', { path: place.notebook });
      for (const problem of notebook.problems) note(failureLine(problem, place));
      await checkOptions(core, options);
      const teller = json ? jsonTeller : textTeller;
      const run = await train(core, () => startRun(core, notebook, options), teller, interruption.signal);
      teller.ended(run, place);
      return exitCodeOfRun(run);
    });
  } catch (error) {
    return reportFailure(error, { json, ground });
  } finally {
    interruption.end();
  }
}

export function addRun(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('run')
        .description(say('cli.run'))
        .argument('<FILE>', say('cli.argument.file'))
        .option('--set <NAME=VALUE>', say('cli.option.set'), setKnob)
        .option('--seed <N>', say('cli.option.seed'), wholeNumber('--seed', 'whole'))
        .option('--backend <NAME>', say('cli.option.backend'))
        .option('--device <NAME>', say('cli.option.device'))
        .option('--threads <N>', say('cli.option.threads'), wholeNumber('--threads', 'threads'))
        .option('--name <TEXT>', say('cli.option.name')),
    ),
  ).action(async (file: string, options: RunOptions) => {
    process.exitCode = await perform(file, options);
  });
}
