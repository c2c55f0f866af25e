/** Whole models against Keras 3 (testing/keras-models.py): three steps of training, their losses and every weight after each. */
import { expect, it } from 'vitest';
import type { Dataset } from '#contract/samples.ts';
import type { Json } from '#contract/spec.ts';
import { openNative } from '../backends/native.ts';
import { completeModel } from '../model/complete.ts';
import { buildModel } from '../model/build.ts';
import { kerasModels } from '../testing/keras-figures.ts';
import { sequential } from '../testing/harness.ts';
import { openSession } from './session.ts';

const relative = (found: ArrayLike<number>, recorded: readonly number[]) => {
  const size = recorded.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0.1);
  return recorded.reduce((worst, value, index) => Math.max(worst, Math.abs(found[index] - value) / size), 0);
};

it.each(kerasModels.models)('$name', async (recorded) => {
  const {
    inputShape,
    classes,
    targets = 1,
    batch: size,
    batches,
    loss,
    optimizer,
    weightedMetrics = [],
    classWeight,
    places = [],
    metrics: measured = [],
  } = recorded;
  const rows = Uint32Array.from({ length: size }, (_, index) => index);
  const partOf = (at: number) => {
    const { inputs, targets: wanted, weights } = batches[at];
    return {
      count: size,
      inputs: Float32Array.from(inputs),
      targets: Float32Array.from(wanted),
      rows,
      ...(weights && { weights: Float32Array.from(weights) }),
    };
  };
  const data: Dataset = {
    inputShape,
    targetShape: classes ? places : [targets],
    task: classes ? 'classification' : 'regression',
    ...(classes && { classes: Array.from({ length: classes }, (_, index) => String(index)) }),
    train: partOf(0),
    hash: '',
  };
  const model = completeModel(sequential(...recorded.layers), data);
  const built = buildModel(model, null);
  const names = built.weights.map(
    ({ name, variable }, index) => [name, { shape: variable.shape, values: Float32Array.from(recorded.start[index].values) }] as const,
  );
  built.dispose();
  expect(names.map(([, { shape }]) => shape)).toEqual(recorded.start.map(({ shape }) => shape));
  const train = {
    epochs: 1,
    batchSize: size,
    optimizer,
    loss,
    metrics: measured,
    weightedMetrics,
    callbacks: [],
    seed: 1,
    shuffle: false,
    ...(classWeight && { classWeight }),
  };
  const from = { epoch: 0, weights: new Map(names), slots: new Map(), state: { isFork: true } as Json };
  const session = openSession({ model, train, data, from }, await openNative(1));
  try {
    for (const [index, { loss: wanted, metrics, after }] of batches.entries()) {
      const { count, inputs, targets: truth, weights } = partOf(index);
      const rate = session.optimizer.schedule.constant!;
      const sums = await session.step({ size: count, inputs, targets: truth, ...(weights && { weights }) }, index + 1, rate);
      const results = session.results(new Map([...sums].map(([name, values]) => [name, Float64Array.from(values)])), size);
      expect(Math.abs(results['loss'] - wanted) / Math.max(1, Math.abs(wanted)), `loss of step ${index + 1}`).toBeLessThan(2e-5);
      for (const [name, value] of Object.entries(metrics))
        expect(results[name.replace('sparse_categorical_', '')], name).toBeCloseTo(value, 5);
      await session.fetch();
      const now = session.weights();
      names.forEach(([name], at) =>
        expect(relative(now.get(name)!.values, after[at]), `${name} after step ${index + 1}`).toBeLessThan(2e-4),
      );
    }
  } finally {
    await session.dispose();
  }
});
