/** Batches of the training part: gathered in the order of the epoch, and changed at random where the data says so. */
import type { Dataset, Part } from '#contract/samples.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { makeAugmenter } from './augment.ts';
import { openInputs, shuffledOrder } from './inputs.ts';
import { randomStream } from './random.ts';
import type { Batch } from './session.ts';

/** What batches are made of: all that training's own thread shares with the one that makes them. */
export interface BatchJob extends Pick<Dataset, 'augmentation' | 'inputShape' | 'train'> {
  readonly seed: number;
  readonly batchSize: number;
}

/** Room for a whole batch. */
export interface BatchBuffers {
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
  readonly weights?: Float32Array<ArrayBuffer>;
  readonly mixed?: {
    readonly targets: Float32Array<ArrayBuffer>;
    readonly shares: Float32Array<ArrayBuffer>;
    readonly weights?: Float32Array<ArrayBuffer>;
  };
}

export interface BatchMaker {
  readonly makeBuffers: () => BatchBuffers;
  /** The samples `order[from … to − 1]`, in `into`. */
  readonly make: (order: Uint32Array, from: number, to: number, epoch: number, into: BatchBuffers) => Batch;
  readonly close: () => void;
}

export function createBatchMaker(job: BatchJob): BatchMaker {
  const { train: part, augmentation, seed, batchSize } = job;
  const inputs = openInputs(part);
  const targetSize = part.targets.length / part.count;
  const mixes = augmentation?.mixup !== undefined;
  const { weights } = part;
  const makeWeights = () => weights && { weights: new Float32Array(batchSize) };
  const augmenter = augmentation && makeAugmenter(augmentation, job, inputs, seed);
  return {
    makeBuffers: () => ({
      inputs: new Float32Array(inputs.size * batchSize),
      targets: new Float32Array(targetSize * batchSize),
      ...makeWeights(),
      ...(mixes && {
        mixed: { targets: new Float32Array(targetSize * batchSize), shares: new Float32Array(batchSize), ...makeWeights() },
      }),
    }),
    make(order, from, to, epoch, into) {
      for (let place = 0; place < to - from; place++) {
        const index = order[from + place];
        const drawn = augmenter?.(part, index, epoch, into.inputs, place * inputs.size);
        if (!augmenter) inputs.copy(index, into.inputs, place * inputs.size);
        copyTargets(part, index, into.targets, place * targetSize, targetSize);
        if (weights) into.weights![place] = weights[index];
        if (!into.mixed) continue;
        const other = drawn?.other ?? index;
        copyTargets(part, other, into.mixed.targets, place * targetSize, targetSize);
        if (weights) into.mixed.weights![place] = weights[other];
        into.mixed.shares[place] = drawn?.share ?? 1;
      }
      return batchIn(into, to - from, inputs.size, targetSize);
    },
    close: inputs.close,
  };
}

/** The first `size` samples of the buffers. */
export function batchIn({ inputs, targets, weights, mixed }: BatchBuffers, size: number, inputSize: number, targetSize: number): Batch {
  return {
    size,
    inputs: inputs.subarray(0, size * inputSize),
    targets: targets.subarray(0, size * targetSize),
    ...(weights && { weights: weights.subarray(0, size) }),
    ...(mixed && {
      mixed: {
        targets: mixed.targets.subarray(0, size * targetSize),
        shares: mixed.shares.subarray(0, size),
        ...(mixed.weights && { weights: mixed.weights.subarray(0, size) }),
      },
    }),
  };
}

function copyTargets({ targets }: Part, index: number, into: Float32Array, offset: number, size: number): void {
  if (size === 1) into[offset] = targets[index];
  else into.set(targets.subarray(index * size, (index + 1) * size), offset);
}

/** Samples of a part as they lie, one batch after another. */
export interface SliceReader {
  /** Samples `from … to − 1`. Of what lies in a file or overlaps, valid until the next is asked for. */
  readonly slice: (from: number, to: number) => Batch;
  readonly close: () => void;
}

export function openSlices(part: Part): SliceReader {
  const targetSize = part.targets.length / part.count;
  const othersOf = (from: number, to: number) => ({
    size: to - from,
    targets: part.targets.subarray(from * targetSize, to * targetSize),
    ...(part.weights && { weights: part.weights.subarray(from, to) }),
  });
  if (!part.stored && !part.windows) {
    const size = part.inputs.length / part.count;
    return {
      slice: (from, to) => ({ ...othersOf(from, to), inputs: part.inputs.subarray(from * size, to * size) }),
      close: () => {},
    };
  }
  const reader = openInputs(part);
  let inputs = new Float32Array(0);
  return {
    slice(from, to) {
      const length = reader.size * (to - from);
      if (inputs.length < length) inputs = new Float32Array(length);
      for (let index = from; index < to; index++) reader.copy(index, inputs, (index - from) * reader.size);
      return { ...othersOf(from, to), inputs: inputs.subarray(0, length) };
    },
    close: reader.close,
  };
}

/** Samples `from … to − 1` of a part as they lie. */
export function sliceBatch(part: Part, from: number, to: number): Batch {
  const slices = openSlices(part);
  try {
    return slices.slice(from, to);
  } finally {
    slices.close();
  }
}

/** The order in which an epoch goes through the training part. */
export function epochOrder(part: Part, { shuffle, seed }: Pick<TrainSpec, 'shuffle' | 'seed'>, epoch: number): Uint32Array {
  return shuffle
    ? shuffledOrder(part, randomStream(seed, 'shuffle', epoch))
    : Uint32Array.from({ length: part.count }, (_, index) => index);
}

/** A batch as training makes it; `step` counts from 0. Rows are those of the source. */
export function batchAt(
  data: Dataset,
  train: Pick<TrainSpec, 'shuffle' | 'seed' | 'batchSize'>,
  epoch: number,
  step: number,
): { batch: Batch; rows: Uint32Array } {
  const { train: part } = data;
  const batchSize = Math.min(train.batchSize, part.count);
  const maker = createBatchMaker({ ...data, seed: train.seed, batchSize });
  try {
    const order = epochOrder(part, train, epoch);
    const from = step * batchSize;
    const to = Math.min(part.count, from + batchSize);
    return {
      batch: maker.make(order, from, to, epoch, maker.makeBuffers()),
      rows: order.slice(from, to).map((index) => part.rows[index]),
    };
  } finally {
    maker.close();
  }
}
