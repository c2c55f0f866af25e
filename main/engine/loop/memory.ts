/** How much memory a training will take, before anything large is made. */
import os from 'node:os';
import { EpochbookError } from '#contract/errors.ts';
import type { ModelTable } from '#contract/notebook.ts';
import type { Dataset } from '#contract/samples.ts';
import type { TrainSpec } from '#contract/spec.ts';
import { sizeOf } from '../compile/graph.ts';
import { makeOptimizer } from './optimizers.ts';

const floatBytes = 4;
/** Node, tfjs and ONNX Runtime, before any data. Measured: 161 MB with a small model on Linux. */
const ownBytes = 165 * 2 ** 20;
/** What a layer's output is there for, forward and back. Measured of three networks. */
const formsOfOutput = 1;
/** A convolution's, in the orders that its products want: forward, by the input and by the kernel. */
const formsOfConvolution = 12;
/** Inside of a recurrent layer each time step keeps gates and states; four gates in the largest kind. */
const formsOfStep = 14;
/** A step of a recurrent layer is written out in the program: its operators, and what running them needs. Measured of LSTM and GRU. */
const bytesOfStep = 1.6 * 2 ** 20;
/** What a layer makes inside, such as how much each step looks at each other: forward, its share that is kept, and back. */
const formsInside = 7;
/** Weights on their way: drawn, packed for products, and as they are stored. */
const formsOfWeights = 3;
/** Optimizers that look at a weight as a whole need so many more arrays of the largest's size in a step. */
const formsOfWholeWeight = 7;
const wholeWeight = /^(Adafactor|Muon|Lamb)$/;
/** What others on the computer need. */
const share = 0.9;

const recurrent = /^(LSTM|GRU|SimpleRNN|RNN|Bidirectional|ConvLSTM[123]D)$/;
const convolution = /Conv[123]D/;

/** Steps that the program is made of. */
export function stepsOf({ layers, inputShape }: Pick<ModelTable, 'layers' | 'inputShape'>): number {
  return layers.reduce((total, { className }, index) => {
    const [steps = 0] = layers[index - 1]?.outputShape ?? inputShape;
    return recurrent.test(className) ? total + steps * (className === 'Bidirectional' ? 2 : 1) : total;
  }, 0);
}

/** Of a sample, on its way through the layers. */
export function valuesOf({ layers, inputShape }: Pick<ModelTable, 'layers' | 'inputShape'>): number {
  return layers.reduce((total, { className, outputShape, inside = 0 }, index) => {
    const own = sizeOf(outputShape);
    const before = layers[index - 1]?.outputShape ?? inputShape;
    if (recurrent.test(className)) {
      // One that gives its last state alone has had as many as there were steps.
      const steps = outputShape.length < before.length ? before[0] : 1;
      return total + own * steps * formsOfStep;
    }
    return total + own * (convolution.test(className) ? formsOfConvolution : formsOfOutput) + inside * formsInside;
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
 * Bytes while training, in round terms: the process, the data, weights and what the optimizer remembers (before and
 * after a step), weights on their way, a gradient of each, and what a batch is on its way.
 */
export function foreseeMemory(table: ModelTable, train: TrainSpec, data: Dataset): number {
  const { parameters, trainableParameters, trainable } = table;
  const optimizer = makeOptimizer(train.optimizer);
  const remembered = trainable.flatMap((weight) => optimizer.slots(weight)).reduce((total, { shape }) => total + sizeOf(shape), 0);
  const largest = trainable.reduce((most, { shape }) => Math.max(most, sizeOf(shape)), 0);
  const whole = wholeWeight.test(optimizer.className) ? formsOfWholeWeight * largest : 0;
  const batch = Math.min(train.batchSize, Math.max(1, data.train.count));
  const values = 2 * (parameters + remembered) + formsOfWeights * parameters + trainableParameters + whole + batch * valuesOf(table);
  return ownBytes + partBytes(data) + stepsOf(table) * bytesOfStep + values * floatBytes;
}

/** Throws `engine.memory`, at what takes the most, where the training cannot fit into this computer. */
export function checkMemory(table: ModelTable, train: TrainSpec, data: Dataset, available = os.totalmem() * share): number {
  const bytes = foreseeMemory(table, train, data);
  if (bytes <= available) return bytes;
  const ofBatch = train.batchSize * valuesOf(table) > 2 * table.parameters;
  const gigabytes = (value: number) => Number((value / 2 ** 30).toPrecision(2));
  throw new EpochbookError(
    'engine.memory',
    { needed: gigabytes(bytes), available: gigabytes(available), most: ofBatch ? 'batch' : 'weights', batch: train.batchSize },
    { at: ofBatch ? '/train/batchSize' : '/model' },
  );
}
