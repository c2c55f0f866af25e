/** What is trained: the same models, sizes and batches as in pytorch.py, on random data. */
import { completeModel } from '#engine/model/complete.ts';
import type { TrainJob } from '#engine/loop/events.ts';
import { randomStream } from '#engine/loop/random.ts';
import type { Json, KerasObject } from '#contract/spec.ts';

const layer = (className: string, config: { [option: string]: Json } = {}): KerasObject => ({ class_name: className, config });
const output = layer('Dense', { units: 10, activation: 'softmax' });
const convolution = (filters: number) => layer('Conv2D', { filters, kernelSize: 3, activation: 'relu' });
const pooling = layer('MaxPooling2D', { poolSize: 2 });

export const benchmarks: Readonly<Record<string, { inputShape: readonly number[]; samples: number; layers: KerasObject[] }>> = {
  mlp: { inputShape: [784], samples: 10_000, layers: [layer('Dense', { units: 128, activation: 'relu' }), output] },
  cnn: {
    inputShape: [28, 28, 1],
    samples: 10_000,
    layers: [convolution(8), pooling, convolution(16), pooling, layer('Flatten'), output],
  },
  lstm: { inputShape: [28, 28], samples: 2560, layers: [layer('LSTM', { units: 64 }), output] },
};

export function makeJob(name: string, epochs: number): TrainJob {
  const { inputShape, samples, layers } = benchmarks[name];
  const stream = randomStream(1, 'benchmark', name);
  const size = inputShape.reduce((product, length) => product * length, 1);
  const data = {
    inputShape,
    targetShape: [],
    task: 'classification' as const,
    classes: Array.from({ length: 10 }, (_, index) => String(index)),
    train: {
      count: samples,
      inputs: Float32Array.from({ length: samples * size }, () => stream.uniform()),
      targets: Float32Array.from({ length: samples }, () => Math.floor(stream.uniform() * 10)),
      rows: Uint32Array.from({ length: samples }, (_, index) => index),
    },
    hash: name,
  };
  return {
    model: completeModel({ class_name: 'Sequential', config: { layers } }, data),
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
