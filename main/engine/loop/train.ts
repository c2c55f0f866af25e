/** The training loop: plain data in, events out. */
import type { PlainError } from '#contract/errors.ts';
import type { Confusion } from '#contract/observations.ts';
import type { BestEpoch, EndReason, EpochRow } from '#contract/runs.ts';
import type { Part } from '#contract/samples.ts';
import type { Json } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import type { Checkpoint, NamedTensor } from './checkpoint.ts';
import { divergence } from './divergence.ts';
import type { StoppingState } from './early-stopping.ts';
import type { TrainEvent, TrainJob } from './events.ts';
import { epochOrder, openSlices } from './batches.ts';
import { type BatchFeed, openFeed } from './feed.ts';
import { searchRate } from './learning-rate-finder.ts';
import { makePlan } from './plan.ts';
import { updatesAt } from './optimizers.ts';
import type { PlateauState } from './plateau.ts';
import { openSession, type ProgramKind, type Session, type Sums } from './session.ts';

export interface TrainOptions {
  readonly backend: Backend;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
  /** Awaited between steps: a pause is a promise that waits. */
  readonly gate?: { wait(): Promise<void> };
  /** Milliseconds; default `performance.now()`. */
  readonly clock?: () => number;
  /** Time between two checkpoints inside of an epoch; longer where keeping one takes long. */
  readonly checkpointMs?: number;
}

const progressIntervalMs = 100;
const usualCheckpointMs = 30_000;
/** Keeping checkpoints may take this share of the time. */
const checkpointShare = 0.05;

/** Sums over all samples so far. */
class Totals {
  readonly sums: Map<string, Float64Array>;
  samples: number;

  constructor(from?: WithinEpoch) {
    this.sums = new Map(Object.entries(from?.sums ?? {}).map(([name, values]) => [name, Float64Array.from(values)]));
    this.samples = from?.samples ?? 0;
  }

  add(sums: Sums, samples: number): void {
    for (const [name, values] of sums) {
      const total = this.sums.get(name) ?? new Float64Array(values.length);
      for (let index = 0; index < total.length; index++) total[index] += values[index];
      this.sums.set(name, total);
    }
    this.samples += samples;
  }
}

/** What a checkpoint's `state` holds. */
interface LoopState {
  readonly seed: number;
  /** Steps done over all epochs: what the optimizer's corrections count. */
  readonly iteration: number;
  /** Of the epoch to come, where no schedule says it. */
  readonly learningRate: number | null;
  readonly best: BestEpoch | null;
  readonly stoppings: readonly StoppingState[];
  readonly plateaus: readonly PlateauState[];
  /** Time spent in epochs, only where there is a budget: all else is the same each time a run is made. */
  readonly spentMs?: number;
  /** Steps that were done when the optimizer's slots were new: 0, unless a fork began with another optimizer. */
  readonly optimizerSince?: number;
  /** Why training is over, where it is. */
  readonly stop?: EndReason;
  /** Of the last epoch that ended, so that it is not lost where the process ended before it was told. */
  readonly row?: EpochRow;
  /** Of an epoch that was going on. */
  readonly within?: WithinEpoch;
}

/** What an unfinished epoch has come to. */
interface WithinEpoch {
  /** Steps done. */
  readonly step: number;
  readonly samples: number;
  readonly sums: Readonly<Record<string, readonly number[]>>;
  readonly learningRate: number;
  readonly elapsedMs: number;
  readonly phasesMs: EpochRow['phasesMs'];
}

function resumedState(from: Checkpoint | undefined): Partial<LoopState> {
  return (from?.state ?? {}) as unknown as Partial<LoopState>;
}

/** Kept weights travel with the optimizer's slots. */
const keptPrefix = (index: number) => `earlyStopping/${index}/`;

function keptWeights(from: Checkpoint | undefined, index: number): Map<string, NamedTensor> | null {
  const prefix = keptPrefix(index);
  const kept = new Map(
    [...(from?.slots ?? [])].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
  );
  return kept.size > 0 ? kept : null;
}

const steps = (samples: number, batchSize: number) => Math.ceil(samples / batchSize);

/**
 * Trains. Ends with one `ended` event, whether done, stopped or diverged; throws EpochbookError (with `at`) where the
 * job cannot be trained at all. A run is a function of job, backend and threads, to the bit; going on from any of its
 * checkpoints but the best gives the bits of an undisturbed run.
 */
export async function* train(job: TrainJob, options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  const session = openSession(job, options.backend);
  const { train: spec, data } = job;
  // Its thread starts while the model is compiled.
  const feed = openFeed({ ...data, seed: spec.seed, batchSize: Math.min(spec.batchSize, data.train.count) });
  try {
    yield* run(job, options, session, feed);
  } finally {
    await feed.close();
    await session.dispose();
  }
}

async function* run(
  job: TrainJob,
  { backend, signal, gate, clock = () => performance.now(), checkpointMs = usualCheckpointMs }: TrainOptions,
  session: Session,
  feed: BatchFeed,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { train: spec, data, from } = job;
  const { train: part, validation } = data;
  const { optimizer, metricNames } = session;
  const reported = [...metricNames, ...(validation ? metricNames.map((name) => `val_${name}`) : [])];
  const plan = makePlan(spec, reported);
  const batchSize = Math.min(spec.batchSize, part.count);
  const stepCount = steps(part.count, batchSize);
  const resumed = resumedState(from);
  const { schedule } = optimizer;
  const { accumulationSteps } = optimizer;
  const totalUpdates = Math.ceil((stepCount * spec.epochs) / accumulationSteps);
  /** Lowered on a plateau; null where a schedule says it. */
  let constantRate = resumed.learningRate ?? schedule.constant;
  let learningRate = constantRate ?? 0;
  let spentMs = resumed.spentMs ?? 0;
  let iteration = resumed.iteration ?? 0;
  let best: BestEpoch | null = resumed.best ?? null;
  const stoppings = plan.stoppings.map((stopping, index) => resumed.stoppings?.[index] ?? stopping.initial);
  const plateaus = plan.plateaus.map((plateau, index) => resumed.plateaus?.[index] ?? plateau.initial);
  const kept = plan.stoppings.map((_, index) => keptWeights(from, index));
  const firstEpoch = from?.epoch ?? 0;
  const optimizerSince = resumed.optimizerSince ?? 0;
  let lastRow = resumed.row;
  /** Of the epoch to begin with: the part that was done before. */
  let before = resumed.within;

  const allSlots = (): Map<string, NamedTensor> => {
    const slots = new Map(session.slots());
    kept.forEach((weights, index) => weights?.forEach((value, name) => slots.set(keptPrefix(index) + name, value)));
    return slots;
  };
  const checkpoint = (epoch: number, more: Pick<LoopState, 'stop' | 'within'>, withSlots = true): Checkpoint => {
    const state: LoopState = {
      seed: spec.seed,
      iteration,
      learningRate: constantRate,
      best,
      stoppings,
      plateaus,
      ...(plan.budgetMs !== null && { spentMs }),
      ...(optimizerSince > 0 && { optimizerSince }),
      ...(lastRow && { row: lastRow }),
      ...more,
    };
    return {
      epoch,
      weights: session.weights(),
      slots: withSlots ? allSlots() : new Map(),
      state: structuredClone(state) as unknown as Json,
    };
  };
  /** The model as training leaves it: what the optimizer or early stopping kept for the end. */
  function* conclude(epoch: number, stop: EndReason): Generator<TrainEvent> {
    const isChanged = optimizer.finalSlot !== null || kept.some((weights) => weights !== null);
    if (isChanged) {
      yield { type: 'checkpoint', kind: 'trained', checkpoint: checkpoint(epoch, { stop }) };
      session.finish();
      for (const weights of kept) if (weights) session.setWeights(weights);
    }
    yield { type: 'checkpoint', kind: 'last', checkpoint: checkpoint(epoch, { stop }) };
  }

  let lastProgress = -Infinity;
  const due = () => {
    const now = clock();
    if (now - lastProgress < progressIntervalMs) return false;
    lastProgress = now;
    return true;
  };
  let pausedMs = 0;
  /** Whether to go on. */
  const pass = async (): Promise<boolean> => {
    if (gate) {
      const began = clock();
      await gate.wait();
      pausedMs += clock() - began;
    }
    return signal?.aborted !== true;
  };
  const ended = (status: 'completed' | 'stopped' | 'diverged', reason: EndReason, epochs: number, error?: PlainError): TrainEvent => ({
    type: 'ended',
    status,
    reason,
    epochs,
    ...(best && { best }),
    ...(error && { error }),
  });

  // Between the last epoch and the end there is nothing to train.
  const over = resumed.stop !== undefined && (resumed.stop !== 'epochs' || firstEpoch >= spec.epochs) ? resumed.stop : undefined;

  yield { type: 'progressed', phase: 'compiling', epoch: firstEpoch + 1, step: 0, steps: stepCount };
  const compileBegan = clock();
  const stepKinds: readonly ProgramKind[] = accumulationSteps > 1 ? ['gathering', 'step'] : ['step'];
  for (const kind of stepKinds) {
    await session.prepare(kind, batchSize);
    if (part.count % batchSize > 0) await session.prepare(kind, part.count % batchSize);
  }
  if (spec.watch) await session.prepare('watched', batchSize);
  const validationSize = validation ? Math.min(spec.batchSize, validation.count) : 0;
  if (validation) {
    await session.prepare('evaluation', validationSize);
    if (validation.count % validationSize > 0) await session.prepare('evaluation', validation.count % validationSize);
  }
  const { rateFinder } = plan;
  yield {
    type: 'started',
    parameters: session.parameters,
    samples: { train: part.count, validation: validation?.count ?? 0 },
    steps: stepCount,
    compileMs: clock() - compileBegan,
  };

  if (rateFinder && !from) {
    const content = yield* searchRate(job, backend, rateFinder, async (step, steps) => {
      if (!(await pass())) return 'stop';
      return due() ? { type: 'progressed', phase: 'searching', epoch: 1, step, steps } : null;
    });
    if (!content) {
      yield ended('stopped', 'user', 0);
      return;
    }
    yield { type: 'observed', observation: { kind: 'rateSearch', content } };
  }

  /** The last whole step of an epoch that `before` steps precede, and which updates if any does. */
  const watchedStep = (before: number): number => {
    const whole = Math.max(1, Math.floor(part.count / batchSize));
    for (let step = whole - 1; step >= 0; step--) if (updatesAt(optimizer, before - optimizerSince + step + 1)) return step;
    return whole - 1;
  };

  if (over !== undefined) {
    yield* conclude(firstEpoch, over);
    yield ended('completed', over, firstEpoch);
    return;
  }
  let checkpointAt = clock() + checkpointMs;
  for (let epoch = firstEpoch + 1; epoch <= spec.epochs; epoch++) {
    const began = clock();
    pausedMs = 0;
    const elapsedBefore = before?.elapsedMs ?? 0;
    const phasesMs = { data: 0, steps: 0, validation: 0, ...before?.phasesMs };
    const totals = new Totals(before);
    const order = epochOrder(part, spec, epoch);
    let step = before?.step ?? 0;
    feed.begin(epoch, order, step);
    if (step === 0) session.resetStates('step');
    phasesMs.data += clock() - began;
    let diverged: PlainError | null = null;
    learningRate = before?.learningRate ?? learningRate;
    before = undefined;
    const watchedAt = spec.watch && epoch % spec.watch.every === 0 ? watchedStep(iteration - step) : -1;
    const elapsed = () => clock() - began - pausedMs + elapsedBefore;
    const within = (): TrainEvent => {
      const sums = Object.fromEntries([...totals.sums].map(([name, values]) => [name, [...values]]));
      const place = { step, samples: totals.samples, sums, learningRate, elapsedMs: elapsed(), phasesMs };
      return { type: 'checkpoint', kind: 'within', checkpoint: checkpoint(epoch - 1, { within: place }) };
    };
    for (; step < stepCount && !diverged; step++) {
      if (!(await pass())) {
        if (step > 0) {
          await session.fetch();
          yield within();
        }
        yield ended('stopped', 'user', epoch - 1);
        return;
      }
      if (step > 0 && (clock() >= checkpointAt || (plan.backupSteps !== null && iteration % plan.backupSteps === 0))) {
        const keeping = clock();
        await session.fetch();
        yield within();
        const keptAt = clock();
        // What took long to keep is kept less often.
        checkpointAt = keptAt + Math.max(checkpointMs, (keptAt - keeping) / checkpointShare);
        pausedMs += keptAt - keeping;
      }
      if (due()) yield { type: 'progressed', phase: 'training', epoch, step, steps: stepCount };
      const gathering = clock();
      const batch = await feed.next();
      const stepping = clock();
      phasesMs.data += stepping - gathering;
      learningRate = constantRate ?? schedule.rateAt(Math.floor(iteration / accumulationSteps), totalUpdates);
      iteration++;
      let sums: Sums;
      if (step === watchedAt) {
        const { sums: found, watched } = await session.watchedStep(batch, iteration, learningRate, spec.watch!.histograms);
        sums = found;
        yield { type: 'observed', observation: { kind: 'watched', content: { epoch, step: step + 1, ...watched } } };
      } else sums = await session.step(batch, iteration, learningRate);
      phasesMs.steps += clock() - stepping;
      totals.add(sums, batch.size);
      if (!Number.isFinite(sums.get('loss')![0])) {
        const wrong = await session.explain(batch, iteration);
        const row = wrong.sample === undefined ? undefined : part.rows[order[step * batchSize + wrong.sample]];
        diverged = divergence(wrong, { epoch, step: step + 1, learningRate, row });
      }
    }
    // The last step may have spoilt the weights with a loss that was fine: such weights are not kept.
    const spoilt = diverged ? null : await session.wrongWeights();
    if (spoilt !== null) diverged = divergence({ what: 'weights', layer: spoilt }, { epoch, step, learningRate });

    const metrics = session.results(totals.sums, totals.samples);
    const { samples } = totals;
    let confusion = session.confusion(totals.sums);
    if (validation && !diverged) {
      const validating = clock();
      const pausedBefore = pausedMs;
      if (plan.averaged) session.swapAverages();
      const results = yield* validate(session, validation, validationSize, async (done, total) => {
        if (!(await pass())) return 'stop';
        return due() ? { type: 'progressed', phase: 'validating', epoch, step: done, steps: total } : null;
      });
      if (plan.averaged) session.swapAverages();
      if (!results) {
        await session.fetch();
        yield within();
        yield ended('stopped', 'user', epoch - 1);
        return;
      }
      Object.assign(metrics, Object.fromEntries(Object.entries(results.metrics).map(([name, value]) => [`val_${name}`, value])));
      confusion = results.confusion;
      phasesMs.validation = clock() - validating - (pausedMs - pausedBefore);
    }
    const elapsedMs = elapsed();
    const row: EpochRow = { epoch, elapsedMs, learningRate, samples, steps: step, phasesMs, metrics };
    if (diverged) {
      yield { type: 'epochEnded', row };
      yield ended('diverged', 'nan', epoch, diverged);
      return;
    }

    lastRow = row;
    await session.fetch();
    if (plan.averaged === 'epoch') session.swapAverages();
    let stop: EndReason | null = null;
    plan.stoppings.forEach((stopping, index) => {
      const next = stopping.after(stoppings[index], epoch, metrics[stopping.monitor]);
      stoppings[index] = next.state;
      if (next.stop) stop = 'earlyStopping';
      if (next.keepWeights && stopping.restoreBestWeights) kept[index] = new Map(session.weights());
    });
    plan.plateaus.forEach((plateau, index) => {
      const next = plateau.after(plateaus[index], metrics[plateau.monitor], constantRate!);
      plateaus[index] = next.state;
      constantRate = next.learningRate;
    });
    spentMs += elapsedMs;
    // Only whole epochs, so that they are those of a run without a budget; the next is taken to last as long as this.
    if (plan.budgetMs !== null && epoch < spec.epochs && spentMs + elapsedMs > plan.budgetMs) stop ??= 'timeBudget';
    const value = metrics[plan.best.metric];
    const improved = !Number.isNaN(value) && (best === null || plan.best.better(value, best.value));
    if (improved) best = { metric: plan.best.metric, epoch, value };
    if (confusion) {
      const content: Confusion = { epoch, part: validation ? 'validation' : 'training', ...confusion };
      yield { type: 'observed', observation: { kind: 'confusionLast', content } };
      if (improved) yield { type: 'observed', observation: { kind: 'confusionBest', content } };
    }
    if (improved) yield { type: 'checkpoint', kind: 'best', checkpoint: checkpoint(epoch, {}, false) };
    if (plan.averaged === 'epoch') session.swapAverages();
    if (epoch === spec.epochs) stop ??= 'epochs';
    if (stop) yield* conclude(epoch, stop);
    else yield { type: 'checkpoint', kind: 'last', checkpoint: checkpoint(epoch, {}) };
    checkpointAt = clock() + checkpointMs;
    yield { type: 'epochEnded', row };
    if (stop) {
      yield ended('completed', stop, epoch);
      return;
    }
  }
  yield ended('completed', 'epochs', firstEpoch);
}

/** What a part of the data comes to under a model. */
export interface Evaluation {
  readonly metrics: Record<string, number>;
  readonly confusion: ReturnType<Session['confusion']>;
}

/** Loss, metrics and confusion over a part, in batches as training takes them; null where `before` says to stop. */
export async function* validate(
  session: Session,
  part: Part,
  batchSize: number,
  before: (done: number, total: number) => Promise<TrainEvent | 'stop' | null>,
): AsyncGenerator<TrainEvent, Evaluation | null, undefined> {
  const totals = new Totals();
  const total = steps(part.count, batchSize);
  session.resetStates('evaluation');
  const slices = openSlices(part);
  try {
    for (let step = 0; step < total; step++) {
      const event = await before(step, total);
      if (event === 'stop') return null;
      if (event) yield event;
      const batch = slices.slice(step * batchSize, Math.min(part.count, (step + 1) * batchSize));
      totals.add(await session.evaluate(batch), batch.size);
    }
  } finally {
    slices.close();
  }
  return { metrics: session.results(totals.sums, totals.samples), confusion: session.confusion(totals.sums) };
}
