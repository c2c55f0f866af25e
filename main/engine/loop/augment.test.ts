import { describe, expect, it } from 'vitest';
import type { Augmentation, Part } from '#contract/samples.ts';
import { openBackend } from '../backends/index.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { makeAugmenter } from './augment.ts';
import { createBatchMaker } from './batches.ts';
import { openInputs } from './inputs.ts';
import { openSession } from './session.ts';

const shape = [6, 5, 2];
const size = 60;
const count = 40;
const part: Part = {
  count,
  inputs: Float32Array.from({ length: count * size }, (_, index) => ((index * 37) % 101) / 101),
  targets: Float32Array.from({ length: count }, (_, index) => index % 3),
  rows: Uint32Array.from({ length: count }, (_, index) => index * 2),
};
const sampleOf = (index: number) => part.inputs.subarray(index * size, (index + 1) * size);
function changed(augmentation: Augmentation, index: number, epoch = 1, seed = 7): Float32Array {
  const into = new Float32Array(size);
  makeAugmenter(augmentation, { inputShape: shape }, openInputs(part), seed)(part, index, epoch, into, 0);
  return into;
}
const pixel = (values: Float32Array, row: number, column: number, channel: number) => values[(row * 5 + column) * 2 + channel];

describe('augmentation', () => {
  it('turns every other picture over', () => {
    let flipped = 0;
    for (let index = 0; index < count; index++) {
      const [old, made] = [sampleOf(index), changed({ flip: 'horizontal' }, index)];
      const same = made.every((value, place) => value === old[place]);
      if (same) continue;
      flipped++;
      for (let row = 0; row < 6; row++)
        for (let column = 0; column < 5; column++) expect(pixel(made, row, column, 1)).toBe(pixel(old, row, 4 - column, 1));
    }
    expect(flipped).toBeGreaterThan(count * 0.3);
    expect(flipped).toBeLessThan(count * 0.7);
  });

  it('shifts by whole pixels, the edge going on', () => {
    const seen = new Set<number>();
    for (let index = 0; index < count; index++) {
      const [old, made] = [sampleOf(index), changed({ shift: 0.4 }, index)];
      const shifts = [-2, -1, 0, 1, 2].flatMap((down) => [-2, -1, 0, 1, 2].map((right) => [down, right] as const));
      const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
      const found = shifts.find(([down, right]) =>
        made.every((value, place) => {
          const [channel, column, row] = [place % 2, Math.floor(place / 2) % 5, Math.floor(place / 10)];
          return value === pixel(old, clamp(row - down, 5), clamp(column - right, 4), channel);
        }),
      );
      expect(found).toBeDefined();
      seen.add(found![0]);
    }
    expect(seen.size).toBeGreaterThan(3);
  });

  it('keeps values between the old ones when it turns or cuts out', () => {
    for (const augmentation of [{ rotate: 30 }, { crop: 0.6 }]) {
      const made = changed(augmentation, 3);
      expect(made).not.toEqual(sampleOf(3));
      expect(Math.max(...made)).toBeLessThanOrEqual(Math.max(...sampleOf(3)));
      expect(Math.min(...made)).toBeGreaterThanOrEqual(Math.min(...sampleOf(3)));
    }
    expect([...changed({ rotate: 0, crop: 1 }, 3)]).toEqual([...sampleOf(3)]);
  });

  it('blanks a square', () => {
    const made = changed({ cutout: 0.6 }, 5);
    const blanked = made.filter((value, place) => value !== sampleOf(5)[place]).length;
    expect(blanked).toBeGreaterThan(0);
    expect(blanked).toBeLessThanOrEqual(3 * 3 * 2);
  });

  it('adds noise of the given deviation', () => {
    let squares = 0;
    for (let index = 0; index < count; index++) {
      const made = changed({ noise: 0.1 }, index);
      made.forEach((value, place) => (squares += (value - sampleOf(index)[place]) ** 2));
    }
    expect(Math.sqrt(squares / (count * size))).toBeCloseTo(0.1, 2);
  });

  it('draws by seed, epoch and row alone', () => {
    const all: Augmentation = { flip: 'both', shift: 0.3, rotate: 20, crop: 0.7, noise: 0.1, cutout: 0.3, mixup: 0.4 };
    expect(changed(all, 3)).toEqual(changed(all, 3));
    expect(changed(all, 3, 2)).not.toEqual(changed(all, 3));
    expect(changed(all, 3, 1, 8)).not.toEqual(changed(all, 3));
    expect(changed({ ...all, seed: 8 }, 3)).toEqual(changed(all, 3, 1, 8));
    // Whatever the batch.
    const batchOf = (order: number[]) => {
      const job = { augmentation: all, inputShape: shape, train: part, seed: 7, batchSize: order.length };
      const maker = createBatchMaker(job);
      return maker.make(Uint32Array.from(order), 0, order.length, 4, maker.makeBuffers());
    };
    const alone = batchOf([9]);
    const together = batchOf([1, 30, 9, 12]);
    expect(together.inputs.subarray(2 * size, 3 * size)).toEqual(alone.inputs);
    expect(together.mixed!.shares[2]).toBe(alone.mixed!.shares[0]);
    expect(together.mixed!.targets[2]).toBe(alone.mixed!.targets[0]);
  });
});

describe('training with augmentation', async () => {
  const backend = await openBackend('native', { threads: 1 });
  const model = sequential(
    layer('Flatten', {}),
    layer('Dense', { units: 8, activation: 'relu' }),
    layer('Dense', { activation: 'softmax' }),
  );
  const base = makeData({ train: 60, validation: 20, inputShape: [4, 4, 1], classes: 3 });
  const weightsOf = (events: Awaited<ReturnType<typeof collect>>) =>
    eventsOf(events, 'checkpoint').findLast(({ kind }) => kind === 'last')!.checkpoint;

  it('counts both targets of mixed samples by their shares', async () => {
    const data = { ...base, augmentation: { mixup: 0.3 } };
    const { model: completed, train } = makeJob(model, data, { batchSize: 4 });
    const lossOf = async (targets: number[], mixed?: { targets: Float32Array; shares: Float32Array }) => {
      const session = openSession({ model: completed, train, data }, backend);
      const batch = { size: 4, inputs: base.train.inputs.slice(0, 64), targets: Float32Array.from(targets), ...(mixed && { mixed }) };
      const sums = await session.step(batch, 1, 0);
      await session.dispose();
      return sums.get('loss')![0];
    };
    const [own, others] = [
      [0, 1, 2, 0],
      [2, 2, 1, 1],
    ];
    const mixed = await lossOf(own, { targets: Float32Array.from(others), shares: new Float32Array(4).fill(0.75) });
    expect(mixed).toBeCloseTo(0.75 * (await lossOf(own)) + 0.25 * (await lossOf(others)), 4);
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const data = { ...base, augmentation: { flip: 'horizontal', noise: 0.05, mixup: 0.3 } as const };
    const job = makeJob(model, data, { epochs: 3, batchSize: 16 });
    const whole = await collect(job, { backend });
    const first = eventsOf(whole, 'checkpoint').find(({ kind, checkpoint }) => kind === 'last' && checkpoint.epoch === 1)!.checkpoint;
    const resumed = await collect({ ...job, from: first }, { backend });
    expect([...weightsOf(resumed).weights]).toEqual([...weightsOf(whole).weights]);
    const plain = await collect(makeJob(model, base, { epochs: 3, batchSize: 16 }), { backend });
    expect([...weightsOf(plain).weights]).not.toEqual([...weightsOf(whole).weights]);
  });
});
