/** Searches over a notebook's knobs: trials one after another in several trainer processes, each an ordinary run. */
import os from 'node:os';
import type { ParsedRequest } from '#contract/calls.ts';
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import type { Emit, Payload } from '#contract/events.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunId } from '#contract/ids.ts';
import { rangeOfKnob } from '#contract/knob-range.ts';
import { betterOf } from '#contract/metric-direction.ts';
import type { NotebookState } from '#contract/notebook.ts';
import type { EndReason, EpochRow, RunSummary } from '#contract/runs.ts';
import type { Knob, KnobValue, Spec } from '#contract/spec.ts';
import { type KnobRange, type Sweep, type SweepSettings, sweepTag, type Trial } from '#contract/sweeps.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { printNotebook } from '#notebook/print.ts';
import type { StoredSweep } from '#store/sweep-keeper.ts';
import { createTrainerHost } from '#trainer/host.ts';
import { evaluateSpec } from '../check.ts';
import type { Context } from '../context.ts';
import { createGoingOn, type GoingOn } from '../go-on.ts';
import { located } from '../located.ts';
import { foldersOf } from '../paths.ts';
import { createRunQueue, type RunQueue } from '../run-queue.ts';
import { prunerNamed, type TrialCurve } from './pruner.ts';
import { createSampler, type Observed } from './sampler.ts';
import { dimensionOf } from './space.ts';

export interface Sweeps {
  start(
    request: ParsedRequest<'sweeps.start'>,
    training: { backend: string; otherwise?: string | undefined; threads: number },
  ): Promise<Sweep>;
  resume(request: ParsedRequest<'sweeps.resume'>): Promise<Sweep>;
  /** Stops its trials, which stay as far as they came. */
  stop(id: string): void;
  get(reference: string): { sweep: Sweep; trials: Trial[] };
  list(notebook?: string): Sweep[];
  /** Tells of the sweeps that other processes work on, where these runs changed; `unknown`: any may have, likeliest the newest. */
  tellElsewhere(changed: readonly RunSummary[] | 'unknown'): void;
  /** What trains this run, where that is a trial. */
  queueOf(id: RunId): RunQueue | undefined;
  isBusy(): boolean;
  /** How many trials train, and are paused where those count too; one where the next is only being chosen. */
  count(withPaused: boolean): number;
  /** Stops all; resolves when they have ended. */
  stopAll(): Promise<void>;
}

interface Worker {
  readonly queue: RunQueue;
  readonly goingOn: GoingOn;
  /** Resolves with the run when it is over. */
  over(id: RunId): Promise<RunSummary>;
  close(): Promise<void>;
}

interface Active {
  readonly stored: StoredSweep;
  readonly workers: Worker[];
  /** By number. */
  readonly trials: Map<number, Trial>;
  /** By run: scores after each epoch, smaller the better. */
  readonly curves: Map<RunId, number[]>;
  readonly done: Promise<void>;
  stop(reason: 'user' | 'budget', error?: PlainError): void;
}

const isOver = (run: Pick<RunSummary, 'status'>) => !isGoingOn(run);
/** So many trials that fail before any did not say that all will. */
const failuresInARow = 3;

/** Whether a run's trial is not at its end: it was interrupted, or stopped before it was given up. */
const isUnfinished = ({ status, reason }: RunSummary) =>
  status === 'interrupted' || (status === 'stopped' && (reason === 'user' || reason === 'timeBudget'));

const hasValidation = ({ data }: Spec): boolean =>
  data.steps.some((step) => (step.op === 'split' && step.validation !== 0) || step.op === 'kFold' || step.op === 'withValidation');

function trialOf(run: RunSummary, { metric, direction, ranges }: SweepSettings): Trial {
  const summary = run.metrics[metric];
  const value = summary?.[direction];
  const searched = new Set(ranges.map(({ name }) => name));
  return {
    number: run.sweep?.trial ?? 0,
    runId: run.id,
    name: run.name,
    params: Object.fromEntries(Object.entries(run.params).filter(([name]) => searched.has(name))),
    status: run.status,
    ...(run.reason && { reason: run.reason }),
    ...(value !== undefined && !Number.isNaN(value) && { value, epoch: direction === 'min' ? summary.minEpoch : summary.maxEpoch }),
    epochs: run.epochs,
    ...(run.error && { error: run.error }),
  };
}

function withTrials(stored: StoredSweep, trials: readonly Trial[]): Sweep {
  const { direction } = stored.settings;
  const counts = { running: 0, completed: 0, pruned: 0, failed: 0 };
  let best: Trial | undefined;
  for (const trial of trials) {
    if (!isOver(trial)) counts.running++;
    else if (trial.status === 'completed') counts.completed++;
    else if (trial.reason === 'pruned') counts.pruned++;
    else counts.failed++;
    const isBad = trial.status === 'failed' || trial.status === 'diverged' || trial.value === undefined;
    if (isBad) continue;
    const isBetter = best?.value === undefined || (direction === 'min' ? trial.value! < best.value : trial.value! > best.value);
    if (isBetter) best = trial;
  }
  return { ...stored, trials: counts, ...(best && { best }) };
}

/**
 * The ranges to search: those of the text and, in their place or besides, those given; of these only the named ones. A
 * knob with a fixed value is not searched. Throws `sweep.noKnobs` and `sweep.knobUnknown`.
 */
function rangesFor(knobs: readonly Knob[], { ranges: given = [], only, knobs: fixed }: ParsedRequest<'sweeps.start'>): KnobRange[] {
  const names = knobs.map(({ name }) => name);
  const unknown = [...given.map(({ name }) => name), ...(only ?? [])].find((name) => !names.includes(name));
  if (unknown !== undefined) throw new EpochbookError('sweep.knobUnknown', { name: unknown, names: names.join(', ') || '–' });
  const found = knobs.flatMap((knob): KnobRange[] => {
    if (only ? !only.includes(knob.name) : Object.hasOwn(fixed, knob.name)) return [];
    const [own, said] = [rangeOfKnob(knob), given.find(({ name }) => name === knob.name)];
    if (!said) return own ? [own] : [];
    return said.choices || !own || own.choices ? [said] : [{ ...own, ...said }];
  });
  if (found.length === 0) throw new EpochbookError('sweep.noKnobs');
  return found;
}

export function createSweeps(context: Context): Sweeps {
  const active = new Map<string, Active>();
  /** Ids of those that went on in other processes when they were last looked at. */
  let goingElsewhere: ReadonlySet<string> = new Set();

  /** A process of its own for each worker, and a queue that runs one run at a time in it. */
  function createWorker(hear: Emit): Worker {
    const trainer = createTrainerHost({ fork: context.options.fork });
    const waiting = new Map<RunId, (run: RunSummary) => void>();
    const own: Context = {
      ...context,
      trainer,
      emit(name, payload) {
        context.emit(name, payload);
        hear(name, payload);
        if (name !== 'runs.changed') return;
        const { run } = payload as Payload<'runs.changed'>;
        if (isOver(run)) waiting.get(run.id)?.(run);
      },
    };
    const queue = createRunQueue(own);
    return {
      queue,
      goingOn: createGoingOn(own, queue),
      over(id) {
        const run = context.store().summary(id);
        return isOver(run) ? Promise.resolve(run) : new Promise((resolve) => waiting.set(id, resolve));
      },
      async close() {
        await queue.stopAll();
        await trainer.close();
      },
    };
  }

  function storedTrials({ id, settings }: StoredSweep): Trial[] {
    return context
      .store()
      .trialsOf(id)
      .map(({ runId }) => trialOf(context.store().summary(runId), settings));
  }

  const trialsOf = (stored: StoredSweep): Trial[] => {
    const going = active.get(stored.id);
    return going ? [...going.trials.values()].sort((a, b) => a.number - b.number) : storedTrials(stored);
  };

  function tell(stored: StoredSweep): Sweep {
    const sweep = withTrials(context.store().sweep(stored.id), trialsOf(stored));
    context.emit('sweeps.changed', { sweep });
    return sweep;
  }

  /** Goes on until there are as many trials as wanted. `before`: the trials there are, of a sweep that is gone on with. */
  function begin(stored: StoredSweep, state: NotebookState, before: readonly Trial[], otherwise: string | undefined): Sweep {
    const { settings, id } = stored;
    const { direction, metric } = settings;
    const store = () => context.store();
    const sign = direction === 'min' ? 1 : -1;
    const trials = new Map(before.map((trial) => [trial.number, trial]));
    const curves = new Map<RunId, number[]>();
    for (const { runId } of before)
      if (runId)
        curves.set(
          runId,
          (store().history(runId)[metric] ?? []).map(([, value]) => sign * value),
        );
    const unfinished = before.filter(({ runId }) => runId && isUnfinished(store().summary(runId)));
    const sampler = createSampler(settings.sampler, { ...settings, dimensions: settings.ranges.map(dimensionOf) });
    const pruner = prunerNamed(settings.pruner);
    let next = 1;
    let isExhausted = false;
    let bestScore: number | undefined;
    let ended: { reason: 'user' | 'budget' | 'error'; error?: PlainError } | undefined;

    /** Every epoch of a trial is told; the sweep as a whole where a trial begins, ends, or is the best so far. */
    const note = (trial: Trial) => {
      const before = trials.get(trial.number);
      trials.set(trial.number, trial);
      context.emit('sweeps.trialChanged', { sweepId: id, trial });
      const isBest = trial.value !== undefined && (bestScore === undefined || sign * trial.value < bestScore);
      if (isBest) bestScore = sign * trial.value!;
      if (isBest || before?.status !== trial.status || before.runId !== trial.runId) tell(stored);
    };

    const observed = (): Observed[] =>
      [...trials.values()]
        .sort((a, b) => a.number - b.number)
        .map(({ params, value, status, reason, epochs }) => ({
          params,
          ...(isOver({ status }) && status !== 'failed' && status !== 'diverged' && value !== undefined && { score: sign * value }),
          ...(reason === 'pruned' && { prunedAfter: epochs }),
        }));

    const hear: Emit = (name, payload) => {
      if (name === 'training.epochEnded') {
        const { row, summary } = payload as Payload<'training.epochEnded'>;
        epochEnded(summary, row);
      } else if (name === 'runs.changed') {
        const { run } = payload as Payload<'runs.changed'>;
        if (run.sweep?.id === id && run.parameters > 0) note(trialOf(run, settings));
      }
    };

    function epochEnded(run: RunSummary, { epoch, metrics }: EpochRow): void {
      const value = metrics[metric];
      if (value === undefined) {
        const error = new EpochbookError('sweep.metricMissing', { metric, names: Object.keys(metrics).join(', ') });
        end('error', toPlainError(error));
        return;
      }
      // What is gone on with may have lost its last epochs.
      const scores = [...(curves.get(run.id) ?? []).slice(0, epoch - 1), sign * value];
      curves.set(run.id, scores);
      note(trialOf(run, settings));
      const curveOf = (trial: Trial): TrialCurve => ({
        number: trial.number,
        scores: trial.runId ? (curves.get(trial.runId) ?? []) : [],
        isDone: trial.status === 'completed',
      });
      const own = trials.get(run.sweep!.trial)!;
      const others = [...trials.values()].filter(({ number }) => number !== own.number).map(curveOf);
      if (run.epochs < run.plannedEpochs && pruner.gives(curveOf(own), others, run.plannedEpochs)) stopRun(run.id, 'pruned');
    }

    function stopRun(runId: RunId, reason: EndReason): void {
      const worker = workers.find(({ queue }) => queue.isActive(runId));
      worker?.queue.stop(runId, reason);
    }

    function end(reason: 'user' | 'budget' | 'error', error?: PlainError): void {
      ended ??= { reason, ...(error && { error }) };
      for (const { runId, status } of trials.values()) if (runId && !isOver({ status })) stopIfEnded(runId);
    }

    /** The sweep may have been stopped while a trial was still being prepared. */
    function stopIfEnded(runId: RunId): void {
      if (ended) stopRun(runId, ended.reason === 'budget' ? 'timeBudget' : 'user');
    }

    async function evaluate(params: Readonly<Record<string, KnobValue>>) {
      return evaluateSpec({ ...state, knobs: { ...settings.fixed, ...params } }, stored.cell);
    }

    /** Throws what is wrong with the notebook under these values. */
    async function train(worker: Worker, number: number, params: Readonly<Record<string, KnobValue>>): Promise<RunSummary> {
      const { spec, evaluated } = await evaluate(params);
      const run = worker.queue.start({
        notebook: stored.notebook,
        cell: stored.cell,
        source: printNotebook(state.blocks),
        spec,
        params: Object.fromEntries(evaluated.knobs.map((knob) => [knob.name, knob.value])),
        name: `${stored.name}-${number}`,
        tags: [sweepTag(stored.name)],
        sweep: { id, trial: number },
        backend: settings.backend,
        otherwise,
        threads: settings.threads,
        folders: foldersOf(context.folder(), stored.notebook),
        locate: (error) => located(error, evaluated, stored.cell),
      });
      note(trialOf(run, settings));
      stopIfEnded(run.id);
      return worker.over(run.id);
    }

    /** What a worker is to do next: a trial that was begun, else one more. */
    function claim(): { resume: Trial } | { number: number; params: Record<string, KnobValue> } | undefined {
      if (ended || isExhausted) return undefined;
      const begun = unfinished.shift();
      if (begun) return { resume: begun };
      while (trials.has(next)) next++;
      if (next > settings.trials) return undefined;
      const params = sampler.suggest(next, observed());
      if (!params) {
        isExhausted = true;
        return undefined;
      }
      const number = next;
      // Its place is taken before anything is awaited.
      trials.set(number, { number, name: `${stored.name}-${number}`, params, status: 'queued', epochs: 0 });
      return { number, params };
    }

    async function perform(worker: Worker, claimed: NonNullable<ReturnType<typeof claim>>): Promise<Trial> {
      if ('resume' in claimed) {
        const { resume: trial } = claimed;
        const runId = trial.runId!;
        try {
          const run = await worker.goingOn.resume({ runId });
          note(trialOf(run, settings));
          stopIfEnded(runId);
          return trialOf(await worker.over(runId), settings);
        } catch (error) {
          // It is at its end after all, or what it goes on from is gone.
          return { ...trial, error: toPlainError(error) };
        }
      }
      const { number, params } = claimed;
      try {
        return trialOf(await train(worker, number, params), settings);
      } catch (error) {
        return {
          number,
          name: `${stored.name}-${number}`,
          params,
          status: 'failed',
          reason: 'error',
          epochs: 0,
          error: toPlainError(error),
        };
      }
    }

    async function work(worker: Worker): Promise<void> {
      for (let claimed = claim(); claimed; claimed = claim()) {
        const trial = await perform(worker, claimed);
        note(trial);
        const all = [...trials.values()].filter(isOver);
        const failed = all.filter(({ status }) => status === 'failed');
        if (failed.length >= failuresInARow && failed.length === all.length) end('error', trial.error);
      }
    }

    const workers = Array.from({ length: Math.min(settings.workers, settings.trials) }, () => createWorker(hear));
    const budget = settings.budgetMs === undefined ? undefined : setTimeout(() => end('budget'), settings.budgetMs);
    const run = async (): Promise<void> => {
      try {
        await Promise.all(workers.map(work));
      } catch (error) {
        end('error', toPlainError(error));
      } finally {
        clearTimeout(budget);
        await Promise.all(workers.map((worker) => worker.close()));
      }
      const isStopped = ended !== undefined;
      const status = ended?.reason === 'error' ? 'failed' : ended?.reason === 'user' ? 'stopped' : 'completed';
      const reason = ended?.reason ?? (isExhausted && !isStopped ? 'exhausted' : 'trials');
      store().endSweep(id, { status, reason, ...(ended?.error && { error: ended.error }) });
      const last = withTrials(store().sweep(id), trialsOf(stored));
      active.delete(id);
      context.emit('sweeps.changed', { sweep: last });
    };
    const going: Active = { stored, workers, trials, curves, stop: end, done: Promise.resolve() };
    active.set(id, going);
    active.set(id, { ...going, done: run() });
    return tell(stored);
  }

  return {
    async start(request, { backend, otherwise, threads }) {
      const { path, blocks, knobs: fixed, cell, trials, sampler, pruner, seed, budgetMs } = request;
      const { spec, evaluated } = await evaluateSpec(request, cell);
      const workers = request.workers;
      const metric = request.metric ?? (hasValidation(spec) ? 'val_loss' : 'loss');
      const ranges = rangesFor(evaluated.knobs, request);
      for (const range of ranges) dimensionOf(range);
      const settings: SweepSettings = {
        trials,
        sampler,
        pruner,
        metric,
        direction: request.direction ?? betterOf(metric),
        seed,
        workers,
        ...(budgetMs !== undefined && { budgetMs }),
        ranges,
        fixed,
        backend,
        threads: Math.max(1, Math.floor((threads === 0 ? os.cpus().length : threads) / workers)),
      };
      const stored = context
        .store()
        .createSweep({ notebook: path, ...(cell !== undefined && { cell }), settings, source: printNotebook(blocks) });
      return begin(stored, { path, blocks, knobs: fixed }, [], otherwise);
    },

    async resume({ id, trials, workers, budgetMs }) {
      const store = context.store();
      const stored = store.sweep(id);
      if (active.has(stored.id)) throw new EpochbookError('sweep.running', { name: stored.name });
      const before = storedTrials(stored);
      const { budgetMs: _budget, ...kept } = stored.settings;
      const many = workers ?? kept.workers;
      const settings: SweepSettings = {
        ...kept,
        trials: trials ?? kept.trials,
        workers: many,
        ...(budgetMs !== undefined && { budgetMs }),
      };
      const isDone = before.length >= settings.trials && !before.some(({ runId }) => runId && isUnfinished(store.summary(runId)));
      if (isDone) throw new EpochbookError('sweep.done', { name: stored.name, trials: before.length });
      store.goOnWithSweep(stored.id, settings);
      const { blocks } = parseNotebook(store.sweepSource(stored.id));
      return begin(store.sweep(stored.id), { path: stored.notebook, blocks, knobs: settings.fixed }, before, undefined);
    },

    stop(id) {
      const going = active.get(id);
      if (!going) throw new EpochbookError('sweep.elsewhere', { name: context.store().sweep(id).name });
      going.stop('user');
    },
    get(reference) {
      const stored = context.store().sweep(reference);
      const trials = trialsOf(stored);
      return { sweep: withTrials(stored, trials), trials };
    },
    list: (notebook) =>
      context
        .store()
        .sweeps(notebook)
        .map((stored) => withTrials(stored, trialsOf(stored))),
    tellElsewhere(changed) {
      const stored = context
        .store()
        .sweeps()
        .filter(({ id }) => !active.has(id));
      const summaries = changed === 'unknown' ? [] : changed;
      const changedSweeps = new Set(summaries.map(({ sweep }) => sweep?.id));
      const going = new Set(stored.filter(({ status }) => status === 'running').map(({ id }) => id));
      if (changed === 'unknown') changedSweeps.add(stored[0]?.id);
      for (const one of stored) if (going.has(one.id) || goingElsewhere.has(one.id) || changedSweeps.has(one.id)) tell(one);
      goingElsewhere = going;
      for (const run of summaries) {
        const of = stored.find(({ id }) => id === run.sweep?.id);
        if (of) context.emit('sweeps.trialChanged', { sweepId: of.id, trial: trialOf(run, of.settings) });
      }
    },
    queueOf: (id) => [...active.values()].flatMap(({ workers }) => workers).find(({ queue }) => queue.isActive(id))?.queue,
    isBusy: () => active.size > 0,
    count: (withPaused) =>
      [...active.values()].reduce((sum, { workers }) => {
        const queues = workers.map(({ queue }) => queue);
        return sum + (queues.some((queue) => queue.isBusy()) ? queues.reduce((own, queue) => own + queue.count(withPaused), 0) : 1);
      }, 0),
    async stopAll() {
      const all = [...active.values()];
      for (const each of all) each.stop('user');
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
