import { describe, expect, it } from 'vitest';
import type { TrainJob } from '../loop/events.ts';
import { collect, eventsOf, largestDifference, layer, makeData, makeJob, sequential } from '../testing/harness.ts';
import { openNative } from './native.ts';
import { openThread } from './part-thread.ts';

/** Batches of 64 samples, and a last one of 12. */
function recurrentJob(more: Partial<TrainJob> = {}): TrainJob {
  const model = sequential(
    layer('LSTM', { units: 12, dropout: 0.2 }),
    layer('Dropout', { rate: 0.3 }),
    layer('Dense', { activation: 'softmax' }),
  );
  const data = makeData({ inputShape: [6, 5], classes: 3, train: 140, validation: 20 });
  return {
    ...makeJob(model, data, {
      epochs: 3,
      batchSize: 64,
      metrics: ['accuracy', 'f1'],
      optimizer: layer('SGD', { learningRate: 0.5, momentum: 0.9, globalClipnorm: 1 }),
    }),
    ...more,
  };
}

async function trained(job: TrainJob, threads: number) {
  const events = await collect(job, { backend: await openNative(threads) });
  const checkpoints = eventsOf(events, 'checkpoint').map(({ checkpoint }) => checkpoint);
  return { checkpoints, rows: eventsOf(events, 'epochEnded').map(({ row }) => row.metrics), last: checkpoints.at(-1)! };
}

const bits = ({ weights }: { weights: ReadonlyMap<string, { values: Float32Array }> }) =>
  [...weights].map(([name, { values }]) => [name, Buffer.from(values.slice().buffer).toString('base64')]);

describe('a step in parts, each on a thread of its own', () => {
  it('trains as on one thread, to the same bits each time, and from a checkpoint', async () => {
    const once = await trained(recurrentJob(), 2);
    const again = await trained(recurrentJob(), 2);
    const alone = await trained(recurrentJob(), 1);
    expect(bits(again.last)).toEqual(bits(once.last));
    expect(again.rows).toEqual(once.rows);
    for (const [name, { values }] of alone.last.weights)
      expect(largestDifference(once.last.weights.get(name)!.values, values), name).toBeLessThan(1e-5);
    expect(bits(once.last)).not.toEqual(bits(alone.last));
    const first = once.checkpoints.find(({ epoch, slots }) => epoch === 1 && slots.size > 0)!;
    expect(bits((await trained(recurrentJob({ from: first }), 2)).last)).toEqual(bits(once.last));
  });

  it('goes to more threads than two', async () => {
    const four = await trained(recurrentJob({ train: { ...recurrentJob().train, batchSize: 128 } }), 4);
    const one = await trained(recurrentJob({ train: { ...recurrentJob().train, batchSize: 128 } }), 1);
    for (const [name, { values }] of one.last.weights)
      expect(largestDifference(four.last.weights.get(name)!.values, values), name).toBeLessThan(1e-5);
  });

  it('says why a thread cannot go on, and ends it', async () => {
    const thread = openThread({ bytes: new Uint8Array([1, 2, 3]), options: {}, inputs: [], outputs: [] });
    thread.ask();
    await expect(thread.answer()).rejects.toThrow(/protobuf|model|parse/i);
    await thread.close();
  });
});
