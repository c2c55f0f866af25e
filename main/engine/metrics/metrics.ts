/**
 * Metrics besides the loss, with Keras 3's formulas (`keras.metrics`) and under the names that Keras reports. All are
 * exact over an epoch: a batch gives sums that are enough to compute the metric from the sums of any number of batches.
 */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset } from '#contract/samples.ts';
import { snakeCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import { cosine, findLoss, type Loss, lossNames, makeLoss, oneHotRows, type OutputKind, type Outputs, type PerSample } from './losses.ts';

export interface Metric {
  /** As reported, `val_` not in front. */
  readonly name: string;
  /** Sums over the batch's samples: a scalar or a vector. Counts stay whole numbers. */
  readonly sums: (outputs: Outputs, targets: tf.Tensor) => tf.Tensor;
  /** The metric, from the sums over `samples` samples. */
  readonly result: (sums: Float64Array, samples: number) => number;
}

/** What metrics depend on besides output and targets. */
export interface MetricContext {
  readonly loss: Loss;
  readonly task: Dataset['task'];
  /** Of the training targets: sums of squares are taken from here, so that they lose no digits. */
  readonly targetMean: () => number;
}

type Rule = Omit<Metric, 'name'>;

const counted = (condition: tf.Tensor) => tf.cast(condition, 'float32');
const meanOfSum: Metric['result'] = ([sum], samples) => sum / samples;
const meanOf = (perSample: PerSample): Rule => ({ sums: (outputs, targets) => tf.sum(perSample(outputs, targets)), result: meanOfSum });

const lastOf = (x: tf.Tensor) => x.shape[x.shape.length - 1];
const indices = (targets: tf.Tensor) => tf.cast(tf.reshape(targets, [-1]), 'int32');
const foundClass = ({ logits, values }: Outputs) => tf.argMax(logits ?? values(), -1);
/** Whether the second of two classes is said: 1 or 0, `[batch]`. */
const saysYes = ({ logits, values }: Outputs, output: OutputKind) =>
  tf.reshape(counted(logits ? tf.greater(logits, 0) : tf.greater(values(), output === 'margin' ? 0 : 0.5)), [-1]);

const classAccuracy = meanOf((outputs, targets) => counted(tf.equal(foundClass(outputs), indices(targets))));
const binaryAccuracy = (output: OutputKind) =>
  meanOf((outputs, targets) => counted(tf.equal(saysYes(outputs, output), tf.reshape(targets, [-1]))));

/** The target is among the k classes with the largest values; equal ones are all in. */
const topAccuracy = (k: number) =>
  meanOf(({ logits, values }, targets) => {
    const scores = logits ?? values();
    const wanted = tf.sum(tf.mul(scores, oneHotRows(targets, lastOf(scores))), -1, true);
    return counted(tf.less(tf.sum(counted(tf.greater(scores, wanted)), -1), k));
  });

/** Of every output as its own yes or no: what is said and what is true, each flat. */
function yesAndNo(outputs: Outputs, targets: tf.Tensor, output: OutputKind): { said: tf.Tensor; truth: tf.Tensor } {
  if (output !== 'classes') return { said: saysYes(outputs, output), truth: tf.reshape(targets, [-1]) };
  const shares = outputs.values();
  return { said: tf.reshape(counted(tf.greater(shares, 0.5)), [-1]), truth: tf.reshape(oneHotRows(targets, lastOf(shares)), [-1]) };
}

const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

/** True positives over all that is said to be (precision) or is (recall) positive. */
const rightOf =
  (whole: 'said' | 'truth') =>
  (output: OutputKind): Rule => ({
    sums: (outputs, targets) => {
      const pair = yesAndNo(outputs, targets, output);
      return tf.stack([tf.sum(tf.mul(pair.said, pair.truth)), tf.sum(pair[whole])]);
    },
    result: ([right, all]) => ratio(right, all),
  });

/** 2 · tp / (2 · tp + fp + fn); of several classes, the mean of theirs, by the largest output. */
const f1Score = (output: OutputKind): Rule => ({
  sums: (outputs, targets) => {
    if (output !== 'classes') {
      const { said, truth } = yesAndNo(outputs, targets, output);
      return tf.stack([tf.sum(tf.mul(said, truth)), tf.add(tf.sum(said), tf.sum(truth))]);
    }
    const classes = lastOf(outputs.logits ?? outputs.values());
    const said = oneHotRows(foundClass(outputs), classes);
    const truth = oneHotRows(targets, classes);
    return tf.concat([tf.sum(tf.mul(said, truth), 0), tf.sum(tf.add(said, truth), 0)]);
  },
  result: (sums) => {
    const classes = sums.length / 2;
    let total = 0;
    for (let index = 0; index < classes; index++) total += ratio(2 * sums[index], sums[classes + index]);
    return total / classes;
  },
});

const thresholdCount = 200;
/** Keras' thresholds: evenly from 0 to 1, the ends a little beyond. */
const thresholds = Float32Array.from({ length: thresholdCount }, (_, index) =>
  index === 0 ? -1e-7 : index === thresholdCount - 1 ? 1 + 1e-7 : index / (thresholdCount - 1),
);

/** Area under the curve of true over false positive rates, by the trapezoids between 200 thresholds. */
const auc = (output: OutputKind): Rule => ({
  sums: ({ values }, targets) => {
    const shares = values();
    const truth = tf.reshape(output === 'classes' ? oneHotRows(targets, lastOf(shares)) : targets, [-1, 1]);
    const said = counted(tf.greater(tf.reshape(shares, [-1, 1]), tf.tensor(thresholds, [1, thresholdCount])));
    return tf.concat([tf.sum(tf.mul(said, truth), 0), tf.sum(tf.mul(said, tf.sub(1, truth)), 0)]);
  },
  // Below the first threshold lies nothing, so that its sums are those of all.
  result: (sums) => {
    let area = 0;
    for (let index = 0; index + 1 < thresholdCount; index++) {
      const height = (sums[index] + sums[index + 1]) / 2;
      const width = sums[thresholdCount + index] - sums[thresholdCount + index + 1];
      area += ratio(height, sums[0]) * ratio(width, sums[thresholdCount]);
    }
    return area;
  },
});

/** 1 − Σ(y − f)² / Σ(y − ȳ)² */
const r2Score = (_: OutputKind, { targetMean }: MetricContext): Rule => {
  const origin = targetMean();
  return {
    sums: ({ values }, targets) => {
      const output = values();
      const wanted = tf.reshape(targets, output.shape);
      const moved = tf.sub(wanted, origin);
      return tf.stack([tf.sum(tf.square(tf.sub(wanted, output))), tf.sum(tf.square(moved)), tf.sum(moved)]);
    },
    result: ([errors, squares, sum], samples) => {
      const spread = squares - (sum * sum) / samples;
      // Keras: 0 where all targets are the same.
      return spread > 0 ? 1 - errors / spread : 0;
    },
  };
};

interface Kind {
  /** The outputs it can be computed of. */
  readonly of: readonly OutputKind[];
  readonly make: (output: OutputKind, context: MetricContext) => Rule;
}
const sorted: readonly OutputKind[] = ['classes', 'probability', 'margin'];
const twoSided: readonly OutputKind[] = ['probability', 'margin'];

const rootOf = ({ sums, result }: Rule): Rule => ({ sums, result: (all, samples) => Math.sqrt(result(all, samples)) });
const squaredError = makeLoss('meanSquaredError', 'regression').perSample;

const kinds: Readonly<Record<string, Kind>> = {
  accuracy: { of: sorted, make: (output) => (output === 'classes' ? classAccuracy : binaryAccuracy(output)) },
  binaryAccuracy: { of: twoSided, make: binaryAccuracy },
  categoricalAccuracy: { of: ['classes'], make: () => classAccuracy },
  sparseCategoricalAccuracy: { of: ['classes'], make: () => classAccuracy },
  topKCategoricalAccuracy: { of: ['classes'], make: () => topAccuracy(5) },
  sparseTopKCategoricalAccuracy: { of: ['classes'], make: () => topAccuracy(5) },
  precision: { of: sorted, make: rightOf('said') },
  recall: { of: sorted, make: rightOf('truth') },
  f1Score: { of: sorted, make: f1Score },
  auc: { of: ['classes', 'probability'], make: auc },
  rootMeanSquaredError: { of: ['numbers', 'probability'], make: () => rootOf(meanOf(squaredError)) },
  r2Score: { of: ['numbers'], make: r2Score },
  // Unlike the loss of that name, more is better.
  cosineSimilarity: { of: ['classes', 'numbers'], make: (output) => meanOf(cosine(output === 'classes')) },
};

/** Short names, under which the metric is reported as well. */
const shortNames: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  rmse: 'rootMeanSquaredError',
  f1: 'f1Score',
  r2: 'r2Score',
};
const comparable = (name: string) => name.toLowerCase().replaceAll('_', '');
const ownNames = Object.keys(kinds);
const metricNames = [...new Set([...ownNames, ...lossNames])];

/** A loss as a metric: its mean over the samples. */
function lossMetric(name: string, { loss, task }: MetricContext): Rule | null {
  const { output, perSample } = makeLoss(name, task);
  const fits = output === loss.output || (output === 'numbers' && loss.output === 'probability');
  return fits ? meanOf(perSample) : null;
}

/** Accuracy means what the loss makes of the output, as in Keras. Throws at the metric where there is none such. */
export function makeMetrics(names: readonly string[], context: MetricContext): Metric[] {
  return names.map((given, index) => {
    const at = `/train/metrics/${index}`;
    const own = shortNames[comparable(given)] ?? ownNames.find((known) => comparable(known) === comparable(given));
    const computed = own === undefined ? findLoss(given) : undefined;
    if (own === undefined && computed === undefined)
      throw new EpochbookError('engine.metricUnknown', { name: given, nearest: nearest(given, metricNames) }, { at });
    const { output } = context.loss;
    const ownRule = own !== undefined && kinds[own].of.includes(output) ? kinds[own].make(output, context) : null;
    const rule = computed === undefined ? ownRule : lossMetric(computed, context);
    if (!rule) throw new EpochbookError('engine.metricFit', { metric: given, loss: context.loss.name }, { at });
    return { name: reportedName(given, own ?? computed!), ...rule };
  });
}

/** As Keras does: in snake case, and short where the name is given so. */
function reportedName(given: string, full: string): string {
  return comparable(given) === comparable(full) ? snakeCase(full) : snakeCase(given.includes('_') ? given.toLowerCase() : given);
}

/** Whether more is better. */
export const isBetterHigher = (metric: string): boolean => /accuracy|acc$|auc$|precision|recall|f1|r2|similarity/.test(metric);
