/** What a run tells beside its metrics: confusion, watched layers, the search for a learning rate, why it diverged. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from '#contract/observations.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { type Backend, openBackend } from '../backends/index.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import type { TrainEvent } from './events.ts';
import { suggestedRate } from './learning-rate-finder.ts';
import { deadShare, histogramOf } from './observe.ts';
import { randomStream } from './random.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('native', { threads: 1 });
});

const data = makeData({ inputShape: [6], classes: 3, train: 100, validation: 40 });
const network = () =>
  sequential(layer('Dense', { units: 8, activation: 'relu' }), layer('Dropout', { rate: 0.2 }), layer('Dense', { activation: 'softmax' }));
const run = (settings: Partial<TrainSpec> = {}, over: Partial<typeof data> = {}) =>
  collect(makeJob(network(), { ...data, ...over }, { epochs: 3, ...settings }), { backend });
const seen = <K extends Observation['kind']>(events: readonly TrainEvent[], kind: K) =>
  eventsOf(events, 'observed').flatMap(({ observation }) => (observation.kind === kind ? [observation.content] : [])) as Extract<
    Observation,
    { kind: K }
  >['content'][];
const weightsOf = (events: readonly TrainEvent[]) =>
  eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint.weights;
const metricsOf = (events: readonly TrainEvent[]) => eventsOf(events, 'epochEnded').map(({ row }) => row.metrics);

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('confusion', () => {
  it('is of the validation part, adds up to the accuracy, and is told for the last and the best epoch', async () => {
    const events = await run({ metrics: ['accuracy'] });
    const last = seen(events, 'confusionLast');
    expect(last.map(({ epoch, part }) => [epoch, part])).toEqual([1, 2, 3].map((epoch) => [epoch, 'validation']));
    const counts = [0, 1, 2].map((index) => data.validation!.targets.filter((target) => target === index).length);
    metricsOf(events).forEach((metrics, index) => {
      expect(last[index].counts.map(sum)).toEqual(counts);
      expect(sum(last[index].counts.map((row, at) => row[at])) / 40).toBeCloseTo(metrics['val_accuracy'], 6);
    });
    const best = eventsOf(events, 'ended')[0].best!.epoch;
    expect(seen(events, 'confusionBest').at(-1)!.epoch).toBe(best);
  });

  it('is of the training part where there is no other, and of the two sides of one output', async () => {
    const binary = makeData({ inputShape: [3], classes: 2, train: 50 });
    const job = makeJob(sequential(layer('Dense', { units: 1, activation: 'sigmoid' })), binary, {
      loss: 'binaryCrossentropy',
      metrics: ['accuracy'],
    });
    const events = await collect(job, { backend });
    const [first] = seen(events, 'confusionLast');
    expect(first).toMatchObject({ part: 'training', classes: ['class 0', 'class 1'] });
    expect((first.counts[0][0] + first.counts[1][1]) / 50).toBeCloseTo(metricsOf(events)[0]['accuracy'], 6);
  });

  it('asked of numbers is refused at the metric', async () => {
    const numbers = makeData({ inputShape: [3], train: 20 });
    const job = makeJob(sequential(layer('Dense', { units: 1 })), numbers, { metrics: ['mae', 'confusionMatrix'] });
    await expect(collect(job, { backend })).rejects.toMatchObject({ code: 'engine.metricFit', at: '/train/metrics/1' });
  });
});

describe('watching', () => {
  it('changes no bit of the run, and tells each epoch’s last whole step', async () => {
    const watched = await run({ watch: { every: 1, histograms: true } });
    const plain = await run();
    expect(weightsOf(watched)).toEqual(weightsOf(plain));
    expect(metricsOf(watched)).toEqual(metricsOf(plain));
    const looks = seen(watched, 'watched');
    // 100 samples in batches of 32: the fourth step is not a whole one.
    expect(looks.map(({ epoch, step }) => [epoch, step])).toEqual([1, 2, 3].map((epoch) => [epoch, 3]));
    expect(looks[0].layers.map(({ name, weights }) => [name, weights])).toEqual([
      ['dense', 56],
      ['dropout', 0],
      ['dense_1', 27],
    ]);
    for (const { layers, gradientNorm } of looks) {
      expect(Math.hypot(...layers.map((each) => each.gradientNorm ?? 0))).toBeCloseTo(gradientNorm, 6);
      expect(sum(layers[0].weightHistogram!.counts)).toBe(56);
      expect(sum(layers[0].gradientHistogram!.counts)).toBe(56);
      expect(sum(layers[0].outputHistogram!.counts)).toBe(32 * 8);
      expect(layers[0].deadShare).toBeGreaterThanOrEqual(0);
      expect(layers[1]).not.toHaveProperty('deadShare');
    }
  });

  it('has the norms of a step that can be computed by hand', async () => {
    const rate = 0.5;
    const job = makeJob(sequential(layer('Dense', { units: 1, useBias: false })), makeData({ inputShape: [4], train: 16 }), {
      epochs: 1,
      batchSize: 16,
      optimizer: layer('SGD', { learningRate: rate }),
      watch: { every: 1, histograms: false },
    });
    const before = await collect({ ...job, train: { ...job.train, optimizer: layer('SGD', { learningRate: 0 }) } }, { backend });
    const [from] = weightsOf(before).values();
    const events = await collect(job, { backend });
    const [to] = weightsOf(events).values();
    const step = Math.hypot(...from.values.map((value, index) => value - to.values[index]));
    const [{ layers }] = seen(events, 'watched');
    expect(layers[0].weightNorm).toBeCloseTo(Math.hypot(...from.values), 6);
    expect(layers[0].gradientNorm).toBeCloseTo(step / rate, 5);
    expect(layers[0].updateRatio).toBeCloseTo(step / Math.hypot(...from.values), 6);
    expect(layers[0]).not.toHaveProperty('weightHistogram');
  });

  it('counts units that are 0 for all, and values by their size', () => {
    // Three units over two samples of two places: the second is always 0.
    const values = Float32Array.of(1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0);
    expect(deadShare(values, [2, 2, 3], 2)).toBeCloseTo(1 / 3, 9);
    expect(histogramOf([Float32Array.of(0, 0, 1), Float32Array.of(32, NaN)])).toMatchObject({
      min: 0,
      max: 32,
      counts: [2, 1, ...Array<number>(29).fill(0), 1],
    });
    expect(histogramOf([new Float32Array(4)])).toEqual({ min: 0, max: 0, counts: [4] });
    expect(histogramOf([])).toBeUndefined();
  });
});

describe('the search for a learning rate', () => {
  const finder = layer('LearningRateFinder', { minLearningRate: 1e-5, maxLearningRate: 10, steps: 60 });

  it('leaves the run as it would have been, and finds a rate that lowers the loss', async () => {
    const settings = { optimizer: layer('SGD', { learningRate: 0.1 }) };
    const events = await run({ ...settings, callbacks: [finder] });
    expect(weightsOf(events)).toEqual(weightsOf(await run(settings)));
    const [{ rates, losses, smoothed, suggested }] = seen(events, 'rateSearch');
    expect(rates[0]).toBeCloseTo(1e-5, 12);
    expect(rates[1] / rates[0]).toBeCloseTo(1e6 ** (1 / 59), 6);
    expect(losses.length).toBe(rates.length);
    expect(smoothed[0]).toBeCloseTo(losses[0], 6);
    expect(suggested).toBeGreaterThan(1e-3);
    expect(suggested).toBeLessThan(10);
    // It is told before the first epoch.
    expect(events.findIndex(({ type }) => type === 'observed')).toBeLessThan(events.findIndex(({ type }) => type === 'epochEnded'));
  });

  it('suggests where the loss falls the most, and nothing where it only rises', () => {
    const rates = Array.from({ length: 41 }, (_, index) => 10 ** (-4 + index / 10));
    const falls = rates.map((rate) => 1 / (1 + Math.exp(4 * (Math.log10(rate) + 2))) + (rate > 0.1 ? (10 * (rate - 0.1)) ** 2 : 0));
    expect(suggestedRate(rates, falls)).toBeCloseTo(0.01, 3);
    expect(suggestedRate(rates, rates)).toBeUndefined();
  });

  it.each([
    [{ minLearningRate: 1, maxLearningRate: 0.1 }, 'maxLearningRate'],
    [{ steps: 2 }, 'steps'],
  ])('%j is refused where it is wrong', async (config, option) => {
    await expect(run({ callbacks: [layer('LearningRateFinder', config)] })).rejects.toMatchObject({
      code: 'engine.callbackOption',
      values: { option },
    });
  });
});

describe('gathered gradients', () => {
  it('of equal batches are those of one large batch', async () => {
    const settings = { shuffle: false, epochs: 2, optimizer: layer('SGD', { learningRate: 0.1 }) };
    const dense = sequential(layer('Dense', { activation: 'softmax' }));
    const even = makeData({ inputShape: [6], classes: 3, train: 96 });
    const large = await collect(makeJob(dense, even, { ...settings, batchSize: 48 }), { backend });
    const optimizer = layer('SGD', { learningRate: 0.1, gradientAccumulationSteps: 3 });
    const gathered = await collect(makeJob(dense, even, { ...settings, batchSize: 16, optimizer }), { backend });
    const wanted = [...weightsOf(large).values()].flatMap(({ values }) => [...values]);
    const found = [...weightsOf(gathered).values()].flatMap(({ values }) => [...values]);
    found.forEach((value, index) => expect(value).toBeCloseTo(wanted[index], 6));
  });
});

describe('a run that diverges says why', () => {
  it('from weights beyond all numbers, whose checkpoint is the one before', async () => {
    const numbers = makeData({ inputShape: [4], train: 64, validation: 16 });
    const job = makeJob(sequential(layer('Dense', { units: 4 }), layer('Dense', { units: 1 })), numbers, {
      epochs: 20,
      optimizer: layer('SGD', { learningRate: 1e6 }),
    });
    const events = await collect(job, { backend });
    const [ended] = eventsOf(events, 'ended');
    expect(ended).toMatchObject({ status: 'diverged', reason: 'nan', error: { code: 'engine.diverged', at: '/train/optimizer' } });
    expect(ended.error!.values).toMatchObject({ layer: expect.stringMatching(/^dense/) as string, rate: '1000000' });
    for (const { checkpoint } of eventsOf(events, 'checkpoint'))
      for (const { values } of checkpoint.weights.values()) expect(values.every(Number.isFinite)).toBe(true);
  });

  it('from a value in the data, by its row', async () => {
    const inputs = data.train.inputs.slice();
    inputs[17 * 6 + 2] = NaN;
    const events = await run({ shuffle: false }, { train: { ...data.train, inputs, rows: data.train.rows.map((row) => row + 100) } });
    const [{ error }] = eventsOf(events, 'ended');
    expect(error).toMatchObject({
      code: 'engine.divergedData',
      at: '/data',
      values: { what: 'inputs', row: data.train.rows[17] + 101, step: 1, epoch: 1 },
    });
  });

  it('from a target that takes more steps than its sample has unpadded, by its row', async () => {
    const [count, steps, short] = [12, 4, 7];
    const stream = randomStream(1, 'padded steps');
    const inputs = Float32Array.from({ length: count * steps * 2 }, (_, index) =>
      Math.floor(index / (steps * 2)) === short && Math.floor(index / 2) % steps > 0 ? 0 : stream.uniform() + 0.5,
    );
    const part = {
      count,
      inputs,
      targets: Float32Array.from({ length: count * 2 }, (_, index) => 1 + (index % 2)),
      rows: Uint32Array.from({ length: count }, (_, index) => index),
    };
    const heard = {
      inputShape: [steps, 2],
      targetShape: [2],
      task: 'classification',
      classes: ['', 'a', 'b'],
      train: part,
      hash: '',
    } as const;
    const model = sequential(layer('Masking'), layer('LSTM', { units: 3, returnSequences: true }), layer('Dense', { units: 3 }));
    const events = await collect(makeJob(model, heard, { loss: 'ctc', shuffle: false, batchSize: 6 }), { backend });
    expect(eventsOf(events, 'ended')).toMatchObject([
      { status: 'diverged', error: { code: 'engine.divergedSteps', at: '/data', values: { row: short + 1, step: 2, epoch: 1 } } },
    ]);
  });

  it('from the layer whose output is the first that is wrong', async () => {
    const model = sequential(
      layer('Dense', { units: 3, kernelInitializer: layer('Constant', { value: 1e30 }) }),
      layer('Dense', { units: 3, kernelInitializer: layer('Constant', { value: 1e30 }), name: 'beyond' }),
      layer('Dense', { activation: 'softmax' }),
    );
    const events = await collect(makeJob(model, data), { backend });
    expect(eventsOf(events, 'ended')[0].error).toMatchObject({ values: { what: 'outputs', layer: 'beyond', step: 1, epoch: 1 } });
  });
});
