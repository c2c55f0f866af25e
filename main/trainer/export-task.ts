/** Writes a trained model in another program's format, checked on samples of its own data. */
import { EpochbookError } from '#contract/errors.ts';
import type { Exported } from '#contract/runs.ts';
import type { Dataset } from '#contract/samples.ts';
import type { Json } from '#contract/spec.ts';
import { preparationOf } from '#data/preparation.ts';
import { openBackend } from '#engine/backends/index.ts';
import { sliceBatch } from '#engine/loop/batches.ts';
import { createPredictor } from '#engine/loop/predict.ts';
import { completeModel } from '#engine/model/complete.ts';
import { exportOnnx } from '#interchange/onnx.ts';
import { exportTfjs } from '#interchange/tfjs.ts';
import { readCheckpoint } from './checkpoint-files.ts';
import type { Task } from './protocol.ts';

type ExportTask = Extract<Task, { type: 'export' }>;

/** Enough to notice a wrong weight; few enough for tfjs' plain cpu backend. */
const sampleCount = 64;

/** What a program needs to know to feed the model and to read its answers. */
function metadataOf(dataset: Dataset, { run }: ExportTask, epoch: number): { [name: string]: Json } {
  const { targetShape: _, ...preparation } = preparationOf(dataset);
  return { run: { ...run, epoch, metrics: { ...run.metrics } }, ...(JSON.parse(JSON.stringify(preparation)) as { [name: string]: Json }) };
}

export async function exportModel(task: ExportTask, dataset: Dataset): Promise<Exported> {
  // Other data may have other classes under the same numbers, and the export would name them wrongly.
  if (dataset.hash !== task.run.dataHash) throw new EpochbookError('training.dataChanged', {}, { at: '/data/source' });
  const model = completeModel(task.spec.model, dataset);
  const checkpoint = await readCheckpoint(task.checkpointFile);
  const part = dataset.validation ?? dataset.test ?? dataset.train;
  const count = Math.min(sampleCount, part.count);
  const predictor = await createPredictor(model, checkpoint.weights, await openBackend(task.run.backend));
  try {
    return await (task.format === 'onnx' ? exportOnnx : exportTfjs)({
      model,
      checkpoint,
      samples: { inputs: sliceBatch(part, 0, count).inputs.slice(), count, inputShape: dataset.inputShape },
      predict: (inputs) => predictor.predict(inputs),
      folder: task.folder,
      metadata: metadataOf(dataset, task, checkpoint.epoch),
    });
  } finally {
    await predictor.dispose();
  }
}
