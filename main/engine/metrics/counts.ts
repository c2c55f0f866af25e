/** Metrics of what is said and what is true: precision, recall, F scores, counts and the confusion matrix. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import type { OutputKind, Outputs } from './losses.ts';
import { oneHotRows } from './one-hot.ts';
import {
  bothSides,
  counted,
  foundClass,
  isBoolean,
  isClass,
  isOneOf,
  isShare,
  isWhole,
  type Kind,
  lastOf,
  type MetricContext,
  ratio,
  rowsOf,
  type Rule,
  saysYes,
  type Values,
  weighted,
} from './metric-kind.ts';

/** 1 or 0 for every sample and class, `[batch, classes]`; of yes and no, a column for each output. */
interface Pair {
  readonly said: tf.Tensor;
  readonly truth: tf.Tensor;
}

/** By the largest output; of a single output, its two sides. */
function byLargest(outputs: Outputs, targets: tf.Tensor, output: OutputKind, threshold: number | null): Pair {
  if (output !== 'classes') return { said: bothSides(saysYes(outputs, output, threshold)), truth: bothSides(targets) };
  const classes = lastOf(outputs.logits ?? outputs.values());
  return { said: oneHotRows(foundClass(outputs), classes), truth: oneHotRows(targets, classes) };
}

/** Of every output as its own yes or no: above the threshold and, where that is asked, among the k largest. */
function byOutput(outputs: Outputs, targets: tf.Tensor, output: OutputKind, threshold: number | null, topK: number | null): Pair {
  if (output !== 'classes') return { said: saysYes(outputs, output, threshold), truth: rowsOf(targets) };
  const shares = outputs.values();
  const classes = lastOf(shares);
  const truth = oneHotRows(targets, classes);
  if (topK === null) return { said: counted(tf.greater(shares, threshold ?? 0.5)), truth };
  // How many outputs are larger than each: [batch, classes, 1] against [batch, 1, classes].
  const larger = tf.sum(counted(tf.greater(tf.expandDims(shares, 1), tf.expandDims(shares, 2))), -1);
  const among = counted(tf.less(larger, topK));
  return { said: threshold === null ? among : tf.mul(among, counted(tf.greater(shares, threshold))), truth };
}

/** True positives, said and true, by class: `[3, classes]`. */
const countsOf = ({ said, truth }: Pair, weights: tf.Tensor | undefined) =>
  tf.stack([tf.mul(said, truth), said, truth].map((each) => tf.sum(weighted(each, weights), 0)));

interface Counts {
  readonly right: number;
  readonly said: number;
  readonly truth: number;
}

const readCounts = (sums: Float64Array): Counts[] => {
  const classes = sums.length / 3;
  return Array.from({ length: classes }, (_, index) => ({
    right: sums[index],
    said: sums[classes + index],
    truth: sums[2 * classes + index],
  }));
};
const added = (counts: readonly Counts[]): Counts =>
  counts.reduce((total, { right, said, truth }) => ({
    right: total.right + right,
    said: total.said + said,
    truth: total.truth + truth,
  }));

/** A class by its name or its index. Throws, at the metric, for one that the data does not have. */
function classIndex(given: Values[string], classes: readonly string[]): number | null {
  if (typeof given !== 'string' && typeof given !== 'number') return null;
  const name = String(given);
  const named = classes.indexOf(name);
  const index = named >= 0 ? named : typeof given === 'number' ? given : -1;
  if (index < 0 || index >= classes.length) throw new EpochbookError('engine.metricClass', { name, nearest: nearest(name, classes) });
  return index;
}

const threshold = { check: isShare, default: null };
const perClass = { check: isBoolean, default: false };
const ofYesAndNo = {
  thresholds: threshold,
  topK: { check: isWhole(1), default: null },
  classId: { check: isClass, default: null },
  perClass,
};

/** True positives over all that is said to be (precision) or is (recall) positive. */
function rightOf(whole: 'said' | 'truth', output: OutputKind, values: Values, { classes }: MetricContext): Rule {
  const limit = values.thresholds as number | null;
  const share = (counts: Counts) => ratio(counts.right, counts[whole]);
  if (values.perClass === true) {
    return {
      sums: (outputs, targets, weights) => countsOf(byLargest(outputs, targets, output, limit), weights),
      results: (sums) => readCounts(sums).slice(0, classes.length).map(share),
    };
  }
  const only = classIndex(values.classId, classes);
  return {
    sums: (outputs, targets, weights) =>
      // Of a single output, the first class is its other side.
      countsOf(
        only !== null && output !== 'classes'
          ? byLargest(outputs, targets, output, limit)
          : byOutput(outputs, targets, output, limit, values.topK as number | null),
        weights,
      ),
    results: (sums) => {
      const counts = readCounts(sums);
      return [share(only === null ? added(counts) : counts[only])];
    },
  };
}

/** (1 + β²) · tp / (β² · true + said); of several classes by the largest output, averaged as asked. */
function fBeta(beta: number, output: OutputKind, values: Values, { classes }: MetricContext): Rule {
  const limit = values.threshold as number | null;
  const score = ({ right, said, truth }: Counts) => ratio((1 + beta ** 2) * right, beta ** 2 * truth + said);
  const two = values.perClass === true;
  return {
    sums: (outputs, targets, weights) => {
      const single = output !== 'classes' && !two;
      const pair =
        single || (output === 'classes' && limit !== null)
          ? byOutput(outputs, targets, output, limit, null)
          : byLargest(outputs, targets, output, limit);
      return countsOf(pair, weights);
    },
    results: (sums) => {
      const counts = readCounts(sums);
      if (two) return counts.slice(0, classes.length).map(score);
      if (values.average === 'micro') return [score(added(counts))];
      const scores = counts.map(score);
      if (values.average === 'macro') return [scores.reduce((sum, each) => sum + each, 0) / scores.length];
      const all = counts.reduce((sum, { truth }) => sum + truth, 0);
      return [
        ratio(
          scores.reduce((sum, each, index) => sum + each * counts[index].truth, 0),
          all,
        ),
      ];
    },
  };
}

const averaged = { average: { check: isOneOf(['micro', 'macro', 'weighted']), default: 'macro' }, threshold, perClass };

/** How many outputs are rightly or wrongly said to be positive or negative. */
const countKind = (count: (counts: Counts, outputs: number) => number): Kind => ({
  of: ['classes', 'probability', 'margin'],
  options: { thresholds: threshold },
  make: (output, values) => ({
    sums: (outputs, targets, weights) => countsOf(byOutput(outputs, targets, output, values.thresholds as number | null, null), weights),
    results: (sums, samples) => {
      const counts = readCounts(sums);
      return [count(added(counts), samples * counts.length)];
    },
  }),
});

/** What is both said and true over what is either, by class: the mean over those wanted that there are. */
const overlapKind: Kind = {
  of: ['classes', 'probability', 'margin'],
  options: { targetClassIds: { check: (value) => Array.isArray(value) && value.every(isClass), default: null }, threshold, perClass },
  make: (output, values, { classes }) => {
    const wanted = (values.targetClassIds as Json[] | null)?.map((given) => classIndex(given, classes)!);
    return {
      sums: (outputs, targets, weights) => countsOf(byLargest(outputs, targets, output, values.threshold as number | null), weights),
      results: (sums) => {
        const all = readCounts(sums);
        const shares = all.map(({ right, said, truth }) => ratio(right, said + truth - right));
        if (values.perClass === true) return shares.slice(0, classes.length);
        const there = [...all.keys()].filter(
          (index) => (wanted?.includes(index) ?? true) && all[index].said + all[index].truth - all[index].right > 0,
        );
        return [
          ratio(
            there.reduce((sum, index) => sum + shares[index], 0),
            there.length,
          ),
        ];
      },
    };
  },
};

const sorted: readonly OutputKind[] = ['classes', 'probability', 'margin'];

export const countKinds: Readonly<Record<string, Kind>> = {
  precision: { of: sorted, options: ofYesAndNo, make: (...given) => rightOf('said', ...given) },
  recall: { of: sorted, options: ofYesAndNo, make: (...given) => rightOf('truth', ...given) },
  f1Score: { of: sorted, options: averaged, make: (...given) => fBeta(1, ...given) },
  fbetaScore: {
    of: sorted,
    options: { beta: { check: (value) => typeof value === 'number' && value > 0, default: 1 }, ...averaged },
    make: (output, values, context) => fBeta(values.beta as number, output, values, context),
  },
  ioU: overlapKind,
  meanIoU: overlapKind,
  binaryIoU: { ...overlapKind, of: ['probability', 'margin'] },
  oneHotIoU: { ...overlapKind, of: ['classes'] },
  oneHotMeanIoU: { ...overlapKind, of: ['classes'] },
  truePositives: countKind(({ right }) => right),
  falsePositives: countKind(({ right, said }) => said - right),
  falseNegatives: countKind(({ right, truth }) => truth - right),
  trueNegatives: countKind(({ right, said, truth }, outputs) => outputs - said - truth + right),
};

/** Samples by their class (rows) and the class that is said (columns), row after row. */
export function confusionOf(output: OutputKind): Pick<Rule, 'sums'> {
  return {
    sums: (outputs, targets, weights) => {
      const { said, truth } = byLargest(outputs, targets, output, null);
      return tf.matMul(weighted(truth, weights), said, true, false);
    },
  };
}
