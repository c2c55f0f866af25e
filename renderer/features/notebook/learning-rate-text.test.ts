import { describe, expect, it } from 'vitest';
import { learningRateKnob, withLearningRate } from './learning-rate-text.ts';

describe('a learning rate in the text of a train cell', () => {
  it.each([
    ['optimizers.adam({ learningRate: 1e-3, clipnorm: 1 })', 'optimizers.adam({ learningRate: 0.02, clipnorm: 1 })'],
    ['// learningRate: 5\nfoo({ learningRate: .5 })', '// learningRate: 5\nfoo({ learningRate: 0.02 })'],
    ['optimizer: optimizers.sgd()', 'optimizer: optimizers.sgd({ learningRate: 0.02 })'],
    ['optimizer: optimizers.sgd({ momentum: 0.9 })', 'optimizer: optimizers.sgd({ learningRate: 0.02, momentum: 0.9 })'],
    ["train({ optimizer: 'sgd', loss: 'mse' })", "train({ optimizer: optimizers.sgd({ learningRate: 0.02 }), loss: 'mse' })"],
    ["train({ loss: 'mse' })", "train({ optimizer: optimizers.adam({ learningRate: 0.02 }), loss: 'mse' })"],
    ['optimizers.adam({ learningRate: schedules.oneCycle({ maxLearningRate: 1 }) })', undefined],
  ])('%s', (before, after) => {
    expect(withLearningRate(before, 0.02)).toBe(after);
  });

  it('may be a knob', () => {
    expect(learningRateKnob("adam({ learningRate: param('rate', 1e-3, { log: true }) })")).toBe('rate');
    expect(learningRateKnob("// learningRate: param('rate', 1)\nadam({ learningRate: 1 })")).toBeUndefined();
  });
});
