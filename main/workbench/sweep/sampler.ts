/** Which values a trial gets: a function of the sweep's seed, the trial's number and, for one sampler, the trials before. */
import { permutation, randomStream } from '#engine/loop/random.ts';
import type { KnobValue } from '#contract/spec.ts';
import type { SamplerName } from '#contract/sweeps.ts';
import type { Dimension } from './space.ts';
import { mostDimensions, sobolPoint } from './sobol.ts';
import { goodCount, proposePlace, startupTrials } from './tpe.ts';

/** A trial as a sampler learns from it. */
export interface Observed {
  readonly params: Readonly<Record<string, KnobValue>>;
  /** Smaller is better; undefined while it goes on, or where it came to nothing. */
  readonly score?: number | undefined;
  /** Of a trial that was given up: worse than any that was not, and the worse the earlier. */
  readonly prunedAfter?: number | undefined;
}

export interface Sampler {
  /** `number` from 1. Null where there is nothing left to try. */
  suggest(number: number, before: readonly Observed[]): Record<string, KnobValue> | null;
}

interface SamplerOptions {
  readonly dimensions: readonly Dimension[];
  /** How many trials there are to be. */
  readonly trials: number;
  readonly seed: number;
}

type Places = (number: number, before: readonly Observed[]) => readonly number[] | null;

/** One place in each of as many even pieces of every line, in a random order (McKay, Beckman and Conover, 1979). */
function latin({ dimensions, trials, seed }: SamplerOptions): Places {
  const orders = dimensions.map((_, index) => permutation(trials, randomStream(seed, 'latin', index)));
  return (number) => {
    if (number > trials) return null;
    const stream = randomStream(seed, 'latin place', number);
    return orders.map((order) => (order[number - 1] + stream.uniform()) / trials);
  };
}

/**
 * Levels of each dimension: all choices; of lines as many as make up the trials, the ends among them, but two at least.
 */
export function gridLevels(dimensions: readonly Dimension[], trials: number): number[] {
  const levels = dimensions.map(({ ordered, count = Infinity }) => (ordered ? Math.min(2, count) : count));
  const points = () => levels.reduce((product, level) => product * level, 1);
  for (let grown = true; grown;) {
    grown = false;
    for (const [index, { ordered, count = Infinity }] of dimensions.entries()) {
      if (!ordered || levels[index] >= count) continue;
      levels[index]++;
      if (points() <= trials) grown = true;
      else levels[index]--;
    }
  }
  return levels;
}

function grid({ dimensions, trials, seed }: SamplerOptions): Places {
  const levels = gridLevels(dimensions, trials);
  const points = levels.reduce((product, level) => product * level, 1);
  // Where not all are tried, those that are lie anywhere in it.
  const order = points > trials ? permutation(points, randomStream(seed, 'grid')) : undefined;
  return (number) => {
    if (number > points) return null;
    let rest = order ? order[number - 1] : number - 1;
    return dimensions.map(({ ordered, count }, index) => {
      const level = rest % levels[index];
      rest = Math.floor(rest / levels[index]);
      if (!ordered) return (level + 0.5) / levels[index];
      const share = levels[index] === 1 ? 0 : level / (levels[index] - 1);
      return count === undefined ? share : (Math.round(share * (count - 1)) + 0.5) / count;
    });
  };
}

const worse = ({ score, prunedAfter }: Observed): number =>
  score === undefined || Number.isNaN(score) ? 2 : prunedAfter === undefined ? 0 : 1;

/** Best first: what was trained to its end, what was given up (late before early), what came to nothing or still goes on. */
function ranked(before: readonly Observed[]): Observed[] {
  return [...before].sort((a, b) => worse(a) - worse(b) || (b.prunedAfter ?? 0) - (a.prunedAfter ?? 0) || (a.score ?? 0) - (b.score ?? 0));
}

function tpe({ dimensions, seed }: SamplerOptions): Places {
  return (number, before) => {
    const stream = randomStream(seed, 'tpe', number);
    const judged = before.filter((each) => worse(each) < 2);
    if (judged.length < startupTrials) return dimensions.map(() => stream.uniform());
    const order = ranked(before);
    const good = goodCount(judged.length);
    return dimensions.map((dimension) => {
      const places = (trials: readonly Observed[]) =>
        trials.flatMap(({ params }) => {
          const value = params[dimension.name];
          const place = value === undefined ? undefined : dimension.placeOf(value);
          return place === undefined ? [] : [place];
        });
      return proposePlace(dimension, places(order.slice(0, good)), places(order.slice(good)), stream);
    });
  };
}

const makers: Readonly<Record<SamplerName, (options: SamplerOptions) => Places>> = {
  grid,
  latin,
  tpe,
  random:
    ({ dimensions, seed }) =>
    (number) => {
      const stream = randomStream(seed, 'random', number);
      return dimensions.map(() => stream.uniform());
    },
  sobol:
    ({ dimensions, seed }) =>
    (number) => {
      const stream = randomStream(seed, 'sobol rest', number);
      return dimensions.map((_, index) => (index < mostDimensions ? sobolPoint(number - 1, index, seed) : stream.uniform()));
    },
};

export function createSampler(name: SamplerName, options: SamplerOptions): Sampler {
  const places = makers[name](options);
  return {
    suggest(number, before) {
      const found = places(number, before);
      return found && Object.fromEntries(options.dimensions.map((dimension, index) => [dimension.name, dimension.valueAt(found[index])]));
    },
  };
}
