/** Foreseen cost of an epoch, from a few real steps. */
import type { Estimate } from '#contract/notebook.ts';
import type { Backend } from '../backends/backend.ts';
import { describeModel } from '../model/describe.ts';
import type { TrainJob } from './events.ts';
import { checkMemory } from './memory.ts';
import { sliceBatch } from './batches.ts';
import { type Batch, openSession } from './session.ts';

/** Warm-up, then as many as fit into the time, within these numbers. */
const warmUps = 2;
const least = 3;
const most = 30;
const budgetMs = 400;

async function medianMs(run: () => Promise<unknown>, clock: () => number): Promise<number> {
  for (let count = 0; count < warmUps; count++) await run();
  const began = clock();
  const times: number[] = [];
  while (times.length < least || (times.length < most && clock() - began < budgetMs)) {
    const start = clock();
    await run();
    times.push(clock() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Times steps on the first batch with a model that is thrown away afterwards. Throws what train throws. */
export async function estimateEpoch(job: TrainJob, options: { backend: Backend; clock?: () => number }): Promise<Estimate> {
  const clock = options.clock ?? (() => performance.now());
  const memoryBytes = checkMemory(describeModel(job.model), job.train, job.data);
  const session = openSession(job, options.backend);
  try {
    const { train: part, validation } = job.data;
    const batchSize = Math.min(job.train.batchSize, part.count);
    const began = clock();
    await session.prepare('step', batchSize);
    if (validation) await session.prepare('evaluation', Math.min(batchSize, validation.count));
    const compileMs = clock() - began;
    const batch: Batch = sliceBatch(part, 0, batchSize);
    let iteration = 0;
    const learningRate = session.optimizer.schedule.rateAt(0, Math.ceil(part.count / batchSize) * job.train.epochs);
    const stepMs = await medianMs(() => session.step(batch, ++iteration, learningRate), clock);
    const steps = Math.ceil(part.count / batchSize);
    let epochMs = stepMs * (part.count / batchSize);
    if (validation) {
      const checked = sliceBatch(validation, 0, Math.min(batchSize, validation.count));
      epochMs += (await medianMs(() => session.evaluate(checked), clock)) * (validation.count / checked.size);
    }
    return { epochMs, stepMs, steps, compileMs, memoryBytes };
  } finally {
    await session.dispose();
  }
}
