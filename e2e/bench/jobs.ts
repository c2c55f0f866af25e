/** What is trained: the same models, sizes and batches as in pytorch.py, on random data. */
import { completeModel } from '#engine/model/complete.ts';
import type { TrainJob } from '#engine/loop/events.ts';
import { randomStream } from '#engine/loop/random.ts';
import type { Json, KerasObject, ModelSpec } from '#contract/spec.ts';

const layer = (className: string, config: { [option: string]: Json } = {}): KerasObject => ({ class_name: className, config });
const output = layer('Dense', { units: 10, activation: 'softmax' });
const convolution = (filters: number) => layer('Conv2D', { filters, kernelSize: 3, activation: 'relu' });
const pooling = layer('MaxPooling2D', { poolSize: 2 });

const dense = (units: number) => layer('Dense', { units, activation: 'relu' });
const sequential = (...layers: KerasObject[]): ModelSpec => ({ class_name: 'Sequential', config: { layers } });

/** Each of the layers on what came before it by name, as Keras writes a functional model. */
function functional(
  inputShape: readonly number[],
  steps: readonly [name: string, inputs: readonly string[], layer: KerasObject][],
): ModelSpec {
  const layers = [
    { class_name: 'InputLayer', name: 'input', config: { name: 'input', batch_input_shape: [null, ...inputShape] }, inbound_nodes: [] },
    ...steps.map(([name, inputs, { class_name: className, config }]) => ({
      class_name: className,
      name,
      config: { name, ...config },
      inbound_nodes: [inputs.map((input): Json[] => [input, 0, 0, {}])],
    })),
  ];
  const last = steps[steps.length - 1][0];
  return { class_name: 'Functional', config: { name: 'model', layers, input_layers: [['input', 0, 0]], output_layers: [[last, 0, 0]] } };
}

const width = 64;
const heads = 4;
const tokens = 64;
const vocabulary = 1000;

/** Attention and two dense layers, each with what went in added and the sum normalized. */
function block(number: number, from: string): [string, string[], KerasObject][] {
  const [attention, attended, normal, wide, narrow, added, out] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(
    (part) => `block${number}${part}`,
  );
  return [
    [attention, [from, from], layer('MultiHeadAttention', { numHeads: heads, keyDim: width / heads })],
    [attended, [from, attention], layer('Add')],
    [normal, [attended], layer('LayerNormalization')],
    [wide, [normal], dense(4 * width)],
    [narrow, [wide], layer('Dense', { units: width })],
    [added, [normal, narrow], layer('Add')],
    [out, [added], layer('LayerNormalization')],
  ];
}

interface Benchmark {
  readonly inputShape: readonly number[];
  readonly samples: number;
  readonly model: ModelSpec;
  /** Inputs are whole numbers below this. */
  readonly ids?: number;
  /** Times the seconds of the better of PyTorch eager and compiled, at most. */
  readonly goal: number;
}

const deepBlock = (filters: number) => [
  layer('Conv2D', { filters, kernelSize: 3, padding: 'same', useBias: false }),
  layer('BatchNormalization'),
  layer('Activation', { activation: 'relu' }),
  pooling,
];

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  mlp: { goal: 0.8, inputShape: [784], samples: 10_000, model: sequential(dense(128), output) },
  cnn: {
    goal: 0.7,
    inputShape: [28, 28, 1],
    samples: 10_000,
    model: sequential(convolution(8), pooling, convolution(16), pooling, layer('Flatten'), output),
  },
  lstm: { goal: 0.9, inputShape: [28, 28], samples: 2560, model: sequential(layer('LSTM', { units: 64 }), output) },
  'deep-cnn': {
    goal: 1,
    inputShape: [32, 32, 3],
    samples: 2000,
    model: sequential(...[32, 64, 128].flatMap(deepBlock), layer('Flatten'), output),
  },
  transformer: {
    goal: 1,
    inputShape: [tokens],
    samples: 2560,
    ids: vocabulary,
    model: functional(
      [tokens],
      [
        ['embedding', ['input'], layer('Embedding', { inputDim: vocabulary, outputDim: width })],
        ...block(1, 'embedding'),
        ...block(2, 'block1g'),
        ['pooled', ['block2g'], layer('GlobalAveragePooling1D')],
        ['output', ['pooled'], output],
      ],
    ),
  },
  'large-mlp': { goal: 1, inputShape: [1024], samples: 2560, model: sequential(dense(4096), dense(4096), output) },
};

export function makeJob(name: string, epochs: number): TrainJob {
  const { inputShape, samples, model, ids } = benchmarks[name];
  const stream = randomStream(1, 'benchmark', name);
  const size = inputShape.reduce((product, length) => product * length, 1);
  const data = {
    inputShape,
    targetShape: [],
    task: 'classification' as const,
    classes: Array.from({ length: 10 }, (_, index) => String(index)),
    train: {
      count: samples,
      inputs: Float32Array.from({ length: samples * size }, () => (ids ? Math.floor(stream.uniform() * ids) : stream.uniform())),
      targets: Float32Array.from({ length: samples }, () => Math.floor(stream.uniform() * 10)),
      rows: Uint32Array.from({ length: samples }, (_, index) => index),
    },
    hash: name,
  };
  return {
    model: completeModel(model, data),
    train: {
      epochs,
      batchSize: 128,
      optimizer: layer('Adam', { learningRate: 0.001 }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
      callbacks: [],
      seed: 1,
      shuffle: true,
    },
    data,
  };
}
