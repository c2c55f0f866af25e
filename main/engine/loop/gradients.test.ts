/** The gradient of a whole step against central differences of a forward pass written out in double precision. */
import { describe, expect, it } from 'vitest';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { openSession } from './session.ts';
import { openReference } from '../backends/reference.ts';
import { randomStream } from './random.ts';

type Weights = Map<string, Float64Array>;

const side = 6;
const filters = 3;
const classes = 3;
const pooledSide = 2;

/** conv 3×3 with tanh · average pooling 2×2 · flatten · dense · softmax · cross-entropy, and its mean over the batch. */
function loss(weights: Weights, inputs: Float32Array, targets: Float32Array): number {
  const kernel = weights.get('conv2d/kernel')!;
  const bias = weights.get('conv2d/bias')!;
  const outKernel = weights.get('dense/kernel')!;
  const outBias = weights.get('dense/bias')!;
  let total = 0;
  targets.forEach((target, sample) => {
    const at = (row: number, column: number) => inputs[sample * side * side + row * side + column];
    const convolved = (row: number, column: number, filter: number) => {
      let sum = bias[filter];
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += at(row + i, column + j) * kernel[(i * 3 + j) * filters + filter];
      return Math.tanh(sum);
    };
    const flat: number[] = [];
    for (let row = 0; row < pooledSide; row++)
      for (let column = 0; column < pooledSide; column++)
        for (let filter = 0; filter < filters; filter++) {
          let sum = 0;
          for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) sum += convolved(2 * row + i, 2 * column + j, filter);
          flat.push(sum / 4);
        }
    const logits = Array.from({ length: classes }, (_, index) =>
      flat.reduce((sum, value, place) => sum + value * outKernel[place * classes + index], outBias[index]),
    );
    total += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target];
  });
  return total / targets.length;
}

describe('a step’s gradients', () => {
  it('are those of central differences', async () => {
    const model = sequential(
      layer('Conv2D', { filters, kernelSize: 3, activation: 'tanh' }),
      layer('AveragePooling2D', { poolSize: 2 }),
      layer('Flatten'),
      layer('Dense', { activation: 'softmax' }),
    );
    const data = makeData({ inputShape: [side, side, 1], classes, train: 12 });
    // One step of plain gradient descent at a rate of 1: the change is the gradient.
    const job = makeJob(model, data, { epochs: 1, batchSize: 12, optimizer: layer('SGD', { learningRate: 1 }) });
    const session = openSession(job, openReference());
    const before: Weights = new Map([...session.weights()].map(([name, { values }]) => [name, Float64Array.from(values)]));
    await session.dispose();
    const events = await collect(job);
    const after = eventsOf(events, 'checkpoint').find(({ kind }) => kind === 'last')!.checkpoint.weights;
    const { inputs, targets } = data.train;
    expect(eventsOf(events, 'epochEnded')[0].row.metrics.loss).toBeCloseTo(loss(before, inputs, targets), 5);

    const stream = randomStream(1, 'share');
    const step = 1e-5;
    let tried = 0;
    for (const [name, values] of before) {
      for (let index = 0; index < values.length; index++) {
        if (values.length > 10 && stream.uniform() > 0.5) continue;
        const changed = (by: number) =>
          loss(
            new Map(before).set(
              name,
              values.map((value, at) => (at === index ? value + by : value)),
            ),
            inputs,
            targets,
          );
        const difference = (changed(step) - changed(-step)) / (2 * step);
        const gradient = values[index] - after.get(name)!.values[index];
        expect(Math.abs(gradient - difference), `${name} ${index}`).toBeLessThan(2e-6);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(30);
  });
});
