import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../backends/index.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { KerasObject, TrainSpec } from '#contract/spec.ts';
import type { TrainEvent } from './events.ts';
import { forkCheckpoint } from './fork.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('native', { threads: 1 });
});

const network = sequential(
  layer('Dense', { units: 8, activation: 'relu' }),
  layer('Dropout', { rate: 0.25 }),
  layer('Dense', { activation: 'softmax' }),
);
const data = makeData({ inputShape: [6], classes: 3, train: 70, validation: 30 });
const job = (settings = {}) => makeJob(network, data, { epochs: 6, ...settings });
const rows = (events: readonly TrainEvent[]) => eventsOf(events, 'epochEnded').map(({ row }) => row);
const lastOf = (events: readonly TrainEvent[]) => eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;
const rates = (events: readonly TrainEvent[]) => rows(events).map(({ learningRate }) => learningRate);
const still = { learningRate: 1e-12 };

const settings: Record<string, object> = {
  'a schedule': {
    optimizer: layer('Adam', {
      learningRate: { class_name: 'CosineDecayRestarts', config: { initialLearningRate: 0.05, firstDecaySteps: 4 } },
    }),
  },
  'one cycle over the run': {
    optimizer: layer('SGD', { momentum: 0.9, learningRate: { class_name: 'OneCycle', config: { maxLearningRate: 0.2 } } }),
  },
  'a plateau': {
    optimizer: layer('Adam', { learningRate: 0.3 }),
    callbacks: [
      layer('ReduceLROnPlateau', { patience: 1, factor: 0.5, minDelta: 0.5, cooldown: 1 }),
      layer('EarlyStopping', { patience: 5, restoreBestWeights: true }),
    ],
  },
  'Nadam, a moving average and bounds': {
    optimizer: layer('Nadam', { learningRate: 0.02, useEma: true, emaMomentum: 0.8, globalClipnorm: 0.5 }),
  },
  'gathered gradients and an average that overwrites': {
    optimizer: layer('Adam', { learningRate: 0.02, gradientAccumulationSteps: 2, useEma: true, emaOverwriteFrequency: 3 }),
  },
  'averages that are judged': {
    optimizer: layer('SGD', { learningRate: 0.2, useEma: true, emaMomentum: 0.7 }),
    callbacks: [layer('SwapEMAWeights', { swapOnEpoch: true }), layer('EarlyStopping', { patience: 3, restoreBestWeights: true })],
  },
  'Adagrad and class weights': { optimizer: layer('Adagrad', { learningRate: 0.1, weightDecay: 0.01 }), classWeight: 'balanced' },
};

describe('a run that goes on from a file has the bits of an undisturbed one', () => {
  it.each(Object.entries(settings))('%s', async (_, each) => {
    const made = job({ ...each, metrics: ['accuracy', 'auc', 'f1Score'] });
    // No time passes, and none has to: a checkpoint before every step.
    const options = { backend, clock: () => 0, checkpointMs: 0 };
    const whole = await collect(made, options);
    const bytes = (saved: Checkpoint) => Buffer.from(encodeCheckpoint(saved)).toString('base64');
    const kept = eventsOf(whole, 'checkpoint').filter(({ kind }) => kind !== 'best');
    expect(kept.some(({ kind }) => kind === 'within')).toBe(true);
    for (const { kind, checkpoint } of kept.filter((event, index) => index % 4 === 1 || event.kind === 'trained')) {
      const from = decodeCheckpoint(encodeCheckpoint(checkpoint));
      const resumed = await collect({ ...made, from }, options);
      expect(bytes(lastOf(resumed)), `${kind} of ${checkpoint.epoch}`).toBe(bytes(lastOf(whole)));
      expect(rows(resumed)).toEqual(rows(whole).slice(checkpoint.epoch));
      expect(eventsOf(resumed, 'ended')).toEqual(eventsOf(whole, 'ended'));
    }
  });
});

describe('a fork', () => {
  const fork = async (change: Partial<TrainSpec>, epoch = 3) => {
    const whole = await collect(job(), { backend });
    const { checkpoint } = eventsOf(whole, 'checkpoint').find((event) => event.kind === 'last' && event.checkpoint.epoch === epoch)!;
    const train = { ...job().train, ...change };
    const from = forkCheckpoint(checkpoint, job().train, train);
    return { whole, forked: await collect({ ...job(), train, from }, { backend }) };
  };

  it('with nothing changed is the run it came from', async () => {
    const { whole, forked } = await fork({});
    expect(lastOf(forked).weights).toEqual(lastOf(whole).weights);
    expect(rows(forked).map(({ metrics }) => metrics)).toEqual(
      rows(whole)
        .slice(3)
        .map(({ metrics }) => metrics),
    );
  });

  it('takes another learning rate, more epochs, or another optimizer, from the same weights', async () => {
    const { whole, forked } = await fork({ epochs: 8, optimizer: layer('Adam', { learningRate: 1e-3 }) });
    expect(rates(forked)).toEqual([1e-3, 1e-3, 1e-3, 1e-3, 1e-3]);
    expect(rows(forked).map(({ epoch }) => epoch)).toEqual([4, 5, 6, 7, 8]);
    expect(lastOf(forked).weights).not.toEqual(lastOf(whole).weights);
    const other = await fork({ optimizer: layer('RMSprop', { learningRate: 0.002 }) });
    expect([...lastOf(other.forked).slots.keys()].every((name) => name.startsWith('velocity/'))).toBe(true);
    expect(rows(other.forked).every(({ metrics }) => Number.isFinite(metrics['loss']))).toBe(true);
  });

  it('of another model is refused, naming the weight', async () => {
    const whole = await collect(job({ epochs: 1 }), { backend });
    const other = makeJob(sequential(layer('Dense', { units: 9 }), layer('Dense', { activation: 'softmax' })), data);
    await expect(collect({ ...other, from: lastOf(whole) }, { backend })).rejects.toMatchObject({
      code: 'engine.checkpointFit',
      values: { name: 'dense/kernel' },
    });
  });
});

describe('the learning rate', () => {
  it('follows its schedule step by step, and the epoch tells its last', async () => {
    const learningRate = { class_name: 'ExponentialDecay', config: { initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 } };
    // Three steps an epoch: 2, 5, 8 steps done before the last of each.
    const events = await collect(job({ epochs: 3, optimizer: layer('SGD', { learningRate }) }), { backend });
    expect(rates(events)).toEqual([0.1 * 0.5 ** 2, 0.1 * 0.5 ** 5, 0.1 * 0.5 ** 8]);
  });

  it('is lowered on a plateau, for the epoch after', async () => {
    const callbacks = [layer('ReduceLROnPlateau', { patience: 2, factor: 0.5 })];
    const events = await collect(job({ optimizer: layer('SGD', still), callbacks }), { backend });
    expect(rates(events)).toEqual([1, 1, 1, 0.5, 0.5, 0.25].map((share) => share * 1e-12));
  });

  it('cannot be lowered where a schedule says it', async () => {
    const optimizer = layer('SGD', { learningRate: { class_name: 'OneCycle', config: { maxLearningRate: 1 } } });
    await expect(collect(job({ optimizer, callbacks: [layer('ReduceLROnPlateau')] }), { backend })).rejects.toMatchObject({
      code: 'engine.plateauSchedule',
      at: '/train/callbacks/0',
    });
  });
});

describe('averaged weights', () => {
  const optimizer = layer('SGD', { learningRate: 0.5, useEma: true, emaMomentum: 0.8 });
  const judged = (callbacks: KerasObject[]) => collect(job({ optimizer, callbacks }), { backend });
  const losses = (events: readonly TrainEvent[], name: string) => rows(events).map(({ metrics }) => metrics[name]);

  it('are judged in validation; training is as it was', async () => {
    const [without, averaged] = [await judged([]), await judged([layer('SwapEMAWeights')])];
    expect(losses(averaged, 'loss')).toEqual(losses(without, 'loss'));
    expect(lastOf(averaged).weights).toEqual(lastOf(without).weights);
    expect(losses(averaged, 'val_loss')).not.toEqual(losses(without, 'val_loss'));
    // In the end the model has its averages: what is validated next, hardly trained, is what was validated last.
    const from = { ...lastOf(without), state: { ...(lastOf(without).state as object), stop: undefined } } as unknown as Checkpoint;
    const train = { epochs: 7, optimizer: layer('SGD', still) };
    const next = await collect({ ...job(train), from: forkCheckpoint(from, job({ optimizer }).train, job(train).train) }, { backend });
    expect(losses(next, 'val_loss')[0]).toBeCloseTo(losses(averaged, 'val_loss')[5], 5);
  });

  it('are the best epoch’s where they are swapped at its end', async () => {
    const events = await judged([layer('SwapEMAWeights', { swap_on_epoch: true })]);
    const best = eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'best')!.checkpoint;
    const then = eventsOf(events, 'checkpoint').find(({ kind, checkpoint }) => kind !== 'best' && checkpoint.epoch === best.epoch)!;
    for (const [name, { values }] of best.weights) expect(values).toEqual(then.checkpoint.slots.get(`moving_average/${name}`)!.values);
  });

  it('must be there', async () => {
    const made = job({ optimizer: layer('SGD'), callbacks: [layer('SwapEMAWeights')] });
    await expect(collect(made, { backend })).rejects.toMatchObject({ code: 'engine.averagesMissing', at: '/train/callbacks/0' });
  });
});

describe('a time budget', () => {
  const timed = async (seconds: number) => {
    let now = 0;
    return collect(job({ callbacks: [layer('TimeBudget', { seconds })] }), { backend, clock: () => (now += 100) });
  };

  it('ends with the last whole epoch that fits', async () => {
    const whole = await timed(1000);
    expect(eventsOf(whole, 'ended')[0]).toMatchObject({ reason: 'epochs', epochs: 6 });
    const [first, second] = rows(whole).map(({ elapsedMs }) => elapsedMs);
    const events = await timed((first + second) / 1000);
    expect(eventsOf(events, 'ended')[0]).toMatchObject({ status: 'completed', reason: 'timeBudget', epochs: 2 });
    expect(rows(events).map(({ metrics }) => metrics)).toEqual(
      rows(whole)
        .slice(0, 2)
        .map(({ metrics }) => metrics),
    );
  });

  it('lets one epoch be, however long', async () => {
    expect(eventsOf(await timed(0.001), 'ended')[0]).toMatchObject({ reason: 'timeBudget', epochs: 1 });
  });
});

describe('class weights', () => {
  it('weigh the training loss, not the validation’s', async () => {
    const optimizer = layer('SGD', { learningRate: 0 });
    const model = sequential(layer('Dense', { activation: 'softmax' }));
    const losses = async (classWeight?: object) =>
      rows(
        await collect(makeJob(model, data, { epochs: 1, optimizer, ...(classWeight && { classWeight: classWeight as never }) }), {
          backend,
        }),
      )[0].metrics;
    const plain = await losses();
    const parts = await Promise.all(
      [0, 1, 2].map((index) => losses(Object.fromEntries([0, 1, 2].map((other) => [other, other === index ? 1 : 0])))),
    );
    expect(parts.reduce((sum, { loss }) => sum + loss, 0)).toBeCloseTo(plain.loss, 5);
    expect((await losses({ 'class 1': 3 })).loss).toBeCloseTo(plain.loss + 2 * parts[1].loss, 5);
    for (const { val_loss } of parts) expect(val_loss).toBe(plain.val_loss);
  });

  it('name classes that there are', async () => {
    await expect(collect(job({ classWeight: { 'clas 1': 2 } }), { backend })).rejects.toMatchObject({
      code: 'engine.classUnknown',
      values: { nearest: 'class 1' },
    });
    const numbers = makeJob(sequential(layer('Dense')), makeData({ inputShape: [3] }), { classWeight: 'balanced' });
    await expect(collect(numbers, { backend })).rejects.toMatchObject({ code: 'engine.classWeightFit', at: '/train/classWeight' });
  });
});

describe('a moving average', () => {
  it('is what the model has in the end', async () => {
    const events = await collect(job({ epochs: 2, optimizer: layer('SGD', { learningRate: 0.1, useEma: true, emaMomentum: 0.5 }) }), {
      backend,
    });
    const [before, after] = eventsOf(events, 'checkpoint')
      .filter(({ kind }) => kind === 'last')
      .map(({ checkpoint }) => checkpoint);
    const named = 'dense/kernel';
    expect(after.weights.get(named)).toEqual(after.slots.get(`moving_average/${named}`));
    expect(before.weights.get(named)).not.toEqual(before.slots.get(`moving_average/${named}`));
  });
});
