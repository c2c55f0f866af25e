/** How much memory a training will take, before anything large is made. */
import os from 'node:os';
import { EpochbookError } from '#contract/errors.ts';
import type { ModelTable } from '#contract/notebook.ts';
import type { Dataset } from '#contract/samples.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { sizeOf } from '../compile/graph.ts';
import { makeOptimizer } from './optimizers.ts';

const floatBytes = 4;
/** Node, tfjs and ONNX Runtime, before any data. Measured: 170 MB with a small model on Linux. */
const ownBytes = 170 * 2 ** 20;
/** What a layer's output is there for: forward, its gradient, and one form in between. */
const formsOfOutput = 3;
/** Inside of a recurrent layer each time step keeps gates and states; four gates in the largest kind. */
const formsOfStep = 14;
/** What others on the computer need. */
const share = 0.9;

const recurrent = /^(LSTM|GRU|SimpleRNN|RNN|Bidirectional|ConvLSTM[123]D)$/;

function valuesOf(layers: ModelTable['layers']): number {
  return layers.reduce((total, { className, outputShape }, index) => {
    const own = sizeOf(outputShape);
    const before = layers[index - 1]?.outputShape ?? [];
    // One that gives its last state alone has had as many as there were steps.
    const steps = recurrent.test(className) && outputShape.length === 1 && before.length > 1 ? before[0] : 1;
    return total + own * steps * (recurrent.test(className) ? formsOfStep : formsOfOutput);
  }, 0);
}

const partBytes = (data: Dataset) =>
  [data.train, data.validation, data.test]
    .flatMap((part) => part ?? [])
    .reduce(
      (total, { inputs, windows, targets, weights }) =>
        total + [inputs, windows?.starts, targets, weights].reduce((bytes, array) => bytes + (array?.byteLength ?? 0), 0),
      0,
    );

/**
 * Bytes while training, in round terms: the process, the data, weights and the optimizer's slots (before and after a
 * step, and once more as they were drawn), a gradient of each weight, and what a batch is on its way.
 */
export function foreseeMemory(table: ModelTable, train: TrainSpec, data: Dataset): number {
  const { layers, parameters, trainableParameters, trainable } = table;
  const optimizer = makeOptimizer(train.optimizer);
  const remembered = trainable.flatMap((weight) => optimizer.slots(weight)).reduce((total, { shape }) => total + sizeOf(shape), 0);
  const state = parameters + remembered;
  const batch = Math.min(train.batchSize, Math.max(1, data.train.count));
  const values = 2 * state + parameters + trainableParameters + batch * valuesOf(layers);
  return ownBytes + partBytes(data) + values * floatBytes;
}

/** Throws `engine.memory`, at what takes the most, where the training cannot fit into this computer. */
export function checkMemory(table: ModelTable, train: TrainSpec, data: Dataset, available = os.totalmem() * share): number {
  const bytes = foreseeMemory(table, train, data);
  if (bytes <= available) return bytes;
  const ofBatch = train.batchSize * valuesOf(table.layers) > 2 * table.parameters;
  const gigabytes = (value: number) => Number((value / 2 ** 30).toPrecision(2));
  throw new EpochbookError(
    'engine.memory',
    { needed: gigabytes(bytes), available: gigabytes(available), most: ofBatch ? 'batch' : 'weights', batch: train.batchSize },
    { at: ofBatch ? '/train/batchSize' : '/model' },
  );
}
