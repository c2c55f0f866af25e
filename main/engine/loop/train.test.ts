import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KerasObject } from '#contract/spec.ts';
import { type Backend, openBackend } from '../backends/index.ts';
import { collect, eventsOf, largestDifference, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { estimateEpoch } from './estimate.ts';
import type { TrainEvent, TrainJob } from './events.ts';
import { createPredictor } from './predict.ts';
import { tf } from '../tfjs.ts';
import { train } from './train.ts';

let native: Backend;
let reference: Backend;
beforeAll(async () => {
  native = await openBackend('native', { threads: 1 });
  reference = await openBackend('reference');
});

const dense = (units: number, activation = 'linear') => layer('Dense', { units, activation });
const smallNetwork = sequential(dense(8, 'relu'), layer('Dropout', { rate: 0.25 }), layer('Dense', { activation: 'softmax' }));
const smallData = makeData({ inputShape: [6], classes: 3, train: 70, validation: 30 });
const smallJob = (settings = {}) => makeJob(smallNetwork, smallData, settings);
const stopping = (config: KerasObject['config']) => [layer('EarlyStopping', config)];

const lastCheckpoint = (events: readonly TrainEvent[]): Checkpoint =>
  eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;

const bestCheckpoint = (events: readonly TrainEvent[]): Checkpoint =>
  eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'best')!.checkpoint;

function hashOf({ weights, slots }: Checkpoint): string {
  const hash = createHash('sha256');
  for (const [name, { values }] of [...weights, ...slots])
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}
const rows = (events: readonly TrainEvent[]) => eventsOf(events, 'epochEnded').map(({ row }) => row);

/** Every kind of layer, optimizer and loss that training promises. */
const models: Record<string, () => TrainJob> = {
  'dense, softmax, Adam': () =>
    makeJob(sequential(dense(16, 'relu'), dense(10, 'softmax')), makeData({ inputShape: [20], classes: 10 }), { metrics: ['accuracy'] }),
  'convolution, max pooling': () =>
    makeJob(
      sequential(
        layer('Conv2D', { filters: 4, kernelSize: 3, activation: 'relu' }),
        layer('MaxPooling2D', { poolSize: 2 }),
        layer('Conv2D', { filters: 4, kernelSize: 3, activation: 'relu' }),
        layer('MaxPooling2D', { poolSize: 2 }),
        layer('Flatten'),
        dense(4, 'softmax'),
      ),
      makeData({ inputShape: [12, 12, 1], classes: 4 }),
      { metrics: ['accuracy'] },
    ),
  'batch normalization, average pooling, strides, dropout': () =>
    makeJob(
      sequential(
        layer('Conv2D', { filters: 4, kernelSize: 3, padding: 'same', useBias: false }),
        layer('BatchNormalization'),
        layer('Activation', { activation: 'relu' }),
        layer('AveragePooling2D', { poolSize: 2 }),
        layer('Conv2D', { filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
        layer('MaxPooling2D', { poolSize: 2, strides: 1, padding: 'same' }),
        layer('Flatten'),
        dense(8),
        layer('BatchNormalization', { scale: false, center: false }),
        layer('Dropout', { rate: 0.3 }),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [10, 10, 3], classes: 3 }),
      { loss: 'categoricalCrossentropy', metrics: ['accuracy'], optimizer: layer('SGD', { learningRate: 0.05 }) },
    ),
  'global pooling, reshape, momentum': () =>
    makeJob(
      sequential(
        layer('Reshape', { targetShape: [6, 6, 1] }),
        layer('Conv2D', { filters: 5, kernelSize: 3, activation: 'tanh' }),
        layer('GlobalAveragePooling2D'),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [36], classes: 3 }),
      { optimizer: layer('SGD', { learningRate: 0.05, momentum: 0.9 }) },
    ),
  'global maximum, Nesterov': () =>
    makeJob(
      sequential(layer('Conv2D', { filters: 5, kernelSize: 3 }), layer('GlobalMaxPooling2D'), dense(3, 'softmax')),
      makeData({ inputShape: [6, 6, 1], classes: 3 }),
      { optimizer: layer('SGD', { learningRate: 0.05, momentum: 0.9, nesterov: true }) },
    ),
  'regression, squared error, RMSprop': () =>
    makeJob(sequential(dense(8, 'tanh'), dense(1)), makeData({ inputShape: [5] }), {
      metrics: ['mae', 'meanSquaredError'],
      optimizer: layer('RMSprop', { learning_rate: 0.005 }),
    }),
  'regression, absolute error, centred RMSprop with momentum': () =>
    makeJob(sequential(dense(8, 'sigmoid'), dense(1)), makeData({ inputShape: [5] }), {
      loss: 'meanAbsoluteError',
      optimizer: layer('RMSprop', { learningRate: 0.005, centered: true, momentum: 0.5 }),
    }),
  'a softmax layer': () =>
    makeJob(sequential(dense(3), layer('Softmax')), makeData({ inputShape: [5], classes: 3 }), { metrics: ['accuracy'] }),
  'two classes behind a sigmoid': () =>
    makeJob(sequential(dense(8, 'elu'), layer('Dense', { activation: 'sigmoid' })), makeData({ inputShape: [5], classes: 2 }), {
      loss: 'binary_crossentropy',
      metrics: ['accuracy'],
    }),
  'regularized and constrained': () =>
    makeJob(
      sequential(
        layer('Dense', {
          units: 8,
          kernelRegularizer: { class_name: 'L2', config: { l2: 0.02 } },
          kernelConstraint: { class_name: 'MaxNorm', config: { maxValue: 0.5, axis: 0 } },
        }),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [5], classes: 3 }),
    ),
  'noise layers': () =>
    makeJob(
      sequential(
        layer('GaussianNoise', { stddev: 0.02 }),
        dense(8, 'selu'),
        layer('AlphaDropout', { rate: 0.05 }),
        layer('GaussianDropout', { rate: 0.01 }),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [5], classes: 3 }),
    ),
  'embedding and LSTM': () =>
    makeJob(
      sequential(
        layer('Embedding', { inputDim: 30, outputDim: 6 }),
        layer('LSTM', { units: 5, returnSequences: true, dropout: 0.2 }),
        layer('GlobalAveragePooling1D'),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [7], classes: 3, ids: 30 }),
    ),
  'GRU and bidirectional': () =>
    makeJob(
      sequential(
        layer('GRU', { units: 4, returnSequences: true, resetAfter: false }),
        layer('Bidirectional', { layer: { class_name: 'SimpleRNN', config: { units: 3 } }, mergeMode: 'concat' }),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [5, 4], classes: 3 }),
    ),
  'depthwise and separable convolution': () =>
    makeJob(
      sequential(
        layer('DepthwiseConv2D', { kernelSize: 3, activation: 'relu' }),
        layer('SeparableConv2D', { filters: 4, kernelSize: 3, activation: 'relu' }),
        layer('Flatten'),
        layer('LayerNormalization'),
        dense(3, 'softmax'),
      ),
      makeData({ inputShape: [8, 8, 2], classes: 3 }),
    ),
};

describe('compiled steps', () => {
  // Weights are not compared: Adam turns a gradient that is 0 but for rounding (a bias before batch normalization)
  // into steps of the learning rate's size.
  for (const [label, makeModelJob] of Object.entries(models)) {
    it(`give the losses of tfjs’ own kernels: ${label}`, async () => {
      const job = makeModelJob();
      const spec = { ...job.train, epochs: 10, batchSize: 32 };
      // Ten epochs of one step each.
      const data = {
        ...job.data,
        train: {
          ...job.data.train,
          count: 32,
          inputs: job.data.train.inputs.subarray(0, job.data.train.inputs.length / 3),
          targets: job.data.train.targets.subarray(0, job.data.train.targets.length / 3),
        },
      };
      const found = rows(await collect({ ...job, data, train: spec }, { backend: native }));
      const wanted = rows(await collect({ ...job, data, train: spec }, { backend: reference }));
      expect(found.length).toBe(10);
      found.forEach((row, index) => {
        for (const [name, value] of Object.entries(wanted[index].metrics)) {
          expect(Math.abs(row.metrics[name] - value) / Math.max(1, Math.abs(value)), `${name}, epoch ${index + 1}`).toBeLessThan(1e-6);
        }
      });
      expect(found[9].metrics.loss).toBeLessThan(found[0].metrics.loss);
    });
  }
});

describe('a run', () => {
  it('tells what happens in order', async () => {
    const events = await collect(smallJob({ metrics: ['accuracy'], epochs: 3 }));
    const kinds = events
      .filter(({ type }) => type !== 'progressed')
      .map((event) => (event.type === 'checkpoint' ? event.kind : event.type));
    expect(kinds[0]).toBe('started');
    expect(kinds[kinds.length - 1]).toBe('ended');
    expect(kinds.filter((kind) => kind === 'epochEnded').length).toBe(3);
    // An epoch's checkpoints come before it is told to have ended.
    kinds.forEach((kind, index) => kind === 'epochEnded' && expect(kinds[index - 1]).toBe('last'));
    const [started] = eventsOf(events, 'started');
    expect(started).toMatchObject({ parameters: 6 * 8 + 8 + 8 * 3 + 3, samples: { train: 70, validation: 30 }, steps: 3 });
    const [row] = rows(events);
    expect(Object.keys(row.metrics)).toEqual(['loss', 'accuracy', 'val_loss', 'val_accuracy']);
    expect(row).toMatchObject({ epoch: 1, learningRate: 0.01, samples: 70, steps: 3 });
    expect(row.elapsedMs).toBeGreaterThanOrEqual(row.phasesMs.steps);
    expect(eventsOf(events, 'ended')).toEqual([expect.objectContaining({ status: 'completed', reason: 'epochs', epochs: 3 })]);
  });

  it('counts every sample once, whatever the batch size', async () => {
    // Nothing is learned at a rate of 0, so an epoch’s means are those of all samples.
    const still = { optimizer: layer('SGD', { learningRate: 0 }), metrics: ['accuracy'], epochs: 1 };
    const network = sequential(dense(8, 'relu'), dense(3, 'softmax'));
    const means = await Promise.all(
      [70, 32, 7].map(async (batchSize) => rows(await collect(makeJob(network, smallData, { ...still, batchSize })))[0].metrics),
    );
    for (const mean of means) {
      expect(mean.accuracy).toBe(means[0].accuracy);
      expect(mean.val_accuracy).toBe(means[0].val_accuracy);
      expect(mean.loss).toBeCloseTo(means[0].loss, 6);
    }
  });

  it('has the same bits with the same seed, and others with another', async () => {
    const [first, again, other] = await Promise.all(
      [7, 7, 8].map(async (seed) => hashOf(lastCheckpoint(await collect(smallJob({ seed }))))),
    );
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('has the bits it would have had when it goes on from a file', async () => {
    const settings = {
      epochs: 6,
      callbacks: stopping({ monitor: 'val_loss', patience: 4, restoreBestWeights: true }),
      metrics: ['accuracy'],
    };
    const whole = await collect(smallJob(settings));
    const interrupted = eventsOf(whole, 'checkpoint').find(({ kind, checkpoint }) => kind === 'last' && checkpoint.epoch === 2)!;
    const from = decodeCheckpoint(encodeCheckpoint(interrupted.checkpoint));
    const resumed = await collect({ ...smallJob(settings), from });
    expect(hashOf(lastCheckpoint(resumed))).toBe(hashOf(lastCheckpoint(whole)));
    const metrics = (events: readonly TrainEvent[]) => rows(events).map(({ epoch, metrics: values }) => ({ epoch, values }));
    expect(metrics(resumed)).toEqual(metrics(whole).slice(2));
    expect(eventsOf(resumed, 'ended')).toEqual(eventsOf(whole, 'ended'));
  });

  it('stops after the step in progress when it is told to', async () => {
    const controller = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of train(smallJob({ epochs: 50 }), { backend: native, signal: controller.signal })) {
      events.push(event);
      if (event.type === 'epochEnded' && event.row.epoch === 2) controller.abort();
    }
    expect(events.pop()).toMatchObject({ type: 'ended', status: 'stopped', reason: 'user', epochs: 2 });
    expect(rows(events).length).toBe(2);
  });

  it('waits at the gate, and does not count the wait', async () => {
    let now = 0;
    const gate = {
      wait: () => {
        now += 1000;
        return Promise.resolve();
      },
    };
    const events = await collect(smallJob({ epochs: 1 }), { gate, clock: () => (now += 1) });
    expect(rows(events)[0].elapsedMs).toBeLessThan(1000);
  });

  it('reports progress at most ten times a second', async () => {
    let now = 0;
    const events = await collect(smallJob({ epochs: 20, batchSize: 1 }), { clock: () => (now += 0.5) });
    const progress = eventsOf(events, 'progressed').filter(({ phase }) => phase !== 'compiling');
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.length).toBeLessThanOrEqual(now / 100 + 1);
  });

  it('ends as diverged when the loss is not a number any more', async () => {
    const data = makeData({ inputShape: [5] });
    const job = makeJob(sequential(dense(8), dense(1)), data, { epochs: 50, optimizer: layer('SGD', { learningRate: 1e6 }) });
    const events = await collect(job);
    const ended = eventsOf(events, 'ended')[0];
    expect(ended).toMatchObject({ status: 'diverged', reason: 'nan' });
    const last = rows(events).pop()!;
    expect(last.epoch).toBe(ended.epochs);
    expect(Number.isFinite(last.metrics.loss)).toBe(false);
  });

  it('keeps the best checkpoint by the monitored metric', async () => {
    const events = await collect(
      smallJob({ epochs: 8, metrics: ['accuracy'], callbacks: stopping({ monitor: 'val_accuracy', patience: 100 }) }),
    );
    const values = rows(events).map(({ metrics }) => metrics.val_accuracy);
    const bestEpoch = values.indexOf(Math.max(...values)) + 1;
    const kept = bestCheckpoint(events);
    expect(kept.epoch).toBe(bestEpoch);
    expect(kept.slots.size).toBe(0);
    expect(eventsOf(events, 'ended')[0].best).toEqual({ metric: 'val_accuracy', epoch: bestEpoch, value: values[bestEpoch - 1] });
  });
});

describe('early stopping', () => {
  it('ends when nothing improves for as long as it has patience, with the best epoch’s weights', async () => {
    // Without learning no epoch improves on the first.
    const settings = {
      epochs: 20,
      optimizer: layer('SGD', { learningRate: 0 }),
      callbacks: stopping({ patience: 3, restoreBestWeights: true }),
    };
    const events = await collect(smallJob(settings));
    expect(eventsOf(events, 'ended')[0]).toMatchObject({ status: 'completed', reason: 'earlyStopping', epochs: 4, best: { epoch: 1 } });
  });

  it('restores the weights of the best epoch', async () => {
    const settings = {
      epochs: 30,
      optimizer: layer('Adam', { learningRate: 0.3 }),
      callbacks: stopping({ patience: 2, restoreBestWeights: true }),
    };
    const events = await collect(smallJob(settings));
    const { reason, best } = eventsOf(events, 'ended')[0];
    expect(reason).toBe('earlyStopping');
    const kept = bestCheckpoint(events);
    expect(kept.epoch).toBe(best!.epoch);
    const last = lastCheckpoint(events);
    expect(last.epoch).toBeGreaterThan(kept.epoch);
    for (const [name, { values }] of kept.weights) expect(last.weights.get(name)!.values).toEqual(values);
  });

  it('leaves the last weights where it is not told to restore', async () => {
    const settings = { epochs: 30, optimizer: layer('Adam', { learningRate: 0.3 }), callbacks: stopping({ patience: 2 }) };
    const events = await collect(smallJob(settings));
    const kept = bestCheckpoint(events);
    expect(lastCheckpoint(events).weights.get('dense/kernel')!.values).not.toEqual(kept.weights.get('dense/kernel')!.values);
  });
});

describe('what does not fit', () => {
  it('is said before anything is trained: another model’s checkpoint, or one without slots', async () => {
    const events = await collect(smallJob({ epochs: 1 }));
    const other = makeJob(sequential(dense(9, 'relu'), layer('Dense', { activation: 'softmax' })), smallData, { epochs: 2 });
    await expect(collect({ ...other, from: lastCheckpoint(events) })).rejects.toThrow(/“dense\/kernel” is missing or has another shape/);
    await expect(collect({ ...smallJob(), from: bestCheckpoint(events) })).rejects.toThrow(/“momentum\/dense\/kernel”/);
  });

  it('is said of data without samples', async () => {
    const empty = { ...smallData.train, count: 0, inputs: new Float32Array(0), targets: new Float32Array(0) };
    await expect(collect({ ...smallJob(), data: { ...smallData, train: empty } })).rejects.toMatchObject({ code: 'engine.noSamples' });
  });

  it('is said of a metric that no epoch reports', async () => {
    const { validation: _, ...data } = smallData;
    const job = { ...smallJob({ callbacks: stopping({ monitor: 'val_loss' }) }), data };
    await expect(collect(job)).rejects.toMatchObject({ code: 'engine.monitorMissing', at: '/train/callbacks/0/config/monitor' });
  });
});

describe('memory', () => {
  it('is given back after a run, ended or left', async () => {
    await collect(smallJob({ epochs: 1 }));
    const before = tf.memory().numTensors;
    await collect(smallJob({ epochs: 1 }));
    const left = train(smallJob(), { backend: native });
    await left.next();
    await left.next();
    await left.return();
    await expect(collect(smallJob({ optimizer: layer('Adam'), loss: 'mse' }))).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('using what was trained', () => {
  it('predicts the same on every backend, for any number of samples', async () => {
    const job = smallJob({ epochs: 2 });
    const { weights } = lastCheckpoint(await collect(job));
    const outputs = await Promise.all(
      [native, reference].map(async (backend) => {
        const predictor = await createPredictor(job.model, weights, backend);
        expect(predictor).toMatchObject({ inputShape: [6], outputShape: [3] });
        try {
          return await predictor.predict(smallData.train.inputs);
        } finally {
          await predictor.dispose();
        }
      }),
    );
    expect(outputs[0].length).toBe(70 * 3);
    expect(largestDifference(outputs[0], outputs[1])).toBeLessThan(1e-6);
    for (let row = 0; row < 70; row++)
      expect(outputs[0].slice(row * 3, row * 3 + 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it('foresees an epoch’s time', async () => {
    let now = 0;
    const estimate = await estimateEpoch(smallJob(), { backend: native, clock: () => (now += 5) });
    expect(estimate).toEqual({ stepMs: 5, epochMs: 5 * (70 / 32) + 5, steps: 3, compileMs: 5, memoryBytes: expect.any(Number) });
  });
});
