/** Metrics of all thresholds together: areas under curves, and the best one rate can be while another is kept. */
import { tf } from '../tfjs.ts';
import type { OutputKind, Outputs } from './losses.ts';
import { oneHotRows } from './one-hot.ts';
import {
  bothSides,
  counted,
  isBoolean,
  isOneOf,
  isShare,
  isWhole,
  type Kind,
  lastOf,
  ratio,
  rowsOf,
  type Values,
  weighted,
} from './metric-kind.ts';

/** Evenly from 0 to 1, the ends at `low` and `high`. */
const evenly = (count: number, low: number, high: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => (index === 0 ? low : index === count - 1 ? high : index / (count - 1)));

/** Whether outputs are taken all together, each on its own, or a single one as its two sides. */
type Apart = 'together' | 'outputs' | 'sides';

/** True and false positives above each threshold: `[2, outputs, thresholds]`. */
function positives(
  { values }: Outputs,
  targets: tf.Tensor,
  output: OutputKind,
  { thresholds, apart, weights }: { thresholds: Float32Array; apart: Apart; weights: tf.Tensor | undefined },
): tf.Tensor {
  const given = rowsOf(values());
  const two = apart === 'sides' && output !== 'classes';
  const shares = two ? bothSides(given) : given;
  const rows = two ? bothSides(targets) : output === 'classes' ? oneHotRows(targets, lastOf(shares)) : targets;
  const columns = apart === 'together' ? 1 : lastOf(shares);
  const truth = tf.reshape(rows, [-1, columns, 1]);
  const said = counted(tf.greater(tf.reshape(shares, [-1, columns, 1]), tf.tensor(thresholds, [1, 1, thresholds.length])));
  return tf.stack([tf.mul(said, truth), tf.mul(said, tf.sub(1, truth))].map((each) => tf.sum(weighted(each, weights), 0)));
}

/** Of one output, by threshold. The first threshold lies below everything: its counts are those of all. */
interface Positives {
  readonly right: Float64Array;
  readonly wrong: Float64Array;
}

function readPositives(sums: Float64Array, count: number): Positives[] {
  const outputs = sums.length / (2 * count);
  return Array.from({ length: outputs }, (_, index) => ({
    right: sums.subarray(index * count, (index + 1) * count),
    wrong: sums.subarray((outputs + index) * count, (outputs + index + 1) * count),
  }));
}

type Summation = 'interpolation' | 'minoring' | 'majoring';
const heights: Readonly<Record<Summation, (one: number, other: number) => number>> = {
  interpolation: (one, other) => (one + other) / 2,
  minoring: Math.min,
  majoring: Math.max,
};

function area({ right, wrong }: Positives, curve: string, summation: Summation): number {
  const all = right[0];
  const others = wrong[0];
  let total = 0;
  for (let index = 0; index + 1 < right.length; index++) {
    if (curve === 'PR' && summation === 'interpolation') {
      // Davis and Goadrich, 2006: between two points, precision is not a straight line of recall.
      const above = right[index] + wrong[index];
      const below = right[index + 1] + wrong[index + 1];
      const gained = right[index] - right[index + 1];
      const slope = ratio(gained, above - below);
      const intercept = right[index + 1] - slope * below;
      const relation = above > 0 && below > 0 ? above / below : 1;
      total += ratio(slope * (gained + intercept * Math.log(relation)), all);
      continue;
    }
    const point = (at: number): [x: number, y: number] =>
      curve === 'PR' ? [ratio(right[at], all), ratio(right[at], right[at] + wrong[at])] : [ratio(wrong[at], others), ratio(right[at], all)];
    const [x, y] = point(index);
    const [nextX, nextY] = point(index + 1);
    total += (x - nextX) * heights[summation](y, nextY);
  }
  return total;
}

const shared = { numThresholds: { check: isWhole(2), default: 200 } };
const ofShares: readonly OutputKind[] = ['classes', 'probability'];

const auc: Kind = {
  of: ofShares,
  options: {
    ...shared,
    curve: { check: isOneOf(['ROC', 'PR']), default: 'ROC' },
    summationMethod: { check: isOneOf(Object.keys(heights)), default: 'interpolation' },
    multiLabel: { check: isBoolean, default: false },
    perClass: { check: isBoolean, default: false },
  },
  make: (output, values, { classes }) => {
    const count = values.numThresholds as number;
    const thresholds = evenly(count, -1e-7, 1 + 1e-7);
    const each = values.perClass === true;
    const apart = each ? 'sides' : values.multiLabel === true ? 'outputs' : 'together';
    return {
      sums: (outputs, targets, weights) => positives(outputs, targets, output, { thresholds, apart, weights }),
      results: (sums) => {
        const areas = readPositives(sums, count).map((counts) => area(counts, values.curve as string, values.summationMethod as Summation));
        return each ? areas.slice(0, classes.length) : [areas.reduce((sum, value) => sum + value, 0) / areas.length];
      },
    };
  },
};

/** What a threshold makes: shares of the positives and negatives found, and of the found that are right. */
const rates = {
  sensitivity: ({ right }: Positives, at: number) => ratio(right[at], right[0]),
  specificity: ({ wrong }: Positives, at: number) => ratio(wrong[0] - wrong[at], wrong[0]),
  precision: ({ right, wrong }: Positives, at: number) => ratio(right[at], right[at] + wrong[at]),
  recall: ({ right }: Positives, at: number) => ratio(right[at], right[0]),
} as const;
type Rate = keyof typeof rates;

/** The largest `wanted` of all thresholds at which `kept` is at least what the option of that name says. */
const bestAt = (wanted: Rate, kept: Rate): Kind => ({
  of: ofShares,
  options: { ...shared, [kept]: { check: isShare } },
  make: (output, values: Values) => {
    const count = values.numThresholds as number;
    // One more below all outputs counts all samples; Keras has it not among its thresholds.
    const thresholds = Float32Array.of(-1, ...evenly(count, 0, 1));
    return {
      sums: (outputs, targets, weights) => positives(outputs, targets, output, { thresholds, apart: 'together', weights }),
      results: (sums) => {
        const [counts] = readPositives(sums, count + 1);
        let best = 0;
        for (let at = 1; at <= count; at++) {
          if (rates[kept](counts, at) >= (values[kept] as number)) best = Math.max(best, rates[wanted](counts, at));
        }
        return [best];
      },
    };
  },
});

export const curveKinds: Readonly<Record<string, Kind>> = {
  auc,
  sensitivityAtSpecificity: bestAt('sensitivity', 'specificity'),
  specificityAtSensitivity: bestAt('specificity', 'sensitivity'),
  precisionAtRecall: bestAt('precision', 'recall'),
  recallAtPrecision: bestAt('recall', 'precision'),
};
