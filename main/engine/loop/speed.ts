/** How fast a backend is: one job, the same on every machine. */
import type { KerasObject } from '#contract/spec.ts';
import type { Backend } from '../backends/backend.ts';
import { completeModel } from '../model/complete.ts';
import { randomStream } from './random.ts';
import { openSession } from './session.ts';

const layer = (className: string, config: KerasObject['config']): KerasObject => ({ class_name: className, config });
const size = 128;
const inputs = 784;
const classes = 10;
const warmUps = 2;
const budgetMs = 300;

/** Samples a second of training a perceptron, 784-128-10, in batches of 128 with Adam. */
export async function measureSpeed(backend: Backend, clock: () => number = () => performance.now()): Promise<number> {
  const stream = randomStream(1, 'speed');
  const data = {
    inputShape: [inputs],
    targetShape: [],
    task: 'classification' as const,
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    train: {
      count: size,
      inputs: Float32Array.from({ length: size * inputs }, () => stream.uniform()),
      targets: Float32Array.from({ length: size }, () => Math.floor(stream.uniform() * classes)),
      rows: Uint32Array.from({ length: size }, (_, index) => index),
    },
    hash: '',
  };
  const layers = [layer('Dense', { units: 128, activation: 'relu' }), layer('Dense', { units: classes, activation: 'softmax' })];
  const train = {
    epochs: 1,
    batchSize: size,
    optimizer: layer('Adam', {}),
    loss: 'sparseCategoricalCrossentropy',
    metrics: [],
    callbacks: [],
    seed: 1,
    shuffle: false,
  };
  const session = openSession({ model: completeModel({ class_name: 'Sequential', config: { layers } }, data), train, data }, backend);
  try {
    let step = 0;
    const once = () => session.step({ size, inputs: data.train.inputs, targets: data.train.targets }, ++step, 1e-3);
    for (let count = 0; count < warmUps; count++) await once();
    const began = clock();
    let done = 0;
    do {
      await once();
      done += 1;
    } while (clock() - began < budgetMs);
    return (done * size * 1000) / (clock() - began);
  } finally {
    await session.dispose();
  }
}
