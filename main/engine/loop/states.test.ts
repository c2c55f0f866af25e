/** Recurrent layers that carry their state: what follows what, what starts anew, and that all of it is part of a checkpoint. */
import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '#contract/spec.ts';
import { openBackend } from '../backends/index.ts';
import { openReference } from '../backends/reference.ts';
import { buildModel } from '../model/build.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { evaluatePart } from './evaluate.ts';
import { createPredictor } from './predict.ts';

const recurrent = (className: string, config = {}) => layer(className, { units: 3, stateful: true, ...config });
const withHead = (...layers: ReturnType<typeof layer>[]) => sequential(...layers, layer('Dense', { units: 1 }));
const data = makeData({ inputShape: [2, 3], train: 20, validation: 8 });
const settings = { epochs: 3, batchSize: 4, shuffle: false };

/** Predictions of rows that follow each other, `side` sequences side by side. */
async function predicted(model: ModelSpec, inputs: Float32Array, steps: number, side: number): Promise<number[]> {
  const job = makeJob(model, makeData({ inputShape: [steps, 3], train: 4 }), { shuffle: false });
  const built = buildModel(job.model, 5);
  const weights = new Map(
    built.weights.map(({ name, variable }) => [name, { shape: variable.shape, values: variable.dataSync() as Float32Array }]),
  );
  const predictor = await createPredictor(job.model, weights, await openBackend('native', { threads: 1 }), { statefulBatchSize: side });
  try {
    return [...(await predictor.predict(inputs))];
  } finally {
    await predictor.dispose();
    built.dispose();
  }
}

const kinds: [string, ReturnType<typeof layer>][] = [
  ['SimpleRNN', recurrent('SimpleRNN')],
  ['LSTM', recurrent('LSTM')],
  ['GRU', recurrent('GRU')],
  ['GRU with resetAfter', recurrent('GRU', { resetAfter: true })],
  [
    'RNN of stacked cells',
    layer('RNN', {
      stateful: true,
      cell: layer('StackedRNNCells', { cells: [layer('LSTMCell', { units: 2 }), layer('GRUCell', { units: 4 })] }),
    }),
  ],
];

describe('a sequence cut in two is one sequence', () => {
  it.each(kinds)('%s', async (_, kind) => {
    const { train } = makeData({ inputShape: [4, 3], train: 3 });
    const long = await predicted(withHead(kind), train.inputs, 4, 1);
    // Each prediction starts from 0; here it goes on over all three samples, of which the first alone began at 0.
    const halves = await predicted(withHead(kind), train.inputs, 2, 1);
    expect(halves.filter((__, index) => index % 2 === 1).map((value) => value.toFixed(5))).toEqual(long.map((value) => value.toFixed(5)));
    // Without it, every sample is a sequence of its own.
    const alone = await predicted(withHead({ ...kind, config: { ...kind.config, stateful: false } }), train.inputs, 4, 1);
    expect(alone[0]).toBeCloseTo(long[0], 5);
    expect(Math.abs(alone[1] - long[1])).toBeGreaterThan(1e-4);
  });

  it('in both directions, and of images', async () => {
    const both = withHead(layer('Bidirectional', { layer: recurrent('LSTM') }));
    expect(buildStates(both, [2, 3]).map(({ name }) => name)).toEqual([
      'bidirectional/forward/state_0',
      'bidirectional/forward/state_1',
      'bidirectional/backward/state_0',
      'bidirectional/backward/state_1',
    ]);
    const images = sequential(
      layer('ConvLSTM2D', { name: 'images', filters: 2, kernelSize: 2, stateful: true }),
      layer('Flatten'),
      layer('Dense', { units: 1 }),
    );
    expect(buildStates(images, [2, 5, 4, 1])).toEqual([
      { name: 'images/state_0', shape: [4, 3, 2] },
      { name: 'images/state_1', shape: [4, 3, 2] },
    ]);
    const rows = await collect(makeJob(images, makeData({ inputShape: [2, 5, 4, 1], train: 6 }), { ...settings, batchSize: 2 }));
    expect(eventsOf(rows, 'epochEnded')).toHaveLength(3);
  });

  it('wherever the batch ends: sequences side by side, the last of them shorter', async () => {
    const { train } = makeData({ inputShape: [2, 3], train: 5 });
    const size = 6;
    const side = await predicted(withHead(recurrent('LSTM')), train.inputs, 2, 3);
    const take = (...samples: number[]) =>
      Float32Array.from(samples.flatMap((index) => [...train.inputs.subarray(index * size, (index + 1) * size)]));
    const [first, second, third] = [
      await predicted(withHead(recurrent('LSTM')), take(0, 3), 2, 1),
      await predicted(withHead(recurrent('LSTM')), take(1, 4), 2, 1),
      await predicted(withHead(recurrent('LSTM')), take(2), 2, 1),
    ];
    [first[0], second[0], third[0], first[1], second[1]].forEach((value, index) => expect(side[index]).toBeCloseTo(value, 6));
  });
});

function buildStates(model: ModelSpec, inputShape: number[]) {
  const built = buildModel(makeJob(model, makeData({ inputShape, train: 4 }), { shuffle: false }).model, 1);
  built.dispose();
  return built.states;
}

/** One layer reads a sequence, another goes on from where it ended. */
function encoderDecoder(writer = 3): ModelSpec {
  const node = (class_name: string, name: string, config: object, ...from: [string, number][]) => ({
    class_name,
    name,
    config: { ...config, name },
    inbound_nodes: from.length > 0 ? [from.map(([source, output]) => [source, 0, output, {}])] : [],
  });
  const nodes = [
    node('InputLayer', 'x', {}),
    node('LSTM', 'reader', { units: 3, returnState: true, recurrentDropout: 0.2 }, ['x', 0]),
    node('LSTM', 'writer', { units: writer, returnSequences: true }, ['x', 0], ['reader', 1], ['reader', 2]),
    node('Flatten', 'flat', {}, ['writer', 0]),
    node('Dense', 'end', { units: 1 }, ['flat', 0]),
  ];
  return { class_name: 'Functional', config: { layers: nodes, input_layers: [['x', 0, 0]], output_layers: [['end', 0, 0]] } };
}

describe('a layer that begins with what another ended in', () => {
  it('trains natively as on the reference backend', async () => {
    const job = () => makeJob(encoderDecoder(), makeData({ inputShape: [4, 3], train: 12, validation: 4 }), settings);
    const rows = async (events: ReturnType<typeof collect>) => eventsOf(await events, 'epochEnded').map(({ row }) => row.metrics);
    const [native, plain] = [await rows(collect(job())), await rows(collect(job(), { backend: openReference() }))];
    native.forEach((row, epoch) => {
      for (const name of ['loss', 'val_loss']) expect(row[name]).toBeCloseTo(plain[epoch][name], 5);
    });
    expect(native.at(-1)!['loss']).toBeLessThan(native[0]['loss']);
  });

  it.each<[string, ModelSpec, string]>([
    ['states of another size', encoderDecoder(4), 'engine.initialState'],
    [
      'a row of layers in which there is no place for them',
      sequential(layer('LSTM', { units: 2, returnState: true }), layer('Dense', { units: 1 })),
      'engine.severalOutputs',
    ],
    [
      'nothing to be divided',
      sequential(layer('SpectralNormalization', { layer: layer('Flatten', {}) }), layer('Dense', { units: 1 })),
      'engine.noKernel',
    ],
  ])('%s: it is said at the layer', (_, model, code) => {
    const job = makeJob(model, makeData({ inputShape: [4, 3], train: 12 }), settings);
    expect(() => buildModel(job.model, 1)).toThrow(expect.objectContaining({ code, at: expect.stringMatching(/^\/model/) as string }));
  });
});

describe('training', () => {
  const model = withHead(recurrent('LSTM', { returnSequences: true, recurrentDropout: 0.2 }), recurrent('GRU'));
  const rows = (events: Awaited<ReturnType<typeof collect>>) => eventsOf(events, 'epochEnded').map(({ row }) => row.metrics);

  it('natively as on the reference backend, validation from 0 by itself, each epoch anew', async () => {
    const native = rows(await collect(makeJob(model, data, settings)));
    const plain = rows(await collect(makeJob(model, data, settings), { backend: openReference() }));
    native.forEach((row, epoch) => {
      for (const name of ['loss', 'val_loss']) expect(row[name]).toBeCloseTo(plain[epoch][name], 5);
    });
    // A learning rate of nothing: every epoch sees what the first saw.
    const still = rows(
      await collect(makeJob(withHead(recurrent('LSTM')), data, { ...settings, optimizer: layer('SGD', { learningRate: 0 }) })),
    );
    expect(still[1]).toEqual(still[0]);
    const own = sequential(layer('LSTM', { units: 3 }), layer('Dense', { units: 1 }));
    const without = rows(await collect(makeJob(own, data, { ...settings, optimizer: layer('SGD', { learningRate: 0 }) })));
    expect(without[0]['loss']).not.toBe(still[0]['loss']);
  });

  it('goes on from any checkpoint to the same bits, last batches smaller', async () => {
    const odd = { ...data, train: makeData({ inputShape: [2, 3], train: 18 }).train };
    const job = makeJob(model, odd, { ...settings, callbacks: [layer('BackupAndRestore', { saveFreq: 2 })] });
    const whole = await collect(job);
    const checkpoints = eventsOf(whole, 'checkpoint').filter(({ kind }) => kind === 'within' || kind === 'last');
    expect(checkpoints.some(({ checkpoint }) => checkpoint.slots.has('carried/lstm/state_1'))).toBe(true);
    const last = (events: typeof whole) =>
      encodeCheckpoint(eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint);
    const withoutTimes = (bytes: Uint8Array) => [...decodeCheckpoint(bytes).weights].map(([name, { values }]) => [name, [...values]]);
    for (const { checkpoint } of checkpoints.slice(0, 5)) {
      const resumed = await collect({ ...job, from: decodeCheckpoint(encodeCheckpoint(checkpoint)) });
      expect(withoutTimes(last(resumed))).toEqual(withoutTimes(last(whole)));
      expect(rows(resumed).at(-1)).toEqual(rows(whole).at(-1));
    }
    const { weights } = eventsOf(whole, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;
    const again = await evaluatePart(job, weights, data.validation!, { backend: await openBackend('native', { threads: 1 }) });
    expect(again.metrics['loss']).toBe(rows(whole).at(-1)!['val_loss']);
  });

  it('says that samples must keep their order', async () => {
    await expect(collect(makeJob(model, data, { ...settings, shuffle: true }))).rejects.toMatchObject({
      code: 'engine.statefulShuffle',
      at: '/train/shuffle',
      values: { layer: 'lstm' },
    });
    expect(() => makeJob(sequential(layer('TimeDistributed', { layer: recurrent('LSTM') })), makeData({ inputShape: [2, 2, 3] }))).toThrow(
      expect.objectContaining({ code: 'engine.optionUnsupported' }),
    );
  });

  it('the search for a learning rate keeps the order, too', async () => {
    const events = await collect(
      makeJob(withHead(recurrent('LSTM')), data, { ...settings, epochs: 1, callbacks: [layer('LearningRateFinder', { steps: 12 })] }),
    );
    expect(eventsOf(events, 'observed').some(({ observation }) => observation.kind === 'rateSearch')).toBe(true);
  });
});
