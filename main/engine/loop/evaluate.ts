/** Loss, metrics and confusion of a trained model on one part of the data: by the code that training validates with. */
import { EpochbookError } from '#contract/errors.ts';
import type { Part } from '#contract/samples.ts';
import type { Backend } from '../backends/backend.ts';
import { sizeOf } from '../compile/graph.ts';
import type { NamedTensor } from './checkpoint.ts';
import type { TrainJob } from './events.ts';
import { openSession } from './session.ts';
import { type Evaluation, validate } from './train.ts';

export interface EvaluateOptions {
  readonly backend: Backend;
  /** Awaited before each batch, with the number of those done and of all. */
  readonly onBatch?: (done: number, total: number) => Promise<void>;
}

/**
 * `weights` by Keras' names, as a checkpoint has them. On the part that a run validated with, the values are those that
 * the run recorded, to the bit, where backend and threads are the same. Throws `engine.checkpointFit` where the weights
 * are not this model's, and what training throws where model, loss and data do not fit each other.
 */
export async function evaluatePart(
  job: Omit<TrainJob, 'from'>,
  weights: ReadonlyMap<string, NamedTensor>,
  part: Part,
  { backend, onBatch }: EvaluateOptions,
): Promise<Evaluation> {
  const session = openSession(job, backend);
  try {
    for (const { name, variable } of session.model.weights) {
      if (weights.get(name)?.values.length !== sizeOf(variable.shape)) throw new EpochbookError('engine.checkpointFit', { name });
    }
    session.setWeights(weights);
    const steps = validate(session, part, Math.min(job.train.batchSize, part.count), async (done, total) => {
      await onBatch?.(done, total);
      return null;
    });
    for (;;) {
      const step = await steps.next();
      // It is never told to stop.
      if (step.done) return step.value!;
    }
  } finally {
    await session.dispose();
  }
}
