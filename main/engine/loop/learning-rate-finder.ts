/**
 * The learning rate range test (Smith, 2017, “Cyclical learning rates for training neural networks”, section 3.3): a
 * model of its own is trained while the rate rises from step to step, and what its loss does shows which rates are good.
 */
import type { RateSearch } from '#contract/observations.ts';
import type { Json, KerasObject } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import { isNumber, readCallback } from './callback-options.ts';
import type { TrainEvent, TrainJob } from './events.ts';
import { openFeed } from './feed.ts';
import { shuffledOrder } from './inputs.ts';
import { randomStream } from './random.ts';
import { openSession } from './session.ts';

export interface RateFinder {
  readonly minLearningRate: number;
  readonly maxLearningRate: number;
  readonly steps: number;
  /** The search ends where the smoothed loss is so many times the smallest so far. */
  readonly stopFactor: number;
}

const isPositive = (value: Json) => isNumber(value) && value > 0;
const options = {
  minLearningRate: { default: 1e-6, check: isPositive },
  maxLearningRate: { default: 1, check: isPositive },
  steps: { default: 100, check: (value: Json) => Number.isSafeInteger(value) && (value as number) >= 10 },
  stopFactor: { default: 4, check: (value: Json) => isNumber(value) && value > 1 },
};

/** Throws, with `at`, for options that cannot be. */
export function makeRateFinder(callback: KerasObject, at: string): RateFinder {
  const finder = readCallback(callback, options, at) as unknown as RateFinder;
  // The rates rise.
  const rising = { ...options, maxLearningRate: { default: 1, check: (value: Json) => isNumber(value) && value > finder.minLearningRate } };
  return readCallback(callback, rising, at) as unknown as RateFinder;
}

/** How much of the average is kept from step to step. */
const smoothing = 0.9;

/** The rate at which the smoothed loss falls the most from one step to the next but one, before it is smallest. */
export function suggestedRate(rates: readonly number[], smoothed: readonly number[]): number | undefined {
  let lowest = 0;
  for (let index = 0; index < smoothed.length; index++) if (smoothed[index] < smoothed[lowest]) lowest = index;
  let best: number | undefined;
  let steepest = 0;
  // The first averages are of few steps.
  for (let index = Math.min(5, lowest); index < lowest; index++) {
    const slope = (smoothed[index + 1] - smoothed[index - 1]) / Math.log(rates[index + 1] / rates[index - 1]);
    if (slope < steepest) [steepest, best] = [slope, rates[index]];
  }
  // Nobody wants more digits than that.
  return best === undefined ? undefined : Number(best.toPrecision(2));
}

/** `before` is asked ahead of every step: what to tell, or whether to stop; null is returned then. The job's own model stays as it is. */
export async function* searchRate(
  job: TrainJob,
  backend: Backend,
  { minLearningRate, maxLearningRate, steps, stopFactor }: RateFinder,
  before: (done: number, total: number) => Promise<TrainEvent | 'stop' | null>,
): AsyncGenerator<TrainEvent, RateSearch | null, undefined> {
  const session = openSession(job, backend);
  const part = job.data.train;
  const size = Math.min(job.train.batchSize, part.count);
  const feed = openFeed({ ...job.data, seed: job.train.seed, batchSize: size });
  try {
    const perPass = Math.floor(part.count / size);
    // States are carried between samples that follow each other.
    const inOrder = session.model.states.length > 0 ? Uint32Array.from({ length: part.count }, (_, index) => index) : null;
    const search = { rates: [] as number[], losses: [] as number[], smoothed: [] as number[] };
    let average = 0;
    let smallest = Infinity;
    for (let step = 0; step < steps; step++) {
      const event = await before(step, steps);
      if (event === 'stop') return null;
      if (event) yield event;
      const pass = Math.floor(step / perPass);
      if (step % perPass === 0) {
        feed.begin(pass + 1, inOrder ?? shuffledOrder(part, randomStream(job.train.seed, 'learning rate finder', pass)), 0);
        session.resetStates('step');
      }
      const rate = minLearningRate * (maxLearningRate / minLearningRate) ** (step / (steps - 1));
      const sums = await session.step(await feed.next(), step + 1, rate);
      const loss = sums.get('loss')![0] / size;
      if (!Number.isFinite(loss)) break;
      average = smoothing * average + (1 - smoothing) * loss;
      const smoothed = average / (1 - smoothing ** (step + 1));
      search.rates.push(rate);
      search.losses.push(loss);
      search.smoothed.push(smoothed);
      if (smoothed > stopFactor * smallest && smoothed > 0) break;
      smallest = Math.min(smallest, smoothed);
    }
    const suggested = suggestedRate(search.rates, search.smoothed);
    return { ...search, ...(suggested !== undefined && { suggested }) };
  } finally {
    await feed.close();
    await session.dispose();
  }
}
