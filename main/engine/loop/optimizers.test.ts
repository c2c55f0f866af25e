import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/spec.ts';
import { openReference } from '../backends/reference.ts';
import { traced, runOn } from '../testing/harness.ts';
import { makeOptimizer } from './optimizers.ts';

/** A weight of 1 that sees these gradients, one a step. */
async function follow(className: string, config: { [key: string]: Json }, gradients: number[]): Promise<number[]> {
  const optimizer = makeOptimizer({ class_name: className, config });
  let weight = 1;
  let slots = optimizer.slots.map(() => 0);
  const weights: number[] = [];
  for (const [index, gradient] of gradients.entries()) {
    const scalars = optimizer.scalars(index + 1, optimizer.learningRate);
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
    expect(makeOptimizer({ class_name: 'Adam', config: {} }).learningRate).toBe(0.001);
    expect(makeOptimizer({ class_name: 'SGD', config: {} })).toMatchObject({ learningRate: 0.01, slots: [] });
    expect(makeOptimizer({ class_name: 'RMSprop', config: {} })).toMatchObject({ learningRate: 0.001, slots: ['velocity'] });
  });
});
