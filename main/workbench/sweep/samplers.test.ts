/** Samplers and pruners on functions whose best is known; all of it follows from the seeds. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rangeOfKnob } from '#contract/knob-range.ts';
import type { Knob } from '#contract/spec.ts';
import { type PrunerName, type SamplerName, samplerNames } from '#contract/sweeps.ts';
import { bracketOf, prunerNamed, type TrialCurve } from './pruner.ts';
import { createSampler, gridLevels, type Observed } from './sampler.ts';
import { sobolBits, sobolPoint } from './sobol.ts';
import { dimensionOf } from './space.ts';

const line = (name: string) => dimensionOf({ name, min: 0, max: 1 });
const rate = dimensionOf({ name: 'rate', min: 1e-5, max: 1, log: true });
const units = dimensionOf({ name: 'units', min: 4, max: 64, step: 4 });
const kind = dimensionOf({ name: 'kind', choices: ['adam', 'sgd', 'rmsprop'] });
type Params = Record<string, never>;

describe('values', () => {
  it('of a knob keep to its bounds, steps and choices', () => {
    expect([0, 0.5, 0.999_999].map(units.valueAt)).toEqual([4, 36, 64]);
    expect([0, 0.2, 0.8, 0.999_999].map(rate.valueAt)).toEqual([1e-5, 1e-4, 0.1, 0.99999]);
    expect([0, 0.34, 0.99].map(kind.valueAt)).toEqual(['adam', 'sgd', 'rmsprop']);
    expect(dimensionOf({ name: 'f', min: 0, max: 0.3, step: 0.1 }).valueAt(0.99)).toBe(0.3);
    expect([0, 0.5, 0.999].map(dimensionOf({ name: 'w', min: 1, max: 100, log: true, whole: true }).valueAt)).toEqual([1, 10, 100]);
    for (const dimension of [units, rate, kind, line('x')])
      for (const place of [0.01, 0.3, 0.77]) {
        const value = dimension.valueAt(place);
        expect(dimension.valueAt(dimension.placeOf(value)!)).toBe(value);
      }
    expect(units.placeOf(5)).toBeUndefined();
    expect(() => dimensionOf({ name: 'x', min: 0, max: 1, log: true })).toThrow(/logarithmic/);
  });

  it('of a knob in the text are searched where it has a range', () => {
    const knob = (change: Partial<Knob>): Knob => ({ name: 'k', value: 8, default: 8, cell: 'c', ...change });
    expect(rangeOfKnob(knob({}))).toBeUndefined();
    expect(rangeOfKnob(knob({ min: 1, max: 9 }))).toEqual({ name: 'k', min: 1, max: 9, whole: true });
    expect(rangeOfKnob(knob({ value: 0, min: 0, max: 1 }))).toEqual({ name: 'k', min: 0, max: 1 });
    expect(rangeOfKnob(knob({ value: true }))).toEqual({ name: 'k', choices: [false, true] });
    expect(rangeOfKnob(knob({ choices: [1, 'a'] }))).toEqual({ name: 'k', choices: [1, 'a'] });
  });
});

describe('samplers', () => {
  const dimensions = [rate, units, kind];
  const drawn = (name: SamplerName, seed: number, trials = 12) => {
    const sampler = createSampler(name, { dimensions, trials, seed });
    const before: Observed[] = [];
    for (let number = 1; number <= trials; number++) {
      const params = sampler.suggest(number, before)!;
      before.push({ params, score: Math.abs(Math.log10(params['rate'] as number) + 3) });
    }
    return before.map(({ params }) => params);
  };

  it.each(samplerNames)('%s gives the same for the same seed, and other values for another', (name) => {
    expect(drawn(name, 7)).toEqual(drawn(name, 7));
    if (name !== 'grid') expect(drawn(name, 8)).not.toEqual(drawn(name, 7));
    for (const params of drawn(name, 7)) {
      expect(params['rate']).toBeGreaterThanOrEqual(1e-5);
      expect(params['rate']).toBeLessThanOrEqual(1);
      expect(Number(params['units']) % 4).toBe(0);
    }
  });

  it('a grid takes every choice, the ends of every line, no point twice, and ends', () => {
    expect(gridLevels([rate, units, kind], 30)).toEqual([3, 3, 3]);
    expect(gridLevels([units], 100)).toEqual([16]);
    const sampler = createSampler('grid', { dimensions, trials: 30, seed: 1 });
    const points = Array.from({ length: 27 }, (_, index) => sampler.suggest(index + 1, []));
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(27);
    expect(new Set(points.map((point) => point!['rate']))).toEqual(new Set([1e-5, 0.0031623, 1]));
    expect(new Set(points.map((point) => point!['units']))).toEqual(new Set([4, 36, 64]));
    expect(sampler.suggest(28, [])).toBeNull();
    // Of more points than trials, those that are tried are spread over all of them.
    const part = createSampler('grid', { dimensions, trials: 8, seed: 1 });
    expect(new Set(Array.from({ length: 8 }, (_, index) => part.suggest(index + 1, [])!['kind'])).size).toBe(3);
  });

  it('Latin places lie one in each even piece', () => {
    const sampler = createSampler('latin', { dimensions: [line('x'), line('y')], trials: 20, seed: 3 });
    for (const name of ['x', 'y']) {
      const pieces = Array.from({ length: 20 }, (_, index) => Math.floor(Number(sampler.suggest(index + 1, [])![name]) * 20));
      expect(pieces.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, piece) => piece));
    }
  });

  it('Sobol’s points are those that SciPy gives, and stay as even when they are shifted', () => {
    const points = Float64Array.from({ length: 64 * 21 }, (_, index) => sobolBits(Math.floor(index / 21), index % 21) / 2 ** 26);
    // scipy.stats.qmc.Sobol(21, scramble=False, bits=30).random(64) * 64
    expect(createHash('sha256').update(new Uint8Array(points.buffer)).digest('hex')).toBe(
      '467a44ddef76ba55e2e61dd1e82c515b19b1330dbc5938c69c3b623bd80c5797',
    );
    for (const dimension of [0, 7, 20]) {
      const pieces = Array.from({ length: 32 }, (_, index) => Math.floor(sobolPoint(index, dimension, 5) * 32));
      expect(pieces.sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, piece) => piece));
    }
  });

  /** The best score of 60 trials. */
  const search = (name: SamplerName, seed: number, score: (params: Params) => number) => {
    const sampler = createSampler(name, { dimensions: [rate, units, kind, line('dropout')], trials: 60, seed });
    const before: Observed[] = [];
    for (let number = 1; number <= 60; number++) {
      const params = sampler.suggest(number, before)!;
      before.push({ params, score: score(params as Params) });
    }
    return Math.min(...before.map((each) => each.score!));
  };

  it('TPE finds better values than random ones, on a valley that the right choice and size open', () => {
    const valley = (params: Params) => {
      const { rate: found, units: size, kind: choice, dropout } = params as unknown as Record<string, number>;
      return (
        (Math.log10(found) + 2.6) ** 2 + ((size - 44) / 20) ** 2 + 3 * (dropout - 0.31) ** 2 + (String(choice) === 'rmsprop' ? 0 : 0.5)
      );
    };
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const [found, drawnAtRandom] = (['tpe', 'random'] as const).map((name) => seeds.map((seed) => search(name, seed, valley)));
    const wins = seeds.filter((seed) => found[seed] < drawnAtRandom[seed]).length;
    const middle = (scores: readonly number[]) => [...scores].sort((a, b) => a - b)[20];
    // By chance alone, 30 of 40 would come up once in a thousand times.
    expect(wins).toBeGreaterThanOrEqual(30);
    expect(middle(found)).toBeLessThan(middle(drawnAtRandom) / 2);
  });
});

describe('pruners', () => {
  const givesOf = (name: PrunerName) => (trial: TrialCurve, others: readonly TrialCurve[], epochs: number) =>
    prunerNamed(name).gives(trial, others, epochs);
  const curve = (number: number, scores: number[], isDone = true): TrialCurve => ({ number, scores, isDone });
  const done = [1, 2, 3, 4, 5].map((level, index) => curve(index + 1, [level + 1, level, level]));

  it('the median rule gives up what never was better than half of the others were then', () => {
    const gives = givesOf('median');
    expect(gives(curve(6, [9, 3.1], false), done, 3)).toBe(true);
    expect(gives(curve(6, [9, 2.9], false), done, 3)).toBe(false);
    // Its best counts, not its last.
    expect(gives(curve(6, [2, 9], false), done, 3)).toBe(false);
    expect(gives(curve(6, [9, 9], false), done.slice(1), 3)).toBe(false);
    expect(gives(curve(6, [9], false), [...done.slice(1), curve(1, [1], false)], 3)).toBe(false);
  });

  it('successive halving lets the best third pass at each rung, of those that are there', () => {
    const gives = givesOf('asha');
    const others = [5, 4, 3, 2, 1].map((level, index) =>
      curve(
        index + 1,
        Array.from({ length: 9 }, () => level),
      ),
    );
    const at = (epochs: number, level: number) =>
      curve(
        9,
        Array.from({ length: epochs }, () => level),
      );
    expect(gives(at(1, 2.5), others, 27)).toBe(true);
    expect(gives(at(1, 1.5), others, 27)).toBe(false);
    expect(gives(at(2, 9), others, 27)).toBe(false);
    expect(gives(at(3, 9), others, 27)).toBe(true);
    expect(gives(at(9, 0.5), others, 27)).toBe(false);
    // The first at a rung passes, and the end is none.
    expect(gives(at(1, 9), [], 27)).toBe(false);
    expect(
      gives(
        at(27, 9),
        others.map(({ number }) =>
          curve(
            number,
            Array.from({ length: 27 }, () => 1),
          ),
        ),
        27,
      ),
    ).toBe(false);
  });

  it('Hyperband has brackets of earlier and later rungs, most trials where they cost least', () => {
    const counts = [0, 0, 0, 0];
    for (let number = 1; number <= 400; number++) counts[bracketOf(number, 27)]++;
    expect(counts.every((count) => count > 0)).toBe(true);
    expect([...counts].sort((a, b) => b - a)).toEqual(counts);
    const late = Array.from({ length: 400 }, (_, index) => index + 1).find((number) => bracketOf(number, 27) === 3)!;
    const others = Array.from({ length: 400 }, (_, index) => curve(index + 1, [1, 1, 1]));
    expect(prunerNamed('hyperband').gives(curve(late, [9], false), others, 27)).toBe(false);
    const early = Array.from({ length: 400 }, (_, index) => index + 1).find((number) => bracketOf(number, 27) === 0)!;
    expect(prunerNamed('hyperband').gives(curve(early, [9], false), others, 27)).toBe(true);
  });
});
