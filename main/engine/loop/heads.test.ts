/** Models with several inputs and outputs, shared, nested and frozen layers. */
import { describe, expect, it } from 'vitest';
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset, Part } from '#contract/samples.ts';
import type { Json, KerasObject, ModelSpec, TrainSpec } from '#contract/spec.ts';
import { openNative } from '../backends/native.ts';
import { describeModel } from '../model/describe.ts';
import { completeModel } from '../model/complete.ts';
import { buildModel } from '../model/build.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { createPredictor } from './predict.ts';
import { stepProgram } from './programs.ts';
import { randomStream } from './random.ts';
import { makeHeads } from './heads.ts';
import { makeOptimizer } from './optimizers.ts';

type Config = { [option: string]: Json };
const node = (class_name: string, name: string, config: Config, ...from: string[]) => ({
  class_name,
  name,
  config: { ...config, name },
  inbound_nodes: from.length > 0 ? [from.map((source) => [source, 0, 0, {}])] : [],
});
const graph = (inputs: string[], outputs: string[], ...layers: object[]): ModelSpec => ({
  class_name: 'Functional',
  config: {
    layers: layers as unknown as Json,
    input_layers: inputs.map((name) => [name, 0, 0]),
    output_layers: outputs.map((name) => [name, 0, 0]),
  },
});

/** `number` is half of the second input's sum, `kind` whether the first one's is above 1. */
function part(count: number, seed: number): Part {
  const stream = randomStream(seed, 'several');
  const inputs = Float32Array.from({ length: count * 3 }, () => stream.uniform());
  const targets = new Float32Array(count * 2);
  for (let row = 0; row < count; row++) {
    targets[2 * row] = inputs[3 * row + 2] / 2;
    targets[2 * row + 1] = inputs[3 * row] + inputs[3 * row + 1] > 1 ? 1 : 0;
  }
  return { count, inputs, targets, rows: Uint32Array.from({ length: count }, (_, index) => index) };
}
const data: Dataset = {
  inputShape: [3],
  inputs: [
    { name: 'a', shape: [2] },
    { name: 'b', shape: [1] },
  ],
  targetShape: [2],
  task: 'regression',
  targets: [
    { name: 'number', shape: [1], task: 'regression' },
    { name: 'kind', shape: [], task: 'classification', classes: ['low', 'high'] },
  ],
  train: part(128, 1),
  validation: part(32, 2),
  hash: 'several',
};
const model = graph(
  // In another order than the data's.
  ['b', 'a'],
  ['kind', 'number'],
  node('InputLayer', 'a', {}),
  node('InputLayer', 'b', {}),
  node('Dense', 'hidden', { units: 8, activation: 'tanh' }, 'a'),
  node('Dense', 'kind', { activation: 'softmax' }, 'hidden'),
  node('Dense', 'number', {}, 'b'),
);
const settings: Partial<TrainSpec> = {
  epochs: 25,
  batchSize: 16,
  optimizer: layer('Adam', { learningRate: 0.05 }),
  loss: { number: 'meanSquaredError', kind: 'sparseCategoricalCrossentropy' },
  lossWeights: { number: 3 },
  metrics: { number: ['mae'], kind: ['accuracy'] },
};

function errorOf(action: () => unknown): EpochbookError {
  try {
    action();
  } catch (error) {
    if (error instanceof EpochbookError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('several inputs and outputs', () => {
  it('learn, each with its own loss and metrics, the sum weighted', async () => {
    const job = makeJob(model, data, settings);
    const events = await collect(job);
    const { metrics } = eventsOf(events, 'epochEnded').at(-1)!.row;
    expect(Object.keys(metrics)).toEqual(
      ['loss', 'kind_loss', 'kind_accuracy', 'number_loss', 'number_mae']
        .flatMap((name) => [name])
        .concat(['loss', 'kind_loss', 'kind_accuracy', 'number_loss', 'number_mae'].map((name) => `val_${name}`)),
    );
    expect(metrics.loss).toBeCloseTo(metrics.kind_loss + 3 * metrics.number_loss, 5);
    expect(metrics.val_kind_accuracy).toBeGreaterThan(0.85);
    expect(metrics.val_number_mae).toBeLessThan(0.02);

    const { weights } = eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;
    const predictor = await createPredictor(job.model, weights, await openNative(1));
    const rows = await predictor.predict(data.validation!.inputs);
    await predictor.dispose();
    expect(predictor.outputShape).toEqual([3]);
    // Two shares that add up to 1, then the number.
    for (let row = 0; row < 32; row++) {
      expect(rows[3 * row] + rows[3 * row + 1]).toBeCloseTo(1, 5);
      expect(Math.abs(rows[3 * row + 2] - data.validation!.targets[2 * row])).toBeLessThan(0.1);
    }
  });

  it('are refused where names do not fit', async () => {
    const failure = async (changed: Partial<TrainSpec>) =>
      collect(makeJob(model, data, { ...settings, ...changed })).catch((error: EpochbookError) => [error.code, error.at]);
    expect(await failure({ loss: { number: 'mse' } })).toEqual(['engine.outputLoss', '/train/loss']);
    expect(await failure({ loss: { numbr: 'mse', kind: 'mse' } })).toEqual(['engine.outputUnknown', '/train/loss']);
    expect(await failure({ lossWeights: { kin: 2 } })).toEqual(['engine.outputUnknown', '/train/lossWeights']);
    expect(await failure({ loss: { number: 'sparseCategoricalCrossentropy', kind: 'sparseCategoricalCrossentropy' } })).toEqual([
      'engine.lossFit',
      '/train/loss/number',
    ]);
    expect(errorOf(() => completeModel(model, { ...data, inputs: undefined })).code).toBe('engine.inputNames');
    expect(errorOf(() => completeModel(model, { ...data, inputs: [{ name: 'c', shape: [3] }] })).code).toBe('engine.inputNames');
  });

  it('may be judged by the same target', async () => {
    const plain = makeData({ inputShape: [4], classes: 3, train: 32 });
    const twice = graph(
      ['in'],
      ['early', 'late'],
      node('InputLayer', 'in', {}),
      node('Dense', 'hidden', { units: 5, activation: 'relu' }, 'in'),
      node('Dense', 'early', { activation: 'softmax' }, 'in'),
      node('Dense', 'late', { activation: 'softmax' }, 'hidden'),
    );
    const events = await collect(makeJob(twice, plain, { epochs: 1 }));
    const { metrics } = eventsOf(events, 'epochEnded')[0].row;
    expect(metrics.loss).toBeCloseTo(metrics.early_loss + metrics.late_loss, 5);
  });
});

describe('layers used in other ways', () => {
  const table = makeData({ inputShape: [4], classes: 3, train: 32 });
  const encoder = (name: string): KerasObject => ({
    class_name: 'Sequential',
    config: { name, layers: [layer('Dense', { units: 6, activation: 'relu' }), layer('Dense', { units: 4 })] },
  });

  it('a model is a layer of another, with weights of its own names', async () => {
    const outer = sequential(
      encoder('encoder'),
      layer('Dropout', { rate: 0.1 }),
      encoder('second'),
      layer('Dense', { activation: 'softmax' }),
    );
    const completed = completeModel(outer, table);
    expect(describeModel(completed).layers.map(({ name, className, parameters }) => [name, className, parameters])).toEqual([
      ['encoder', 'Sequential', 58],
      ['dropout', 'Dropout', 0],
      ['second', 'Sequential', 58],
      ['dense', 'Dense', 15],
    ]);
    const built = buildModel(completed, 1);
    expect(built.weights.map(({ name }) => name)).toContain('second/dense_1/kernel');
    built.dispose();
    const rows = eventsOf(await collect(makeJob(outer, table, { epochs: 3 })), 'epochEnded');
    expect(rows.at(-1)!.row.metrics.loss).toBeLessThan(rows[0].row.metrics.loss);
  });

  it('a nested model used twice has its weights once', () => {
    const shared = graph(
      ['in'],
      ['out'],
      node('InputLayer', 'in', {}),
      { ...encoder('encoder'), name: 'encoder', inbound_nodes: [[['in', 0, 0, {}]], [['encoder', 0, 0, {}]]] },
      { ...node('Dense', 'out', { activation: 'softmax' }), inbound_nodes: [[['encoder', 1, 0, {}]]] },
    );
    expect(describeModel(completeModel(shared, table)).parameters).toBe(58 + 15);
  });

  it('no gradient is computed for frozen layers', async () => {
    const network = (trainable: boolean) =>
      sequential(
        layer('Dense', { units: 8, activation: 'relu', trainable }),
        layer('Dense', { units: 8, activation: 'relu', trainable }),
        layer('Dense', { activation: 'softmax' }),
      );
    const products = (trainable: boolean) => {
      const { model: spec, train } = makeJob(network(trainable), table);
      const built = buildModel(spec, 1);
      const heads = makeHeads(train, table, built);
      const objective = {
        model: built,
        heads,
        metrics: { step: [], evaluation: [] },
        targetShape: [],
        classWeights: null,
        hasWeights: false,
        mixes: false,
      };
      const program = stepProgram(objective, makeOptimizer(train.optimizer), 8, { updates: true, watched: false });
      const seen = new Set<object>();
      let count = 0;
      const visit = (given: { op: string; inputs: readonly object[] }) => {
        if (seen.has(given)) return;
        seen.add(given);
        if (given.op.includes('MatMul')) count++;
        given.inputs.forEach((input) => visit(input as typeof given));
      };
      program.outputs.forEach(visit);
      built.dispose();
      return count;
    };
    // Three products forward; backward one for each kernel and one for each input that matters.
    expect(products(true)).toBe(3 + 3 + 2);
    expect(products(false)).toBe(3 + 1);
    const events = await collect(makeJob(network(false), table, { epochs: 2 }));
    const [first, last] = ['best', 'last'].map(
      (kind) => eventsOf(events, 'checkpoint').find((event) => event.kind === kind)!.checkpoint.weights,
    );
    expect(last.get('dense/kernel')).toEqual(first.get('dense/kernel'));
  });
});
