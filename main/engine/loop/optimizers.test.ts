import { describe, expect, it } from 'vitest';
import type { Json, KerasObject } from '#contract/spec.ts';
import { openNative } from '../backends/native.ts';
import { openReference } from '../backends/reference.ts';
import { largestDifference, runOn, traced } from '../testing/harness.ts';
import { kerasFigures, kerasModels, kerasTrainingFigures } from '../testing/keras-figures.ts';
import { gathered, makeOptimizer, optimizerNames, updated, updatesAt } from './optimizers.ts';

/** A weight of 1 that sees these gradients, one a step. */
async function follow(className: string, config: { [key: string]: Json }, gradients: number[]): Promise<number[]> {
  const optimizer = makeOptimizer({ class_name: className, config });
  let weight = 1;
  let slots = optimizer.slots.map(() => 0);
  const weights: number[] = [];
  for (const [index, gradient] of gradients.entries()) {
    const scalars = optimizer.scalars(index + 1, optimizer.schedule.constant!);
    const names = Object.keys(scalars);
    const values = [weight, gradient, ...slots, ...names.map((name) => scalars[name])];
    const example = traced(
      values.map(() => [1]),
      values.map((value) => Float32Array.of(value)),
      (w, g, ...rest) => {
        const named = Object.fromEntries(optimizer.slots.map((slot, at) => [slot, rest[at]]));
        const rates = Object.fromEntries(names.map((name, at) => [name, rest[optimizer.slots.length + at]]));
        const next = optimizer.update(w, g, named, rates);
        return [next.weight, ...optimizer.slots.map((slot) => next.slots[slot])];
      },
    );
    const results = await runOn(openReference(), example);
    weight = results.get('y0')![0];
    slots = optimizer.slots.map((_, at) => results.get(`y${at + 1}`)![0]);
    weights.push(weight);
  }
  return weights;
}

const gradients = [0.5, -0.25, 1];

/** Keras 3's update rules in double precision, written out from its documentation. */
const rules: Record<string, { className: string; config: { [key: string]: Json }; weights: () => number[] }> = {
  SGD: { className: 'SGD', config: { learningRate: 0.1 }, weights: () => [0.95, 0.975, 0.875] },
  momentum: {
    className: 'SGD',
    config: { learningRate: 0.1, momentum: 0.9 },
    weights: () => {
      let [w, v] = [1, 0];
      return gradients.map((g) => (w += v = 0.9 * v - 0.1 * g));
    },
  },
  Nesterov: {
    className: 'SGD',
    config: { learning_rate: 0.1, momentum: 0.9, nesterov: true },
    weights: () => {
      let [w, v] = [1, 0];
      return gradients.map((g) => {
        v = 0.9 * v - 0.1 * g;
        return (w += 0.9 * v - 0.1 * g);
      });
    },
  },
  RMSprop: {
    className: 'RMSprop',
    config: { learningRate: 0.1, rho: 0.8 },
    weights: () => {
      let [w, v] = [1, 0];
      return gradients.map((g) => {
        v = 0.8 * v + 0.2 * g * g;
        return (w -= (0.1 * g) / Math.sqrt(v + 1e-7));
      });
    },
  },
  'RMSprop, centred, with momentum': {
    className: 'rmsprop',
    config: { learningRate: 0.1, rho: 0.8, momentum: 0.5, centered: true },
    weights: () => {
      let [w, v, m, a] = [1, 0, 0, 0];
      return gradients.map((g) => {
        v = 0.8 * v + 0.2 * g * g;
        a = 0.8 * a + 0.2 * g;
        m = 0.5 * m + (0.1 * g) / Math.sqrt(v - a * a + 1e-7);
        return (w -= m);
      });
    },
  },
  Adam: {
    className: 'Adam',
    config: { learningRate: 0.1, beta_1: 0.8, beta2: 0.95, epsilon: 1e-3 },
    weights: () => {
      let [w, m, v] = [1, 0, 0];
      return gradients.map((g, index) => {
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g * g;
        const rate = (0.1 * Math.sqrt(1 - 0.95 ** (index + 1))) / (1 - 0.8 ** (index + 1));
        return (w -= (rate * m) / (Math.sqrt(v) + 1e-3));
      });
    },
  },
};

describe('optimizers', () => {
  for (const [label, { className, config, weights }] of Object.entries(rules)) {
    it(`${label} follows Keras`, async () => {
      const found = await follow(className, config, gradients);
      weights().forEach((wanted, step) => expect(found[step]).toBeCloseTo(wanted, 5));
    });
  }

  it('have Keras’ defaults', () => {
    expect(makeOptimizer({ class_name: 'Adam', config: {} }).schedule.constant).toBe(0.001);
    expect(makeOptimizer({ class_name: 'SGD', config: {} })).toMatchObject({ schedule: { constant: 0.01 }, slots: [] });
    expect(makeOptimizer({ class_name: 'RMSprop', config: {} })).toMatchObject({ schedule: { constant: 0.001 }, slots: ['velocity'] });
  });

  it.each<[string, { [key: string]: Json }, string]>([
    ['Adamm', {}, 'Adam'],
    ['Adam', { learning_rat: 1 }, 'learningRate'],
    ['Adam', { beta1: 1 }, '1'],
    ['SGD', { clipnorm: 0 }, '0'],
    ['SGD', { clipnorm: 1, clipvalue: 1 }, 'clipvalue'],
    ['SGD', { learningRate: { class_name: 'CosineDecay', config: { initialLearningRate: 1 } } }, 'decaySteps'],
  ])('%s %j is refused where it is wrong', (className, config, text) => {
    expect(() => makeOptimizer({ class_name: className, config })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(text) as string,
        at: expect.stringMatching(/^\/train\/optimizer/) as string,
      }),
    );
  });
});

/** Several weights under the same steps, natively. */
async function followAll(spec: KerasObject, start: readonly number[][], gradientsOf: readonly number[][][]) {
  const optimizer = makeOptimizer(spec);
  const native = await openNative(1);
  let weights = start.map((values) => [...values]);
  let slots = optimizer.slots.map((slot) => {
    const value = optimizer.initialValue(slot);
    return start.map((values) => (value === 'weight' ? [...values] : values.map(() => value)));
  });
  const steps: number[][][] = [];
  for (const [index, each] of gradientsOf.entries()) {
    const rate = optimizer.schedule.rateAt(Math.floor(index / optimizer.accumulationSteps), gradientsOf.length);
    const scalars = optimizer.scalars(index + 1, rate);
    const names = Object.keys(scalars);
    const tensors = [...weights, ...each, ...slots.flat()];
    const example = traced(
      [...tensors.map((values) => [values.length]), ...names.map(() => [])],
      [...tensors.map((values) => Float32Array.from(values)), ...names.map((name) => Float32Array.of(scalars[name]))],
      (...given) => {
        const count = start.length;
        const rates = Object.fromEntries(names.map((name, at) => [name, given[tensors.length + at]]));
        const all = start.map((_, at) => ({
          weight: given[at],
          gradient: given[count + at],
          slots: Object.fromEntries(optimizer.slots.map((slot, place) => [slot, given[(2 + place) * count + at]])),
        }));
        const next = updatesAt(optimizer, index + 1)
          ? updated(optimizer, all, rates)
          : gathered(optimizer, all, rates).map((changed, at) => ({ weight: all[at].weight, slots: { ...all[at].slots, ...changed } }));
        return [...next.map(({ weight }) => weight), ...optimizer.slots.flatMap((slot) => next.map(({ slots: made }) => made[slot]))];
      },
    );
    const results = await runOn(native, example);
    const read = (at: number) => start.map((_, weight) => results.get(`y${at * start.length + weight}`)!);
    weights = read(0);
    slots = optimizer.slots.map((_, at) => read(at + 1));
    if (optimizer.overwritesAt(index + 1)) weights = slots[optimizer.slots.indexOf(optimizer.finalSlot!)];
    steps.push(weights);
  }
  const final = optimizer.finalSlot === null ? undefined : slots[optimizer.slots.indexOf(optimizer.finalSlot)];
  return { steps, final };
}

describe('steps of Keras’ own', () => {
  const figures = [kerasFigures.optimizers, kerasTrainingFigures.optimizers, kerasModels.optimizers];
  const cases = [...kerasFigures.optimizers.cases, ...kerasModels.optimizers.cases];
  it.each(figures.flatMap((each) => each.cases.map((one) => [one.class_name, JSON.stringify(one.config), one, each] as const)))(
    '%s %s',
    async (_, __, { class_name, config, steps, final }, { weights, gradients: all }) => {
      const found = await followAll({ class_name, config }, weights, all);
      found.steps.forEach((step, index) =>
        step.forEach((values, at) => expect(largestDifference(values, steps[index][at])).toBeLessThan(2e-6)),
      );
      expect(found.final === undefined).toBe(final === undefined);
      final?.forEach((values, at) => expect(largestDifference(values, found.final![at])).toBeLessThan(2e-6));
    },
  );

  it('are of every optimizer', () => {
    const names = new Set(cases.map(({ class_name: name }) => name));
    for (const name of optimizerNames) expect(names).toContain(name);
  });
});
