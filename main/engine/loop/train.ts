/** The training loop: plain data in, events out. */
import type { BestEpoch, EndReason, EpochRow } from '#contract/runs.ts';
import type { Part } from '#contract/samples.ts';
import type { Json } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import type { Checkpoint, NamedTensor } from './checkpoint.ts';
import type { StoppingState } from './early-stopping.ts';
import type { TrainEvent, TrainJob } from './events.ts';
import { makePlan } from './plan.ts';
import type { PlateauState } from './plateau.ts';
import { permutation, randomStream } from './random.ts';
import { gatherBatch, openSession, type Session, sliceBatch, type Sums } from './session.ts';

export interface TrainOptions {
  readonly backend: Backend;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
  /** Awaited between steps: a pause is a promise that waits. */
  readonly gate?: { wait(): Promise<void> };
  /** Milliseconds; default `performance.now()`. */
  readonly clock?: () => number;
}

const progressIntervalMs = 100;

/** Sums over all samples so far. */
class Totals {
  readonly sums = new Map<string, Float64Array>();
  samples = 0;

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
 * job cannot be trained at all. A run is a function of job, backend and threads, to the bit; going on from the
 * checkpoint of an epoch's end gives the bits of an undisturbed run.
 */
export async function* train(job: TrainJob, options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  const session = openSession(job, options.backend);
  try {
    yield* run(job, options, session);
  } finally {
    await session.dispose();
  }
}

async function* run(
  job: TrainJob,
  { signal, gate, clock = () => performance.now() }: TrainOptions,
  session: Session,
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
  const totalSteps = stepCount * spec.epochs;
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
  const ended = (status: 'completed' | 'stopped' | 'diverged', reason: EndReason, epochs: number): TrainEvent => ({
    type: 'ended',
    status,
    reason,
    epochs,
    ...(best && { best }),
  });

  yield { type: 'progressed', phase: 'compiling', epoch: firstEpoch + 1, step: 0, steps: stepCount };
  const compileBegan = clock();
  await session.prepare('step', batchSize);
  if (part.count % batchSize > 0) await session.prepare('step', part.count % batchSize);
  const validationSize = validation ? Math.min(spec.batchSize, validation.count) : 0;
  if (validation) {
    await session.prepare('evaluation', validationSize);
    if (validation.count % validationSize > 0) await session.prepare('evaluation', validation.count % validationSize);
  }
  yield {
    type: 'started',
    parameters: session.parameters,
    samples: { train: part.count, validation: validation?.count ?? 0 },
    steps: stepCount,
    compileMs: clock() - compileBegan,
  };

  const buffers = {
    inputs: new Float32Array((part.inputs.length / part.count) * batchSize),
    targets: new Float32Array((part.targets.length / part.count) * batchSize),
  };
  const inOrder = Uint32Array.from({ length: part.count }, (_, index) => index);

  for (let epoch = firstEpoch + 1; epoch <= spec.epochs; epoch++) {
    const began = clock();
    pausedMs = 0;
    const phasesMs = { data: 0, steps: 0, validation: 0 };
    const totals = new Totals();
    const order = spec.shuffle ? permutation(part.count, randomStream(spec.seed, 'shuffle', epoch)) : inOrder;
    phasesMs.data += clock() - began;
    let samples = 0;
    let diverged = false;
    let step = 0;
    for (; step < stepCount && !diverged; step++) {
      if (!(await pass())) {
        yield ended('stopped', 'user', epoch - 1);
        return;
      }
      if (due()) yield { type: 'progressed', phase: 'training', epoch, step, steps: stepCount };
      const gathering = clock();
      const batch = gatherBatch(part, order, step * batchSize, Math.min(part.count, (step + 1) * batchSize), buffers);
      const stepping = clock();
      phasesMs.data += stepping - gathering;
      learningRate = constantRate ?? schedule.rateAt(iteration, totalSteps);
      const sums = await session.step(batch, ++iteration, learningRate);
      phasesMs.steps += clock() - stepping;
      totals.add(sums, batch.size);
      samples += batch.size;
      diverged = !Number.isFinite(sums.get('loss')![0]);
    }

    const metrics = session.results(totals.sums, totals.samples);
    if (validation && !diverged) {
      const validating = clock();
      const pausedBefore = pausedMs;
      const results = yield* validate(session, validation, validationSize, async (done, total) => {
        if (!(await pass())) return 'stop';
        return due() ? { type: 'progressed', phase: 'validating', epoch, step: done, steps: total } : null;
      });
      if (!results) {
        yield ended('stopped', 'user', epoch - 1);
        return;
      }
      Object.assign(metrics, results);
      phasesMs.validation = clock() - validating - (pausedMs - pausedBefore);
    }
    const elapsedMs = clock() - began - pausedMs;
    const row: EpochRow = { epoch, elapsedMs, learningRate, samples, steps: step, phasesMs, metrics };
    if (diverged) {
      yield { type: 'epochEnded', row };
      yield ended('diverged', 'nan', epoch);
      return;
    }

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
    const state: LoopState = {
      seed: spec.seed,
      iteration,
      learningRate: constantRate,
      best,
      stoppings,
      plateaus,
      ...(plan.budgetMs !== null && { spentMs }),
    };
    const checkpoint = (withSlots: boolean): Checkpoint => ({
      epoch,
      weights: session.weights(),
      slots: withSlots ? allSlots(session, kept) : new Map(),
      state: structuredState(state),
    });
    if (improved) yield { type: 'checkpoint', kind: 'best', checkpoint: checkpoint(false) };
    if (stop || epoch === spec.epochs) {
      session.finish();
      for (const weights of kept) if (weights) session.setWeights(weights);
    }
    yield { type: 'checkpoint', kind: 'last', checkpoint: checkpoint(true) };
    yield { type: 'epochEnded', row };
    if (stop) {
      yield ended('completed', stop, epoch);
      return;
    }
  }
  yield ended('completed', 'epochs', Math.max(firstEpoch, spec.epochs));
}

async function* validate(
  session: Session,
  part: Part,
  batchSize: number,
  before: (done: number, total: number) => Promise<TrainEvent | 'stop' | null>,
): AsyncGenerator<TrainEvent, Record<string, number> | null, undefined> {
  const totals = new Totals();
  const total = steps(part.count, batchSize);
  for (let step = 0; step < total; step++) {
    const event = await before(step, total);
    if (event === 'stop') return null;
    if (event) yield event;
    const batch = sliceBatch(part, step * batchSize, Math.min(part.count, (step + 1) * batchSize));
    totals.add(await session.evaluate(batch), batch.size);
  }
  const results = session.results(totals.sums, totals.samples);
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [`val_${name}`, value]));
}

function allSlots(session: Session, kept: readonly (ReadonlyMap<string, NamedTensor> | null)[]): Map<string, NamedTensor> {
  const slots = new Map(session.slots());
  kept.forEach((weights, index) => weights?.forEach((value, name) => slots.set(keptPrefix(index) + name, value)));
  return slots;
}

const structuredState = (state: LoopState): Json => JSON.parse(JSON.stringify(state)) as Json;
