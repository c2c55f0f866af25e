/** What a notebook's data, model and training come to, before anything is trained. */
import { toPlainError } from '#contract/errors.ts';
import type { DataPreview, ModelTable } from '#contract/notebook.ts';
import type { Dataset } from '#contract/samples.ts';
import type { ModelSpec, TrainSpec } from '#contract/spec.ts';
import { openBackend } from '#engine/backends/index.ts';
import { shuffledAmong } from '#engine/loop/inputs.ts';
import { checkMemory } from '#engine/loop/memory.ts';
import { makePlan } from '#engine/loop/plan.ts';
import { openSession } from '#engine/loop/session.ts';
import { completeModel } from '#engine/model/complete.ts';
import { describeModel } from '#engine/model/describe.ts';
import type { Inspection } from './protocol.ts';

export interface InspectionRequest {
  readonly dataset: Dataset;
  readonly preview: DataPreview;
  readonly model?: ModelSpec | undefined;
  readonly train?: TrainSpec | undefined;
}

/** Throws where model, loss, optimizer, metrics or callbacks do not fit each other or the data. */
async function checkTraining(model: ModelSpec, train: TrainSpec, data: Dataset): Promise<void> {
  // Opening checks; nothing is compiled, so the backend that loads fastest will do.
  const session = openSession({ model, train, data }, await openBackend('reference'));
  try {
    const { metricNames } = session;
    makePlan(train, [...metricNames, ...(data.validation ? metricNames.map((name) => `val_${name}`) : [])]);
  } finally {
    await session.dispose();
  }
}

/** Of samples in a file: among how many each is shuffled. */
function streamedOf({ train }: Dataset, { streamed }: DataPreview): Pick<DataPreview, 'streamed'> {
  if (!train.stored) return {};
  const shuffled = shuffledAmong(train);
  return { streamed: { ...streamed, ...(shuffled !== undefined && { shuffled }) } };
}

export async function inspect({ dataset, preview: loaded, model, train }: InspectionRequest): Promise<Inspection> {
  const preview = { ...loaded, ...streamedOf(dataset, loaded) };
  if (!model) return { data: preview };
  let completed: ModelSpec;
  let table: ModelTable;
  try {
    completed = completeModel(model, dataset);
    table = describeModel(completed);
  } catch (error) {
    return { data: preview, modelError: toPlainError(error) };
  }
  if (!train) return { data: preview, model: table };
  try {
    // Before the weights are made.
    const memoryBytes = checkMemory(table, train, dataset);
    await checkTraining(completed, train, dataset);
    return { data: preview, model: table, memoryBytes };
  } catch (error) {
    return { data: preview, model: table, trainError: toPlainError(error) };
  }
}
