import { describe, expect, it } from 'vitest';
import { layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { describeModel } from '../model/describe.ts';
import { checkMemory, foreseeMemory, stepsOf, valuesOf } from './memory.ts';

const jobOf = (units: number, batchSize = 32) =>
  makeJob(
    sequential(layer('Dense', { units, activation: 'relu' }), layer('Dense', { activation: 'softmax' })),
    makeData({ inputShape: [1000], classes: 3 }),
    {
      batchSize,
    },
  );
const foreseen = (units: number) => {
  const { model, train, data } = jobOf(units);
  return foreseeMemory(describeModel(model), train, data);
};
const gibibyte = 2 ** 30;

describe('foreseen memory', () => {
  it('grows with the weights and the optimizer’s memory of them', () => {
    const [small, large] = [foreseen(10), foreseen(100_000)];
    expect(small).toBeLessThan(0.25 * gibibyte);
    // 100 million weights: twice with two slots, three times on their way, and their gradients; and the outputs of a batch.
    expect((large - small) / (4 * 100_300_000)).toBeCloseTo(10, 1);
  });

  it('of an optimizer is what it remembers, and what it needs of the largest weight', () => {
    const bytesOf = (name: string) => {
      const { model, train, data } = jobOf(10_000);
      return foreseeMemory(describeModel(model), { ...train, optimizer: layer(name) }, data);
    };
    const weights = 1000 * 10_000;
    const inWeights = (name: string) => (bytesOf(name) - bytesOf('SGD')) / (4 * weights);
    expect(inWeights('Adam')).toBeCloseTo(4, 1);
    expect(inWeights('Adafactor')).toBeCloseTo(7, 1);
    expect(inWeights('Muon')).toBeCloseTo(9, 1);
  });

  it('of a batch is what the layers make of each sample', () => {
    const valuesIn = (inputShape: number[], ...layers: ReturnType<typeof layer>[]) =>
      valuesOf(describeModel(makeJob(sequential(...layers), makeData({ inputShape, classes: 3 })).model));
    const end = layer('Dense', { activation: 'softmax' });
    // A convolution’s output in all the orders that its products want.
    expect(valuesIn([8, 8, 1], layer('Conv2D', { filters: 4, kernelSize: 3 }), layer('Flatten'), end)).toBe(12 * 144 + 144 + 3);
    // All steps of a layer that gives its last alone, also of the first.
    expect(valuesIn([7, 2], layer('LSTM', { units: 5 }), end)).toBe(14 * 35 + 3);
    expect(valuesIn([7, 2], layer('LSTM', { units: 5, returnSequences: true }), layer('GRU', { units: 2 }), end)).toBe(
      14 * 35 + 14 * 14 + 3,
    );
    const encoder = layer('TransformerEncoder', { numHeads: 2, intermediateDim: 9 });
    expect(valuesIn([6, 4], encoder, layer('Flatten'), end)).toBe(24 + 7 * (2 * 36 + 6 * 9) + 24 + 3);
  });

  it('counts the steps that a program is made of', () => {
    const stepsIn = (...layers: ReturnType<typeof layer>[]) =>
      stepsOf(describeModel(makeJob(sequential(...layers), makeData({ inputShape: [7, 2], classes: 3 })).model));
    const end = layer('Dense', { activation: 'softmax' });
    expect(stepsIn(layer('Flatten'), end)).toBe(0);
    expect(stepsIn(layer('LSTM', { units: 5, returnSequences: true }), layer('GRU', { units: 2 }), end)).toBe(14);
    expect(stepsIn(layer('Bidirectional', { layer: layer('LSTM', { units: 5 }) }), end)).toBe(14);
  });

  it('that is more than there is refuses the training, at what takes the most', () => {
    const check = (units: number, batchSize: number) => () => {
      const { model, train, data } = jobOf(units, batchSize);
      return checkMemory(describeModel(model), { ...train, batchSize }, data, gibibyte);
    };
    expect(check(100, 32)()).toBeLessThan(gibibyte);
    expect(check(100_000, 32)).toThrow(expect.objectContaining({ code: 'engine.memory', at: '/model' }));
    const huge = makeData({ inputShape: [1], classes: 3, train: 4_000_000 });
    const { model, train } = makeJob(sequential(layer('Dense', { units: 400 }), layer('Dense', { activation: 'softmax' })), huge);
    expect(() => checkMemory(describeModel(model), { ...train, batchSize: 4_000_000 }, huge, gibibyte)).toThrow(
      expect.objectContaining({ code: 'engine.memory', at: '/train/batchSize' }),
    );
  });

  it('that not even the weights’ places can have is said of the layer', () => {
    const make = () =>
      makeJob(sequential(layer('Dense', { units: 2_000_000 }), layer('Dense', { units: 2_000_000 })), makeData({ inputShape: [10] }));
    expect(() => describeModel(make().model)).toThrow(expect.objectContaining({ code: 'engine.layerTooLarge' }));
  });
});
