/** Batches of the training part: gathered in the order of the epoch, and changed at random where the data says so. */
import type { Dataset, Part } from '#contract/samples.ts';
import { makeAugmenter } from './augment.ts';
import { type Batch, gatherBatch } from './session.ts';

/** The samples `order[from … to − 1]`; valid until the next batch is made. */
export type BatchMaker = (order: Uint32Array, from: number, to: number, epoch: number) => Batch;

export function createBatchMaker(
  data: Pick<Dataset, 'augmentation' | 'inputShape' | 'train'>,
  seed: number,
  batchSize: number,
): BatchMaker {
  const { train: part, augmentation } = data;
  const buffers = {
    inputs: new Float32Array((part.inputs.length / part.count) * batchSize),
    targets: new Float32Array((part.targets.length / part.count) * batchSize),
  };
  if (!augmentation) return (order, from, to) => gatherBatch(part, order, from, to, buffers);

  const augmenter = makeAugmenter(augmentation, data, seed);
  const inputSize = part.inputs.length / part.count;
  const targetSize = part.targets.length / part.count;
  const mixed = augmentation.mixup === undefined ? undefined : { targets: buffers.targets.slice(), shares: new Float32Array(batchSize) };
  return (order, from, to, epoch) => {
    const size = to - from;
    for (let place = 0; place < size; place++) {
      const index = order[from + place];
      const drawn = augmenter.sample(part, index, epoch, buffers.inputs, place * inputSize);
      copyTargets(part, index, buffers.targets, place * targetSize, targetSize);
      if (!mixed) continue;
      copyTargets(part, drawn?.other ?? index, mixed.targets, place * targetSize, targetSize);
      mixed.shares[place] = drawn?.share ?? 1;
    }
    return {
      size,
      inputs: buffers.inputs.subarray(0, size * inputSize),
      targets: buffers.targets.subarray(0, size * targetSize),
      ...(mixed && { mixed: { targets: mixed.targets.subarray(0, size * targetSize), shares: mixed.shares.subarray(0, size) } }),
    };
  };
}

function copyTargets({ targets }: Part, index: number, into: Float32Array, offset: number, size: number): void {
  for (let place = 0; place < size; place++) into[offset + place] = targets[index * size + place];
}
