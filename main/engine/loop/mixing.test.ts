/** Layers that mix the samples of a batch: what each is mixed of counts for its targets, too. */
import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '#contract/spec.ts';
import { openReference } from '../backends/reference.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { fillRandom, randomStream } from './random.ts';

const [count, side, seed] = [6, 3, 5];
const data = makeData({ inputShape: [side, side, 1], train: count });
const linear = (...mixing: ReturnType<typeof layer>[]): ModelSpec =>
  sequential(...mixing, layer('Flatten'), layer('Dense', { units: 1, useBias: false, name: 'out' }));
const settings = { seed, epochs: 1, batchSize: count, shuffle: false, loss: 'mse', optimizer: layer('SGD', { learningRate: 0 }) };

/** What a random input of the step is given. */
function drawn(name: string, length: number, distribution: Parameters<typeof fillRandom>[1]): Float32Array {
  const values = new Float32Array(length);
  fillRandom(values, distribution, randomStream(seed, 'dropout', name, 1));
  return values;
}

async function lossAndWeights(model: ModelSpec) {
  const events = await collect(makeJob(model, data, settings));
  const { weights } = eventsOf(events, 'checkpoint').at(-1)!.checkpoint;
  return { loss: eventsOf(events, 'epochEnded')[0].row.metrics['loss'], weights: weights.get('out/kernel')!.values };
}

const { inputs, targets } = data.train;
const sample = (index: number) => inputs.subarray(index * side * side, (index + 1) * side * side);
/** The mean of both targets' squared errors by their shares, of images mixed place by place. */
function expected(
  weights: Float32Array,
  order: Float32Array,
  shares: Float32Array,
  pixel: (row: number, place: number) => boolean | number,
) {
  let total = 0;
  for (let row = 0; row < count; row++) {
    const [own, other] = [sample(row), sample(order[row])];
    const output = own.reduce((sum, value, place) => {
      const kept = Number(pixel(row, place));
      return sum + weights[place] * (kept * value + (1 - kept) * other[place]);
    }, 0);
    total += shares[row] * (output - targets[row]) ** 2 + (1 - shares[row]) * (output - targets[order[row]]) ** 2;
  }
  return total / count;
}

describe('the loss of mixed samples', () => {
  it('counts both targets by their shares: MixUp', async () => {
    const { loss, weights } = await lossAndWeights(linear(layer('MixUp', { alpha: 0.8, name: 'mix' })));
    const order = drawn('random/mix', count, { kind: 'permutation' });
    const shares = drawn('random/mix/2', count, { kind: 'beta', parameter: [0.8, 0.8] });
    expect([...order].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(loss).toBeCloseTo(
      expected(weights, order, shares, (row) => shares[row]),
      5,
    );
  });

  it('counts both targets by the area of the cut: CutMix', async () => {
    const { loss, weights } = await lossAndWeights(linear(layer('CutMix', { factor: 1, name: 'cut' })));
    const order = drawn('random/cut', count, { kind: 'permutation' });
    const shares = drawn('random/cut/2', count, { kind: 'beta', parameter: [1e-6, 1 + 1e-6] });
    const starts = [3, 4].map((copy) => drawn(`random/cut/${copy}`, count, { kind: 'uniform' }));
    const kept = (row: number, place: number) => {
      const reach = Math.sqrt(1 - shares[row]) * side;
      const isIn = (at: number, start: number) => at >= start * (side - reach) && at < start * (side - reach) + reach;
      return !(isIn(place % side, starts[0][row]) && isIn(Math.floor(place / side), starts[1][row]));
    };
    expect(loss).toBeCloseTo(expected(weights, order, shares, kept), 5);
  });

  it('of one layer after the other: each share of each sample', async () => {
    const { loss, weights } = await lossAndWeights(
      linear(layer('MixUp', { alpha: 0.8, name: 'one' }), layer('MixUp', { alpha: 0.5, name: 'two' })),
    );
    const [first, second] = ['one', 'two'].map((name, index) => ({
      order: drawn(`random/${name}`, count, { kind: 'permutation' }),
      shares: drawn(`random/${name}/2`, count, { kind: 'beta', parameter: [[0.8, 0.8] as const, [0.5, 0.5] as const][index] }),
    }));
    let total = 0;
    for (let row = 0; row < count; row++) {
      const other = second.order[row];
      const parts = [
        [row, second.shares[row] * first.shares[row]],
        [first.order[row], second.shares[row] * (1 - first.shares[row])],
        [other, (1 - second.shares[row]) * first.shares[other]],
        [first.order[other], (1 - second.shares[row]) * (1 - first.shares[other])],
      ];
      const dot = (index: number) => sample(index).reduce((sum, value, place) => sum + weights[place] * value, 0);
      const output = parts.reduce((sum, [index, share]) => sum + share * dot(index), 0);
      for (const [index, share] of parts) total += share * (output - targets[index]) ** 2;
    }
    expect(loss).toBeCloseTo(total / count, 5);
  });

  it('natively as on the reference backend, with sample and class weights, and not in validation', async () => {
    const pictures = makeData({ inputShape: [5, 4, 2], classes: 3, train: 20, validation: 8 });
    const weights = Float32Array.from({ length: 20 }, (_, index) => 0.5 + (index % 4) / 4);
    const weighted = { ...pictures, train: { ...pictures.train, weights } };
    const model = sequential(layer('CutMix'), layer('MixUp', { alpha: 0.4 }), layer('Flatten'), layer('Dense', { activation: 'softmax' }));
    const job = () => makeJob(model, weighted, { epochs: 3, batchSize: 8, classWeight: { 0: 2, 1: 1, 2: 0.5 } });
    const rows = async (events: ReturnType<typeof collect>) => eventsOf(await events, 'epochEnded').map(({ row }) => row.metrics);
    const [native, plain] = [await rows(collect(job())), await rows(collect(job(), { backend: openReference() }))];
    native.forEach((row, epoch) => {
      for (const name of ['loss', 'val_loss']) expect(row[name]).toBeCloseTo(plain[epoch][name], 5);
    });
    const still = sequential(layer('Flatten'), layer('Dense', { activation: 'softmax' }));
    const frozen = { epochs: 1, batchSize: 8, optimizer: layer('SGD', { learningRate: 0 }) };
    const [mixed, unmixed] = [
      await rows(collect(makeJob(sequential(layer('MixUp'), ...(still.config['layers'] as never[])), pictures, frozen))),
      await rows(collect(makeJob(still, pictures, frozen))),
    ];
    expect(mixed[0]['val_loss']).toBeCloseTo(unmixed[0]['val_loss'], 6);
    expect(mixed[0]['loss']).not.toBeCloseTo(unmixed[0]['loss'], 4);
  });
});
