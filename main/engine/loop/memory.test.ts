import { describe, expect, it } from 'vitest';
import { layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { describeModel } from '../model/describe.ts';
import { checkMemory, foreseeMemory } from './memory.ts';

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
    // 100 million weights: twice with two slots, as drawn, and their gradients; and the outputs of a batch.
    expect((large - small) / (4 * 100_300_000)).toBeCloseTo(8.1, 1);
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
