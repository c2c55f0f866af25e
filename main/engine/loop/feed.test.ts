import { mkdtempSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Part } from '#contract/samples.ts';
import { collect, eventsOf, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { type BatchJob, sliceBatch } from './batches.ts';
import { feedHere, openFeed } from './feed.ts';
import { openInputs, shuffledOrder as orderBy } from './inputs.ts';
import { randomStream } from './random.ts';
import type { Batch } from './session.ts';

const shuffledOrder = (part: Part, seed: number, epoch: number) => orderBy(part, randomStream(seed, 'shuffle', epoch));
const folder = mkdtempSync(join(tmpdir(), 'epochbook-feed-'));

/** `count` samples of `size` bytes in a file, every third left out, and the same in memory. */
function stored(count: number, size: number): { file: Part; memory: Part } {
  const bytes = Uint8Array.from({ length: count * size + 5 }, (_, index) => (index * 31 + (index >> 8)) % 256);
  const path = join(folder, `${count}-${size}.bin`);
  writeFileSync(path, bytes);
  const places = Uint32Array.from({ length: count }, (_, index) => index).filter((index) => index % 3 !== 1);
  const base = { count: places.length, targets: Float32Array.from(places, (place) => place % 2), rows: places };
  const inputs = new Float32Array(places.length * size);
  places.forEach((place, index) => {
    for (let value = 0; value < size; value++) inputs[index * size + value] = bytes[5 + place * size + value] * (1 / 255);
  });
  return {
    memory: { ...base, inputs },
    file: {
      ...base,
      inputs: new Float32Array(0),
      stored: { file: path, type: 'uint8', offset: 5, size, scale: 1 / 255, places, writtenAtMs: statSync(path).mtimeMs },
    },
  };
}

const copied = ({ size, inputs, targets, mixed }: Batch) => ({
  size,
  inputs: inputs.slice(),
  targets: targets.slice(),
  shares: mixed?.shares.slice(),
});

async function epochs(job: BatchJob, feed = openFeed(job)): Promise<ReturnType<typeof copied>[]> {
  const found = [];
  for (const epoch of [1, 2]) {
    const order = shuffledOrder(job.train, 3, epoch);
    feed.begin(epoch, order, 0);
    for (let step = 0; step * job.batchSize < order.length; step++) found.push(copied(await feed.next()));
  }
  await feed.close();
  return found;
}

it('reads samples that overlap from a file as from memory', async () => {
  const values = Float32Array.from({ length: 3_000_000 }, (_, index) => Math.sin(index));
  const path = join(folder, 'overlapping.bin');
  writeFileSync(path, Buffer.concat([Buffer.alloc(12), Buffer.from(values.buffer)]));
  // A gap now and then, after which nothing is shared with what was before.
  const starts = Uint32Array.from({ length: 5000 }, (_, index) => index * 2 + Math.floor(index / 700) * 400);
  const base = { count: starts.length, targets: Float32Array.from(starts), rows: starts, windows: { size: 400, starts } };
  const memory: Part = { ...base, inputs: values };
  const stored = { file: path, type: 'float32', offset: 12, size: 400, scale: 1, writtenAtMs: statSync(path).mtimeMs } as const;
  const file: Part = { ...base, inputs: new Float32Array(0), stored };
  for (const from of [0, 690, 2610, 4990]) expect(sliceBatch(file, from, from + 10)).toEqual(sliceBatch(memory, from, from + 10));
  const job = (train: Part): BatchJob => ({ inputShape: [200, 2], train, seed: 5, batchSize: 500 });
  expect(await epochs(job(file))).toEqual(await epochs(job(memory)));
});

describe('batches from another thread', () => {
  const { file, memory } = stored(100, 12);
  const job = (train: Part, more: Partial<BatchJob> = {}): BatchJob => ({ inputShape: [2, 2, 3], train, seed: 5, batchSize: 16, ...more });

  it('are those made here, to the bit, from memory and from a file', async () => {
    const augmentation = { flip: 'horizontal', noise: 0.1, mixup: 0.4 } as const;
    const here = job(memory, { augmentation });
    const expected = await epochs(here, feedHere(here));
    expect(expected).toHaveLength(10);
    expect(await epochs(job(memory, { augmentation }))).toEqual(expected);
    expect(await epochs(job(file, { augmentation }))).toEqual(expected);
    expect(await epochs(job(file))).toEqual(await epochs(job(memory)));
  });

  it('begin anew in the middle of an epoch', async () => {
    const whole = await epochs(job(memory), feedHere(job(memory)));
    const feed = openFeed(job(file));
    const [first, second] = [1, 2].map((epoch) => shuffledOrder(file, 3, epoch));
    feed.begin(1, first, 0);
    expect(copied(await feed.next())).toEqual(whole[0]);
    feed.begin(1, first, 3);
    expect(copied(await feed.next())).toEqual(whole[3]);
    feed.begin(2, second, 0);
    expect(copied(await feed.next())).toEqual(whole[5]);
    await feed.close();
  });

  it('say when their file is gone', async () => {
    const lost: Part = { ...file, stored: { ...file.stored!, file: join(folder, 'lost.bin') } };
    const feed = openFeed(job(lost));
    feed.begin(1, shuffledOrder(lost, 1, 1), 0);
    await expect(async () => feed.next()).rejects.toThrow(/lost\.bin|ended/);
    await feed.close();
  });

  it('are read in order for validation', () => {
    expect(sliceBatch(file, 10, 20)).toEqual(sliceBatch(memory, 10, 20));
  });
});

it('shuffles what is larger than its window by blocks, every sample once', () => {
  // 1 MB a sample: 4 a block, 64 a window.
  const count = 1000;
  const part: Part = {
    count,
    inputs: new Float32Array(0),
    targets: new Float32Array(count),
    rows: new Uint32Array(count),
    stored: {
      file: '',
      type: 'uint8',
      offset: 0,
      size: 2 ** 20,
      scale: 1,
      writtenAtMs: 0,
      places: Uint32Array.from({ length: count }, (_, index) => index),
    },
  };
  const order = shuffledOrder(part, 1, 1);
  expect([...order].sort((a, b) => a - b)).toEqual([...part.stored!.places!]);
  expect(shuffledOrder(part, 1, 2)).not.toEqual(order);
  for (let from = 0; from < 960; from += 64) {
    const blocks = new Set(Array.from(order.subarray(from, from + 64), (index) => Math.floor(index / 4)));
    expect(blocks.size).toBe(16);
  }
});

it('trains the same from a file as from memory', async () => {
  const { file, memory } = stored(90, 16);
  const base = makeData({ inputShape: [16], classes: 2, train: 4 });
  const model = sequential(layer('Dense', { units: 4, activation: 'relu' }), layer('Dense', { activation: 'softmax' }));
  const run = async (train: Part) => {
    const events = await collect(makeJob(model, { ...base, train, validation: train }, { epochs: 2, batchSize: 8 }));
    return eventsOf(events, 'epochEnded').map(({ row }) => row.metrics);
  };
  expect(await run(file)).toEqual(await run(memory));
});

it.each([
  ['written to', (file: string) => utimesSync(file, new Date(), new Date(0))],
  ['cut', (file: string) => truncateSync(file, 20)],
])('says so where a file is %s while it is read', (_, change) => {
  const { file } = stored(80, 8);
  const reader = openInputs(file);
  change(file.stored!.file);
  expect(() => reader.copy(0, new Float32Array(reader.size), 0)).toThrow(expect.objectContaining({ code: 'engine.samplesChanged' }));
  reader.close();
});
