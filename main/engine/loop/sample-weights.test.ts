/** Samples that count by weights: in the loss, in weighted metrics, with class weights, mixed, of any part. */
import { expect, it } from 'vitest';
import type { Dataset, Part } from '#contract/samples.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { createBatchMaker } from './batches.ts';

const model = sequential(layer('Dense', { units: 5, activation: 'tanh' }), layer('Dense', { activation: 'softmax' }));
const data = makeData({ inputShape: [4], classes: 3, train: 12, validation: 7 });

const weighted = (part: Part, weightOf: (index: number) => number): Part => ({
  ...part,
  weights: Float32Array.from({ length: part.count }, (_, index) => weightOf(index)),
});
/** Every sample as many times as it counts. */
function repeated(part: Part, times: (index: number) => number): Part {
  const rows = Array.from({ length: part.count }, (_, index) => Array.from({ length: times(index) }, () => index)).flat();
  const size = part.inputs.length / part.count;
  return {
    count: rows.length,
    inputs: Float32Array.from(rows.flatMap((row) => [...part.inputs.subarray(row * size, (row + 1) * size)])),
    targets: Float32Array.from(rows, (row) => part.targets[row]),
    rows: Uint32Array.from(rows),
  };
}

const settings = (learningRate: number) => ({
  epochs: 3,
  batchSize: 100,
  shuffle: false,
  optimizer: layer('SGD', { learning_rate: learningRate }),
  metrics: ['accuracy', 'auc', 'f1Score'],
});

async function trained(dataset: Dataset, learningRate: number, more = {}) {
  const events = await collect(makeJob(model, dataset, { ...settings(learningRate), ...more }));
  const { weights } = eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;
  return {
    metrics: eventsOf(events, 'epochEnded').map(({ row }) => row.metrics),
    weights: [...weights.values()].flatMap(({ values }) => [...values]),
  };
}

const times = (index: number) => [2, 1, 0, 3][index % 4];

it('a sample that counts twice is as two: the same weights, the same weighted metrics', async () => {
  const { count } = data.train;
  const whole = Array.from({ length: count }, (_, index) => times(index)).reduce((sum, each) => sum + each, 0);
  const validation = Array.from({ length: 7 }, (_, index) => times(index)).reduce((sum, each) => sum + each, 0);
  // The loss is divided by the number of samples, as in Keras: so is the step.
  const once = await trained({ ...data, train: weighted(data.train, times), validation: weighted(data.validation!, times) }, 0.5, {
    weightedMetrics: ['accuracy', 'auc', 'f1Score'],
  });
  const twice = await trained(
    { ...data, train: repeated(data.train, times), validation: repeated(data.validation!, times) },
    (0.5 * whole) / count,
  );
  once.weights.forEach((value, index) => expect(Math.abs(value - twice.weights[index])).toBeLessThan(2e-6));
  once.metrics.forEach((found, epoch) => {
    const wanted = twice.metrics[epoch];
    for (const name of ['accuracy', 'auc', 'f1_score']) {
      expect(found[`weighted_${name}`], name).toBeCloseTo(wanted[name], 5);
      expect(found[`val_weighted_${name}`], name).toBeCloseTo(wanted[`val_${name}`], 5);
    }
    expect(found['loss'] * (count / whole)).toBeCloseTo(wanted['loss'], 5);
    expect(found['val_loss'] * (7 / validation)).toBeCloseTo(wanted['val_loss'], 5);
  });
  expect(once.metrics[2]['auc']).not.toBe(once.metrics[2]['weighted_auc']);
});

it('class weights multiply them while training, and do not count in validation', async () => {
  const classWeight = { 0: 3, 'class 1': 0.5 };
  const byClass = [3, 0.5, 1];
  const both = await trained({ ...data, train: weighted(data.train, times) }, 0.5, { classWeight, weightedMetrics: ['accuracy'] });
  const product = weighted(data.train, (index) => times(index) * byClass[data.train.targets[index]]);
  const alone = await trained({ ...data, train: product }, 0.5, { weightedMetrics: ['accuracy'] });
  both.weights.forEach((value, index) => expect(Math.abs(value - alone.weights[index])).toBeLessThan(1e-6));
  both.metrics.forEach((found, epoch) => {
    for (const name of ['loss', 'weighted_accuracy', 'val_loss']) expect(found[name], name).toBeCloseTo(alone.metrics[epoch][name], 5);
    expect(found['val_weighted_accuracy']).toBe(found['val_accuracy']);
  });
});

it('of mixed samples, each one’s own weight goes with its share', () => {
  const train = weighted(data.train, (index) => index + 1);
  const maker = createBatchMaker({ train, inputShape: [4], augmentation: { mixup: 0.4 }, seed: 3, batchSize: 12 });
  const order = Uint32Array.from({ length: 12 }, (_, index) => 11 - index);
  const batch = maker.make(order, 0, 12, 1, maker.makeBuffers());
  maker.close();
  expect([...batch.weights!]).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  const { weights, targets } = batch.mixed!;
  weights!.forEach((weight, index) => expect(data.train.targets[weight - 1]).toBe(targets[index]));
});
