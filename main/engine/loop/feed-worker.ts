/** The thread that makes batches ahead of training. */
import { parentPort, workerData } from 'node:worker_threads';
import { toPlainError } from '#contract/errors.ts';
import { type BatchBuffers, type BatchJob, createBatchMaker } from './batches.ts';
import { behind, type FeedAnswer, type FeedOrder } from './feed.ts';

/** Batches that may be ready at once. */
const ahead = 4;

const job = workerData as BatchJob;
const port = parentPort!;
const maker = createBatchMaker(job);
const free: BatchBuffers[] = Array.from({ length: ahead }, maker.makeBuffers);
let now: Extract<FeedOrder, { type: 'begin' }> | undefined;
let step = 0;
let isPumping = false;

/** One batch after another, orders heard in between. */
function pump(): void {
  isPumping = false;
  const from = step * job.batchSize;
  if (!now || from >= now.order.length) return;
  const buffers = free.pop();
  if (!buffers) return;
  const to = Math.min(now.order.length, from + job.batchSize);
  try {
    maker.make(now.order, from, to, now.epoch, buffers);
  } catch (error) {
    port.postMessage({ failed: toPlainError(error) } satisfies FeedAnswer);
    return;
  }
  step += 1;
  port.postMessage({ turn: now.turn, size: to - from, buffers } satisfies FeedAnswer, behind(buffers));
  soon();
}

function soon(): void {
  if (isPumping) return;
  isPumping = true;
  setImmediate(pump);
}

port.on('message', (order: FeedOrder) => {
  if (order.type === 'used') free.push(order.buffers);
  else {
    now = order;
    step = order.step;
  }
  soon();
});
