import { describe, expect, it } from 'vitest';
import { openReference } from '../backends/reference.ts';
import { openNative } from '../backends/native.ts';
import { runOn, traced } from '../testing/harness.ts';
import { tf } from '../tfjs.ts';
import { lossFunction, type LossName, type Outputs } from './losses.ts';
import { metricsNamed } from './metrics.ts';

/** Loss and its gradient by the logits or outputs, natively. */
async function lossOf(name: LossName, shape: number[], given: number[], targets: number[], kind: 'softmax' | 'sigmoid' | 'values') {
  const outputs = (x: tf.Tensor): Outputs =>
    kind === 'values'
      ? { values: () => x, logits: null }
      : { values: () => (kind === 'softmax' ? tf.softmax(x) : tf.sigmoid(x)), logits: x };
  const example = traced([shape, [targets.length]], [Float32Array.from(given), Float32Array.from(targets)], (x, y) => {
    const { value, grad } = tf.valueAndGrad((a: tf.Tensor) => lossFunction(name)(outputs(a), y) as tf.Scalar)(x);
    return [value, grad];
  });
  const results = await runOn(await openNative(1), example);
  return { value: results.get('y0')![0], gradient: results.get('y1')! };
}

describe('losses', () => {
  it('of classes, from logits however large', async () => {
    const { value, gradient } = await lossOf('sparseCategoricalCrossentropy', [2, 3], [200, 0, -200, 1, 2, 3], [2, 0], 'softmax');
    // −log softmax: 400 for the first sample, log(1 + e + e²) for the second.
    expect(value).toBeCloseTo((400 + Math.log(1 + Math.E + Math.E ** 2)) / 2, 4);
    const shares = [1, 2, 3].map((x) => Math.exp(x) / (Math.E + Math.E ** 2 + Math.E ** 3));
    const wanted = [0.5, 0, -0.5, (shares[0] - 1) / 2, shares[1] / 2, shares[2] / 2];
    wanted.forEach((each, index) => expect(gradient[index]).toBeCloseTo(each, 6));
  });

  it('of classes, from shares', async () => {
    const { value } = await lossOf('categoricalCrossentropy', [2, 3], [0.2, 0.3, 0.5, 2, 1, 1], [1, 0], 'values');
    expect(value).toBeCloseTo(-(Math.log(0.3) + Math.log(0.5)) / 2, 5);
  });

  it('of two classes, from logits however large', async () => {
    const { value, gradient } = await lossOf('binaryCrossentropy', [3, 1], [300, -300, 0.5], [0, 0, 1], 'sigmoid');
    expect(value).toBeCloseTo((300 + 0 + Math.log(1 + Math.exp(-0.5))) / 3, 4);
    [1 / 3, 0, (1 / (1 + Math.exp(-0.5)) - 1) / 3].forEach((each, index) => expect(gradient[index]).toBeCloseTo(each, 6));
  });

  it('of two classes, from shares at the very ends', async () => {
    const { value } = await lossOf('binaryCrossentropy', [2, 1], [0, 0.25], [1, 0], 'values');
    expect(value).toBeCloseTo((-Math.log(1e-7) - Math.log(0.75)) / 2, 2);
  });

  it('of numbers', async () => {
    const squared = await lossOf('meanSquaredError', [2, 1], [1, 5], [2, 3], 'values');
    expect(squared).toEqual({ value: 2.5, gradient: [-1, 2] });
    const absolute = await lossOf('meanAbsoluteError', [2, 1], [1, 5], [2, 3], 'values');
    expect(absolute).toEqual({ value: 1.5, gradient: [-0.5, 0.5] });
  });
});

describe('metrics', () => {
  const sumOf = async (names: string[], loss: LossName, shape: number[], values: number[], targets: number[]) => {
    const metrics = metricsNamed(names, loss);
    const example = traced([shape, [targets.length]], [Float32Array.from(values), Float32Array.from(targets)], (x, y) =>
      metrics.map(({ sum }) => sum({ values: () => x, logits: null }, y)),
    );
    const results = await runOn(openReference(), example);
    return Object.fromEntries(metrics.map(({ name }, index) => [name, results.get(`y${index}`)![0]]));
  };

  it('count what is right', async () => {
    expect(
      await sumOf(
        ['accuracy', 'sparseCategoricalAccuracy'],
        'sparseCategoricalCrossentropy',
        [3, 2],
        [0.9, 0.1, 0.2, 0.8, 0.6, 0.4],
        [0, 1, 1],
      ),
    ).toEqual({
      accuracy: 2,
      sparse_categorical_accuracy: 2,
    });
    expect(await sumOf(['acc'], 'binaryCrossentropy', [4, 1], [0.9, 0.5, 0.51, 0.1], [1, 0, 0, 0])).toEqual({ acc: 3 });
  });

  it('sum errors', async () => {
    expect(await sumOf(['mae', 'mean_squared_error'], 'meanSquaredError', [2, 1], [1, 5], [2, 3])).toEqual({
      mae: 3,
      mean_squared_error: 5,
    });
  });
});
