/** Losses, and whether one fits the model's output and the data. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset } from '#contract/samples.ts';
import { sizeOf } from '../compile/graph.ts';
import type { BuiltModel } from '../model/build.ts';
import { camelCase, shapeText } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import { type OutputActivation, outputActivation } from './output.ts';

export type LossName =
  | 'meanSquaredError'
  | 'meanAbsoluteError'
  | 'binaryCrossentropy'
  | 'categoricalCrossentropy'
  | 'sparseCategoricalCrossentropy';

/** What a model made of a batch: `values` is its output; `logits` what went into a last softmax or sigmoid, if known. */
export interface Outputs {
  readonly values: () => tf.Tensor;
  readonly logits: tf.Tensor | null;
}

/** Mean over the batch; a scalar. `targets` is `[batch]` or `[batch, …]`, a class as its index. */
export type Loss = (outputs: Outputs, targets: tf.Tensor) => tf.Tensor;

/** Keeps logarithms finite, as Keras' does. */
const epsilon = 1e-7;

/** One row a target: 1 at its class. */
export function oneHotRows(targets: tf.Tensor, classes: number): tf.Tensor {
  return tf.oneHot(tf.cast(tf.reshape(targets, [-1]), 'int32'), classes, 1, 0, 'float32');
}

function classCrossentropy({ logits, values }: Outputs, targets: tf.Tensor): tf.Tensor {
  const source = logits ?? values();
  const classes = source.shape[source.shape.length - 1];
  const rows = oneHotRows(targets, classes);
  if (logits) return tf.neg(tf.mean(tf.sum(tf.mul(rows, tf.logSoftmax(logits)), -1)));
  const shares = tf.div(source, tf.sum(source, -1, true));
  return tf.neg(tf.mean(tf.sum(tf.mul(rows, tf.log(tf.clipByValue(shares, epsilon, 1 - epsilon))), -1)));
}

function binaryCrossentropy({ logits, values }: Outputs, targets: tf.Tensor): tf.Tensor {
  // log(1 + exp(x)) − x·y: the same as with probabilities, and right for any x.
  if (logits) return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, tf.reshape(targets, logits.shape))));
  const shares = tf.clipByValue(values(), epsilon, 1 - epsilon);
  const wanted = tf.reshape(targets, shares.shape);
  const yes = tf.mul(wanted, tf.log(shares));
  const no = tf.mul(tf.sub(1, wanted), tf.log(tf.sub(1, shares)));
  return tf.neg(tf.mean(tf.add(yes, no)));
}

const difference = ({ values }: Outputs, targets: tf.Tensor) => {
  const output = values();
  return tf.sub(output, tf.reshape(targets, output.shape));
};

const losses: Readonly<Record<LossName, Loss>> = {
  meanSquaredError: (outputs, targets) => tf.mean(tf.square(difference(outputs, targets))),
  meanAbsoluteError: (outputs, targets) => tf.mean(tf.abs(difference(outputs, targets))),
  binaryCrossentropy,
  categoricalCrossentropy: classCrossentropy,
  sparseCategoricalCrossentropy: classCrossentropy,
};
export const lossNames = Object.keys(losses) as LossName[];

const shortNames: Readonly<Record<string, LossName>> = { mse: 'meanSquaredError', mae: 'meanAbsoluteError' };

export function lossNamed(name: string): LossName {
  const found = shortNames[name.toLowerCase()] ?? lossNames.find((known) => known === camelCase(name));
  if (!found) throw new EpochbookError('engine.lossUnknown', { name, nearest: nearest(name, lossNames) }, { at: '/train/loss' });
  return found;
}

export const lossFunction = (name: LossName): Loss => losses[name];

export const isClassLoss = (loss: LossName): boolean => loss === 'categoricalCrossentropy' || loss === 'sparseCategoricalCrossentropy';

/** Throws, at the loss, where it cannot be computed from this output and these targets, or would mean nothing. */
export function checkLoss(loss: LossName, model: BuiltModel, data: Pick<Dataset, 'task' | 'classes' | 'targetShape'>): void {
  const { outputShape } = model;
  const units = outputShape[outputShape.length - 1] ?? 1;
  const fail = (problem: string, more: Record<string, string | number> = {}): never => {
    const layer = model.layers[model.layers.length - 1].name;
    throw new EpochbookError(
      'engine.lossFit',
      { loss, problem, output: shapeText(outputShape), units, layer, ...more },
      { at: '/train/loss' },
    );
  };
  if (outputShape.length !== 1) fail('rank');
  const activation: OutputActivation = outputActivation(model);
  const classes = data.classes?.length ?? 0;
  if (isClassLoss(loss)) {
    if (data.task !== 'classification') fail('noClasses');
    if (units === 1) fail('oneUnit');
    if (units < classes) fail('tooFewUnits', { classes });
    if (activation !== 'softmax' && activation !== 'unknown') fail('wantsSoftmax', { activation });
  } else if (loss === 'binaryCrossentropy') {
    if (data.task !== 'classification') fail('noClasses');
    if (units !== 1) fail('manyUnits');
    if (classes > 2) fail('manyClasses', { classes });
    if (activation !== 'sigmoid' && activation !== 'hardSigmoid' && activation !== 'unknown') fail('wantsSigmoid', { activation });
  } else {
    const wanted = sizeOf(data.targetShape);
    if (data.task === 'classification' && units > 1) fail('wantsNumbers');
    if (units !== wanted) fail('targetShape', { wanted });
  }
}
