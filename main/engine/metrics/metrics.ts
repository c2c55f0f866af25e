/** Metrics besides the loss, under the names Keras reports. */
import { EpochbookError } from '#contract/errors.ts';
import { camelCase, snakeCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import { isClassLoss, lossFunction, lossNames, type Loss, type LossName, type Outputs } from './losses.ts';

export interface Metric {
  /** As reported, `val_` not in front. */
  readonly name: string;
  /** Sum over the batch's samples, a scalar: counts stay whole numbers. */
  readonly sum: Loss;
}

/** Number of samples whose largest output is the target's class. */
function classAccuracy({ logits, values }: Outputs, targets: tf.Tensor): tf.Tensor {
  const found = tf.argMax(logits ?? values(), -1);
  return tf.sum(tf.cast(tf.equal(found, tf.cast(tf.reshape(targets, [-1]), 'int32')), 'float32'));
}

/** Number of samples on the right side of 0.5. */
function binaryAccuracy({ logits, values }: Outputs, targets: tf.Tensor): tf.Tensor {
  const yes = logits ? tf.greater(logits, 0) : tf.greater(values(), 0.5);
  return tf.sum(tf.cast(tf.equal(tf.cast(yes, 'float32'), tf.reshape(targets, yes.shape)), 'float32'));
}

const accuracies: Readonly<Record<string, 'byLoss' | 'binary' | 'classes'>> = {
  accuracy: 'byLoss',
  acc: 'byLoss',
  binaryAccuracy: 'binary',
  categoricalAccuracy: 'classes',
  sparseCategoricalAccuracy: 'classes',
};
const errors: Readonly<Record<string, LossName>> = { mae: 'meanAbsoluteError', mse: 'meanSquaredError' };
const metricNames = [...Object.keys(accuracies), ...Object.keys(errors), ...lossNames];

/** Accuracy means what the loss makes of the output, as in Keras. Throws at the metric where there is none such. */
export function metricsNamed(names: readonly string[], loss: LossName): Metric[] {
  return names.map((given, index) => {
    const at = `/train/metrics/${index}`;
    const name = camelCase(given);
    const accuracy = accuracies[name];
    const fits = accuracy === 'byLoss' ? loss === 'binaryCrossentropy' || isClassLoss(loss) : true;
    if (accuracy && fits) {
      const binary = accuracy === 'binary' || (accuracy === 'byLoss' && loss === 'binaryCrossentropy');
      if (accuracy !== 'byLoss' && binary === isClassLoss(loss))
        throw new EpochbookError('engine.metricFit', { metric: given, loss }, { at });
      return { name: snakeCase(name), sum: binary ? binaryAccuracy : classAccuracy };
    }
    if (accuracy) throw new EpochbookError('engine.metricFit', { metric: given, loss }, { at });
    const computed = errors[name] ?? lossNames.find((known) => known === name);
    if (!computed) throw new EpochbookError('engine.metricUnknown', { name: given, nearest: nearest(name, metricNames) }, { at });
    const ofClasses = (known: LossName) => isClassLoss(known) || known === 'binaryCrossentropy';
    const comparable = isClassLoss(loss)
      ? isClassLoss(computed)
      : loss === 'binaryCrossentropy'
        ? !isClassLoss(computed)
        : !ofClasses(computed);
    if (!comparable) throw new EpochbookError('engine.metricFit', { metric: given, loss }, { at });
    const mean = lossFunction(computed);
    return { name: snakeCase(name), sum: (outputs, targets) => tf.mul(mean(outputs, targets), targets.shape[0]) };
  });
}

/** Whether more is better. */
export const isBetterHigher = (metric: string): boolean => /accuracy|acc$|auc$|precision|recall/.test(metric);
