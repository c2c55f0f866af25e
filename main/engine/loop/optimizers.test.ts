import { describe, expect, it } from 'vitest';
import type { Json, KerasObject } from '#contract/spec.ts';
import { openNative } from '../backends/native.ts';
import { openReference } from '../backends/reference.ts';
import { sizeOf } from '../compile/graph.ts';
import { largestDifference, runOn, traced } from '../testing/harness.ts';
import { kerasFigures, kerasModels, kerasOptimizers, kerasTrainingFigures } from '../testing/keras-figures.ts';
import { gathered, makeOptimizer, optimizerNames, updated, updatesAt } from './optimizers.ts';

/** A weight of 1 that sees these gradients, one a step. */
async function follow(className: string, config: { [key: string]: Json }, gradients: number[]): Promise<number[]> {
  const optimizer = makeOptimizer({ class_name: className, config });
  let weight = 1;
  const slotNames = optimizer.slots({ name: 'w', shape: [1] }).map(({ name }) => name);
  let slots = slotNames.map(() => 0);
  const weights: number[] = [];
  for (const [index, gradient] of gradients.entries()) {
    const scalars = optimizer.scalars(index + 1, optimizer.schedule.constant!);
    const names = Object.keys(scalars);
    const values = [weight, gradient, ...slots, ...names.map((name) => scalars[name])];
    const example = traced(
      values.map(() => [1]),
      values.map((value) => Float32Array.of(value)),
      (w, g, ...rest) => {
        const named = Object.fromEntries(slotNames.map((slot, at) => [slot, rest[at]]));
        const rates = Object.fromEntries(names.map((name, at) => [name, rest[slotNames.length + at]]));
        const next = optimizer.update(w, g, named, rates);
        return [next.weight, ...slotNames.map((slot) => next.slots[slot])];
      },
    );
    const results = await runOn(openReference(), example);
    weight = results.get('y0')![0];
    slots = slotNames.map((_, at) => results.get(`y${at + 1}`)![0]);
    weights.push(weight);
  }
  return weights;
}

const slotsOf = (className: string, shape: readonly number[], name = 'dense/kernel') =>
  Object.fromEntries(
    makeOptimizer({ class_name: className, config: {} })
      .slots({ name, shape })
      .map((slot) => [slot.name, slot.shape]),
  );

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
    expect(makeOptimizer({ class_name: 'SGD', config: {} }).schedule.constant).toBe(0.01);
    expect(slotsOf('SGD', [2, 3])).toEqual({});
    expect(makeOptimizer({ class_name: 'RMSprop', config: {} }).schedule.constant).toBe(0.001);
    expect(slotsOf('RMSprop', [2, 3])).toEqual({ velocity: [2, 3] });
  });

  it('remember of a weight what they need of one of its shape', () => {
    expect(slotsOf('Adafactor', [5, 2, 3])).toEqual({ row_velocity: [5, 2], column_velocity: [5, 3] });
    expect(slotsOf('Adafactor', [3])).toEqual({ velocity: [3] });
    expect(slotsOf('Muon', [2, 3])).toEqual({ momentum: [2, 3] });
    expect(slotsOf('Muon', [2, 3], 'embedding/embeddings')).toEqual({ momentum: [2, 3], velocity: [2, 3] });
    expect(slotsOf('Muon', [2, 3, 4])).toEqual({ momentum: [2, 3, 4], velocity: [2, 3, 4] });
  });

  it.each<[string, { [key: string]: Json }, string]>([
    ['Adamm', {}, 'Adam'],
    ['Adam', { learning_rat: 1 }, 'learningRate'],
    ['Adam', { beta1: 1 }, '1'],
    ['SGD', { clipnorm: 0 }, '0'],
    ['Muon', { excludeLayers: ['('] }, '('],
    ['Adafactor', { beta2Decay: 0.1 }, '0.1'],
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

interface Given {
  readonly weights: readonly number[][];
  readonly gradients: readonly number[][][];
  readonly shapes?: readonly number[][];
  readonly names?: readonly string[];
}

/** Several weights under the same steps, natively. */
async function followAll(spec: KerasObject, { weights: start, gradients: gradientsOf, shapes, names: weightNames }: Given) {
  const optimizer = makeOptimizer(spec);
  const native = await openNative(1);
  const shapeOf = (at: number) => shapes?.[at] ?? [start[at].length];
  let weights = start.map((values) => [...values]);
  const slots = start.map((_, at) => optimizer.slots({ name: weightNames?.[at] ?? `w${at}`, shape: shapeOf(at) }));
  const remembered = slots.flatMap((each, at) => each.map((slot) => ({ ...slot, at })));
  let values = remembered.map(({ shape, start: first, at }) =>
    first === 'weight' ? [...start[at]] : Array.from({ length: sizeOf(shape) }, () => first),
  );
  const steps: number[][][] = [];
  for (const [index, each] of gradientsOf.entries()) {
    const rate = optimizer.schedule.rateAt(Math.floor(index / optimizer.accumulationSteps), gradientsOf.length);
    const scalars = optimizer.scalars(index + 1, rate);
    const names = Object.keys(scalars);
    const places = [...start.keys()].map(shapeOf);
    const example = traced(
      [...places, ...places, ...remembered.map(({ shape }) => [...shape]), ...names.map(() => [])],
      [...weights, ...each, ...values, ...names.map((name) => [scalars[name]])].map((array) => Float32Array.from(array)),
      (...given) => {
        const count = start.length;
        const rates = Object.fromEntries(names.map((name, at) => [name, given[2 * count + remembered.length + at]]));
        const slotsOfWeight = (weight: number) =>
          Object.fromEntries(remembered.flatMap(({ name, at }, place) => (at === weight ? [[name, given[2 * count + place]]] : [])));
        const all = start.map((_, at) => ({ weight: given[at], gradient: given[count + at], slots: slotsOfWeight(at) }));
        const next = updatesAt(optimizer, index + 1)
          ? updated(optimizer, all, rates)
          : gathered(optimizer, all, rates).map((changed, at) => ({ weight: all[at].weight, slots: { ...all[at].slots, ...changed } }));
        return [...next.map(({ weight }) => weight), ...remembered.map(({ name, at }) => next[at].slots[name])];
      },
    );
    const results = await runOn(native, example);
    const read = (at: number) => Array.from(results.get(`y${at}`)!);
    const finalOf = (weight: number) => values[remembered.findIndex(({ name, at }) => at === weight && name === optimizer.finalSlot)];
    weights = start.map((_, at) => read(at));
    values = remembered.map((_, place) => read(start.length + place));
    if (optimizer.overwritesAt(index + 1)) weights = start.map((_, at) => finalOf(at));
    steps.push(weights);
  }
  const isFinal = ({ name }: { name: string }) => name === optimizer.finalSlot;
  return { steps, final: optimizer.finalSlot === null ? undefined : values.filter((_, place) => isFinal(remembered[place])) };
}

describe('steps of Keras’ own', () => {
  const figures = [kerasFigures, kerasTrainingFigures, kerasModels, kerasOptimizers].map(({ optimizers }) => optimizers);
  const cases = figures.flatMap((each) => each.cases);
  it.each(figures.flatMap((each) => each.cases.map((one) => [one.class_name, JSON.stringify(one.config), one, each] as const)))(
    '%s %s',
    async (_, __, { class_name, config, steps, final }, given) => {
      const found = await followAll({ class_name, config }, given);
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
