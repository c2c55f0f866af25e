/** A model whose weights and optimizer's memory come to a gigabyte trains, and goes on from a checkpoint to the same bits. */
import { openBackend } from '#engine/backends/index.ts';
import { type Checkpoint, checkpointPieces, decodeCheckpoint } from '#engine/loop/checkpoint.ts';
import { train } from '#engine/loop/train.ts';
import { layer, makeData, makeJob, sequential } from '#engine/testing/harness.ts';
import type { Campaign } from './campaign.ts';

const units = 9100;
const bytesOf = ({ weights, slots }: Checkpoint) =>
  [...weights.values(), ...slots.values()].reduce((total, { values }) => total + values.byteLength, 0);

/** Compared by words rather than by what they say: two numbers that are none have different bits. */
function isSame(a: Checkpoint, b: Checkpoint): boolean {
  const bits = ({ values }: { readonly values: Float32Array }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const alike = (one: Checkpoint['weights'], other: Checkpoint['weights']) =>
    one.size === other.size && [...one].every(([name, value]) => bits(value).equals(bits(other.get(name)!)));
  return alike(a.weights, b.weights) && alike(a.slots, b.slots);
}

export const large: Campaign = {
  usual: 1,
  async run(seed) {
    const network = sequential(
      layer('Dense', { units, activation: 'relu' }),
      layer('Dense', { units, activation: 'relu' }),
      layer('Dense', { activation: 'softmax' }),
    );
    const data = makeData({ inputShape: [256], classes: 4, train: 128 });
    const job = makeJob(network, data, { epochs: 2, batchSize: 64, optimizer: layer('Adam', { learningRate: 1e-4 }), seed });
    const backend = await openBackend('native', { threads: 2 });
    const losses: number[] = [];
    /** The checkpoint after the first epoch as it is written, and the last one. */
    const run = async (from?: Checkpoint) => {
      let first: Uint8Array | undefined;
      let last: Checkpoint | undefined;
      for await (const event of train({ ...job, ...(from && { from }) }, { backend })) {
        if (event.type === 'epochEnded') losses.push(event.row.metrics['loss']);
        if (event.type !== 'checkpoint' || event.kind !== 'last') continue;
        if (event.checkpoint.epoch === 1) first = Buffer.concat(checkpointPieces(event.checkpoint));
        last = event.checkpoint;
      }
      return { first, last: last! };
    };
    const whole = await run();
    const bytes = bytesOf(whole.last);
    const resumed = await run(decodeCheckpoint(whole.first!));
    const same = isSame(whole.last, resumed.last) && losses[1] === losses[2];
    const good = same && bytes >= 1e9 && losses[1] < losses[0];
    const told = `${(bytes / 1e9).toFixed(2)} GB, loss ${losses.map((loss) => loss.toFixed(4)).join(', ')}, ${same ? 'the same bits' : 'OTHER BITS'}`;
    return { good, told, measured: bytes };
  },
};
