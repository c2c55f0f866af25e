import { describe, expect, it } from 'vitest';
import { drawModel } from '../../testing/drawn-cases.ts';
import { layerCase, layerCaseCount } from '../../testing/layer-cases.ts';
import { differenceOfLayer, differenceOfParts, differenceOfStep } from '../../testing/parts-check.ts';
import { layer, makeData, makeJob, sequential } from '../../testing/harness.ts';
import { tf } from '../../tfjs.ts';
import { trace } from '../trace.ts';
import { splitBatch } from './split-batch.ts';

const isBatch = (name: string) => name === 'x';

/** A function of a batch of four samples of three numbers, and of weights. */
function example(body: (x: tf.Tensor2D, w: tf.Tensor2D) => Record<string, tf.Tensor>) {
  const inputs = new Map([
    ['x', { shape: [4, 3], dtype: 'float32' as const }],
    ['w', { shape: [3, 4], dtype: 'float32' as const }],
  ]);
  const program = trace(
    { inputs, variables: [], samples: 4 },
    (given) => new Map(Object.entries(body(given.get('x') as tf.Tensor2D, given.get('w') as tf.Tensor2D))),
  );
  const values = new Map(
    [...inputs].map(([name, type]) => [
      name,
      { ...type, data: Float64Array.from({ length: 12 }, (_, index) => Math.sin(index + name.length)) },
    ]),
  );
  return { program, values };
}

describe('a batch in parts', () => {
  it('comes to what it comes to as a whole, whatever the layer', () => {
    const found = Array.from({ length: layerCaseCount }, (_, index) => differenceOfLayer(layerCase(index, 1), 1, 2));
    const divided = found.filter((difference) => difference !== null);
    expect(Math.max(...divided)).toBeLessThan(1e-6);
    // Batch normalization, and what mixes or shuffles samples, are not.
    expect(divided.length).toBeGreaterThan(0.85 * layerCaseCount);
  });

  it('comes to what it comes to as a whole, whatever the model, a sample at a time', async () => {
    const found: (number | null)[] = [];
    for (let seed = 0; seed < 100; seed++) found.push(await differenceOfStep(drawModel(seed).job, 5, 5));
    const divided = found.filter((difference) => difference !== null);
    expect(Math.max(...divided)).toBeLessThan(1e-6);
    expect(divided.length).toBeGreaterThan(65);
  });

  it('has what follows from sums computed once', () => {
    const { program, values } = example((x, w) => {
      const product = tf.matMul(x, w);
      const sum = tf.sum(product, 0);
      return { sum, mean: tf.mean(product), scaled: tf.div(sum, tf.norm(sum)), weights: tf.sum(w) };
    });
    const parts = splitBatch(program, 2, isBatch)!;
    expect([...parts.part.outputs.keys()]).toEqual(['sum', 'mean']);
    expect([...parts.after!.outputs.keys()]).toEqual(['scaled', 'weights']);
    expect(parts.part.outputs.get('sum')!.shape).toEqual([4]);
    expect(differenceOfParts(program, 2, isBatch, values)).toBeLessThan(1e-12);
  });

  it.each([
    ['a mean over the batch halfway', (x: tf.Tensor2D) => ({ y: tf.sum(tf.square(tf.sub(x, tf.mean(x, 0)))) })],
    ['the greatest of the batch', (x: tf.Tensor2D) => ({ y: tf.max(x) })],
    ['the samples in another order', (x: tf.Tensor2D) => ({ y: tf.sum(tf.mul(tf.reverse(x, 0), x)) })],
    ['each sample with each', (x: tf.Tensor2D) => ({ y: tf.sum(tf.square(tf.matMul(x, x, false, true))) })],
    ['a sample of its own', (x: tf.Tensor2D) => ({ y: tf.sum(tf.slice(x, [1, 0], [1, 3])) })],
    ['weights for each place in the batch', (x: tf.Tensor2D) => ({ y: tf.sum(tf.mul(x, tf.range(0, 4).reshape([4, 1]))) })],
    ['an output for each sample', (x: tf.Tensor2D) => ({ y: tf.square(x) })],
  ])('is not divided for %s', (_, body) => {
    expect(splitBatch(example(body).program, 2, isBatch)).toBeNull();
  });

  it('divides clipping by the norm of all gradients, weights of samples and penalties of weights', async () => {
    const model = sequential(
      layer('LSTM', { units: 3, kernelRegularizer: { class_name: 'L2', config: { l2: 0.1 } } }),
      layer('Dense', { units: 3, activation: 'softmax' }),
    );
    const drawn = makeData({ inputShape: [4, 2], classes: 3, train: 8 });
    const data = { ...drawn, train: { ...drawn.train, weights: Float32Array.of(1, 2, 0, 1, 3, 1, 1, 0.5) } };
    const job = makeJob(model, data, { epochs: 1, batchSize: 8, optimizer: layer('Adam', { globalClipnorm: 0.01 }) });
    expect(await differenceOfStep(job, 8, 4)).toBeLessThan(1e-6);
  });
});
