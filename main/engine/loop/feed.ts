/** Where training gets its batches: made at once where that costs next to nothing, else ahead of it on a thread of their own. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fromPlainError, type PlainError } from '#contract/errors.ts';
import { inputSizeOf } from '#contract/part-inputs.ts';
import type { Part } from '#contract/samples.ts';
import { type BatchBuffers, batchIn, type BatchJob, createBatchMaker } from './batches.ts';
import type { Batch } from './session.ts';

export interface BatchFeed {
  /** The batches of an epoch, from the given step on, are what comes next. */
  begin(epoch: number, order: Uint32Array, step: number): void;
  /** Valid until the next one is asked for. */
  next(): Batch | Promise<Batch>;
  close(): Promise<void>;
}

/** From the thread that trains. */
export type FeedOrder =
  | { readonly type: 'begin'; readonly turn: number; readonly epoch: number; readonly order: Uint32Array; readonly step: number }
  | { readonly type: 'used'; readonly buffers: BatchBuffers };
/** From the thread that makes batches. */
export type FeedAnswer = MadeBatch | { readonly failed: PlainError };

interface MadeBatch {
  readonly turn: number;
  readonly size: number;
  readonly buffers: BatchBuffers;
}

/** The arrays behind the buffers, which go from one thread to the other without being copied. */
export const behind = ({ inputs, targets, weights, mixed }: BatchBuffers): ArrayBuffer[] =>
  [inputs, targets, weights, mixed?.targets, mixed?.shares, mixed?.weights].flatMap((array) => (array ? [array.buffer] : []));

/** The entry beside this file as a source, or beside or above the bundle that this file went into. */
function entry(): string | undefined {
  const names = ['./feed-worker.ts', './batch-feed.cjs', '../batch-feed.cjs'];
  return names.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((file) => existsSync(file));
}

export function openFeed(job: BatchJob): BatchFeed {
  const file = job.augmentation || job.train.stored ? entry() : undefined;
  return file === undefined ? feedHere(job) : feedAhead(job, file);
}

/** Makes each batch when it is asked for. */
export function feedHere(job: BatchJob): BatchFeed {
  const maker = createBatchMaker(job);
  const buffers = maker.makeBuffers();
  let now: { epoch: number; order: Uint32Array; step: number } = { epoch: 0, order: new Uint32Array(0), step: 0 };
  return {
    begin: (epoch, order, step) => {
      now = { epoch, order, step };
    },
    next() {
      const from = now.step * job.batchSize;
      now.step += 1;
      return maker.make(now.order, from, Math.min(now.order.length, from + job.batchSize), now.epoch, buffers);
    },
    close: async () => maker.close(),
  };
}

/** Inputs that two threads can see. */
function shared(part: Part): Part {
  if (part.stored || part.inputs.buffer instanceof SharedArrayBuffer) return part;
  const inputs = new Float32Array(new SharedArrayBuffer(part.inputs.byteLength));
  inputs.set(part.inputs);
  return { ...part, inputs };
}

/** The same batches to the bit, made while the ones before are trained on. */
function feedAhead(job: BatchJob, file: string): BatchFeed {
  const inputSize = inputSizeOf(job.train);
  const targetSize = job.train.targets.length / job.train.count;
  const { augmentation, inputShape, seed, batchSize } = job;
  const worker = new Worker(file, {
    workerData: { ...(augmentation && { augmentation }), inputShape, seed, batchSize, train: shared(job.train) } satisfies BatchJob,
  });
  worker.unref();
  const ready: MadeBatch[] = [];
  let turn = 0;
  let inUse: BatchBuffers | undefined;
  let failure: Error | undefined;
  let waiting: { resolve: (answer: MadeBatch) => void; reject: (error: Error) => void } | undefined;
  const send = (order: FeedOrder, moved: ArrayBuffer[] = []) => worker.postMessage(order, moved);
  const used = (buffers: BatchBuffers) => send({ type: 'used', buffers }, behind(buffers));
  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the thread that makes batches ended')));
  worker.on('message', (answer: FeedAnswer) => {
    if ('failed' in answer) fail(fromPlainError(answer.failed));
    // Of an epoch that is not gone on with.
    else if (answer.turn !== turn) used(answer.buffers);
    else if (waiting) {
      waiting.resolve(answer);
      waiting = undefined;
    } else ready.push(answer);
  });
  const take = ({ size, buffers }: MadeBatch): Batch => {
    inUse = buffers;
    return batchIn(buffers, size, inputSize, targetSize);
  };
  return {
    begin(epoch, order, step) {
      turn += 1;
      for (const { buffers } of ready.splice(0)) used(buffers);
      send({ type: 'begin', turn, epoch, order, step });
    },
    next() {
      if (inUse) used(inUse);
      inUse = undefined;
      const answer = ready.shift();
      if (answer) return take(answer);
      if (failure) throw failure;
      // Nothing else may keep this thread alive while it waits.
      worker.ref();
      return new Promise<MadeBatch>((resolve, reject) => {
        waiting = { resolve, reject };
      }).then((answered) => {
        worker.unref();
        return take(answered);
      });
    },
    async close() {
      worker.removeAllListeners('exit');
      await worker.terminate();
    },
  };
}
