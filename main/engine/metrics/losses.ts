/** Losses with Keras 3's formulas (`keras.losses`), and whether one fits the model's output and the data. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset } from '#contract/samples.ts';
import type { Json, LossSpec } from '#contract/spec.ts';
import { sizeOf } from '../compile/graph.ts';
import type { BuiltOutput } from '../model/build.ts';
import { camelCase, shapeText } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import { ctc, never } from './ctc.ts';
import { oneHotRows } from './one-hot.ts';
import { type OutputActivation, outputActivation } from './output.ts';

/** What a model made of a batch: `values` is its output; `logits` what went into a last softmax or sigmoid, if known. */
export interface Outputs {
  readonly values: () => tf.Tensor;
  readonly logits: tf.Tensor | null;
  /** `[batch, steps]`: false where a step is padding. */
  readonly mask?: tf.Tensor;
}

/** One value a sample, `[batch]`. `targets` is `[batch]` or `[batch, …]`, a class as its index. */
export type PerSample = (outputs: Outputs, targets: tf.Tensor) => tf.Tensor;

/**
 * What a loss takes the output for: a row of shares, one a class (`classes`) · the probability of the second of two
 * classes, or one for each of several targets from 0 to 1 (`probability`) · a number above 0 for the second of two
 * classes (`margin`) · numbers like the targets (`numbers`) · a vector that is near those of its class (`embedding`) · a
 * row of logits a step, which say a shorter sequence of classes (`sequence`).
 */
export type OutputKind = 'classes' | 'probability' | 'margin' | 'numbers' | 'embedding' | 'sequence';

/** Keeps logarithms finite, as Keras' does. */
const epsilon = 1e-7;

const lastOf = (x: tf.Tensor) => x.shape[x.shape.length - 1];
/** Over all but the batch, `[batch]`. */
const meanOfEach = (x: tf.Tensor) => tf.mean(x, x.shape.length === 2 ? -1 : x.shape.map((_, axis) => axis).slice(1));
const likeOutput = (targets: tf.Tensor, output: tf.Tensor) => tf.reshape(targets, output.shape);

/** `base` ^ `exponent` for a base of 0 … 1, with a finite gradient. */
function power(base: tf.Tensor, exponent: number): tf.Tensor {
  if (exponent === 2) return tf.square(base);
  return exponent === 1 ? base : tf.pow(tf.clipByValue(base, epsilon, 1), exponent);
}

/** Logarithms of the shares of the classes. */
function logShares({ logits, values }: Outputs): tf.Tensor {
  if (logits) return tf.logSoftmax(logits);
  const output = values();
  const shares = tf.div(output, tf.sum(output, -1, true));
  return tf.log(tf.clipByValue(shares, epsilon, 1 - epsilon));
}

function smoothedRows(targets: tf.Tensor, classes: number, smoothing: number): tf.Tensor {
  const rows = oneHotRows(targets, classes);
  return smoothing > 0 ? tf.add(tf.mul(rows, 1 - smoothing), smoothing / classes) : rows;
}

const classCrossentropy =
  (smoothing: number): PerSample =>
  (outputs, targets) => {
    const logarithms = logShares(outputs);
    return tf.neg(tf.sum(tf.mul(smoothedRows(targets, lastOf(logarithms), smoothing), logarithms), -1));
  };

/** Lin et al., 2017: cross-entropy that counts less where the class is found already. */
const classFocal =
  (alpha: number, gamma: number, smoothing: number): PerSample =>
  (outputs, targets) => {
    const logarithms = logShares(outputs);
    const factor = tf.mul(power(tf.sub(1, tf.exp(logarithms)), gamma), alpha);
    const entropy = tf.mul(smoothedRows(targets, lastOf(logarithms), smoothing), logarithms);
    return tf.neg(tf.sum(tf.mul(factor, entropy), -1));
  };

/** Σ y · log(y / f), both cut off at ε; from logits the cross-entropy, which it is for a row of 0 and 1. */
const divergence: PerSample = (outputs, targets) => {
  if (outputs.logits) return classCrossentropy(0)(outputs, targets);
  const shares = tf.clipByValue(outputs.values(), epsilon, 1);
  const rows = tf.clipByValue(oneHotRows(targets, lastOf(shares)), epsilon, 1);
  return tf.sum(tf.mul(rows, tf.log(tf.div(rows, shares))), -1);
};

interface Binary {
  /** Of each output, from its target (smoothed). */
  readonly entropy: tf.Tensor;
  readonly share: () => tf.Tensor;
  readonly targets: tf.Tensor;
}

function binaryEntropy({ logits, values }: Outputs, given: tf.Tensor, smoothing: number): Binary {
  const smoothed = (output: tf.Tensor) => {
    const targets = likeOutput(given, output);
    return smoothing > 0 ? tf.add(tf.mul(targets, 1 - smoothing), 0.5 * smoothing) : targets;
  };
  if (logits) {
    const targets = smoothed(logits);
    // log(1 + exp(x)) − x·y: the same as with probabilities, and right for any x.
    return { entropy: tf.sub(tf.softplus(logits), tf.mul(logits, targets)), share: () => tf.sigmoid(logits), targets };
  }
  const share = tf.clipByValue(values(), epsilon, 1 - epsilon);
  const targets = smoothed(share);
  const yes = tf.mul(targets, tf.log(share));
  const no = tf.mul(tf.sub(1, targets), tf.log(tf.sub(1, share)));
  return { entropy: tf.neg(tf.add(yes, no)), share: () => share, targets };
}

const binaryCrossentropy =
  (smoothing: number): PerSample =>
  (outputs, targets) =>
    meanOfEach(binaryEntropy(outputs, targets, smoothing).entropy);

const binaryFocal =
  (alpha: number | null, gamma: number, smoothing: number): PerSample =>
  (outputs, given) => {
    const { entropy, share, targets } = binaryEntropy(outputs, given, smoothing);
    const no = tf.sub(1, targets);
    const right = tf.add(tf.mul(targets, share()), tf.mul(no, tf.sub(1, share())));
    const focal = tf.mul(power(tf.sub(1, right), gamma), entropy);
    const balance = alpha === null ? null : tf.add(tf.mul(targets, alpha), tf.mul(no, 1 - alpha));
    return meanOfEach(balance ? tf.mul(balance, focal) : focal);
  };

/** Mean over the outputs of something of outputs and targets. */
const meanOf =
  (of: (output: tf.Tensor, targets: tf.Tensor) => tf.Tensor): PerSample =>
  ({ values }, targets) => {
    const output = values();
    return meanOfEach(of(output, likeOutput(targets, output)));
  };

/** log(x + 1), x at least ε */
const logarithm = (x: tf.Tensor) => tf.log(tf.add(tf.maximum(x, epsilon), 1));

const huber = (delta: number) =>
  meanOf((output, targets) => {
    const size = tf.abs(tf.sub(targets, output));
    // ½ · min(|e|, δ)² + δ · (|e| − min(|e|, δ)): the same on both sides of δ, without a branch.
    const near = tf.minimum(size, delta);
    return tf.add(tf.mul(tf.square(near), 0.5), tf.mul(tf.sub(size, near), delta));
  });

/** e + softplus(−2e) − log 2, which is log(cosh(e)) for any e. */
const logCosh = meanOf((output, targets) => {
  const error = tf.sub(output, targets);
  return tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), Math.LN2);
});

/** Targets of 0 and 1 become −1 and 1. */
const signs = (targets: tf.Tensor) => tf.sub(tf.mul(targets, 2), 1);
const short = (output: tf.Tensor, targets: tf.Tensor) => tf.relu(tf.sub(1, tf.mul(signs(targets), output)));

const categoricalHinge: PerSample = ({ values }, targets) => {
  const output = values();
  const rows = oneHotRows(targets, lastOf(output));
  const wanted = tf.sum(tf.mul(rows, output), -1);
  const other = tf.max(tf.mul(tf.sub(1, rows), output), -1);
  return tf.relu(tf.add(tf.sub(other, wanted), 1));
};

const unitLength = (x: tf.Tensor) => tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-12)));

/** Cosine of the angle between the output and the target; of a class, its row of 0 and 1. */
export const cosine =
  (ofClasses: boolean): PerSample =>
  ({ values }, targets) => {
    const output = values();
    const wanted = ofClasses ? oneHotRows(targets, lastOf(output)) : likeOutput(targets, output);
    return tf.sum(tf.mul(unitLength(output), unitLength(wanted)), -1);
  };

/** (1 − pᑫ) / q for the share p of the true class (Zhang and Sabuncu, 2018): less is made of labels that may be wrong. */
const generalizedCrossentropy =
  (q: number): PerSample =>
  ({ values }, targets) => {
    const output = values();
    const found = tf.sum(tf.mul(output, oneHotRows(targets, lastOf(output))), -1);
    return tf.div(tf.sub(1, power(found, q)), q);
  };

/** Along `axes` of output and targets; with the batch among them, or null, one value for all samples. */
function overlap(
  axes: readonly number[] | null,
  share: (truth: tf.Tensor, output: tf.Tensor, sum: (x: tf.Tensor) => tf.Tensor) => tf.Tensor,
): PerSample {
  return ({ values }, targets) => {
    const output = values();
    const rank = output.shape.length;
    const truth = sizeOf(output.shape) === sizeOf(targets.shape) ? likeOutput(targets, output) : oneHotRows(targets, lastOf(output));
    const along = axes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? output.shape.map((_, axis) => axis);
    const loss = tf.sub(
      1,
      share(truth, output, (x) => tf.sum(x, along)),
    );
    const [batch] = output.shape;
    if (along.includes(0)) return tf.mul(tf.ones([batch]), tf.mean(loss));
    return loss.shape.length === 1 ? loss : meanOfEach(loss);
  };
}

/** Twice what output and truth have in common, by what they have together (Milletari et al., 2016, without squares). */
const dice = (axes: readonly number[] | null) =>
  overlap(axes, (truth, output, sum) => tf.div(tf.mul(sum(tf.mul(truth, output)), 2), tf.add(tf.add(sum(truth), sum(output)), epsilon)));

/** Salehi et al., 2017; `alpha` goes with what the output lacks and `beta` with what it has too much, as in Keras' code. */
const tversky = (alpha: number, beta: number, axes: readonly number[] | null) =>
  overlap(axes, (truth, output, sum) => {
    const common = sum(tf.mul(truth, output));
    const missed = tf.mul(sum(tf.mul(tf.sub(1, output), truth)), alpha);
    const added = tf.mul(sum(tf.mul(output, tf.sub(1, truth))), beta);
    return tf.div(common, tf.add(tf.add(tf.add(common, missed), added), epsilon));
  });

/**
 * Sun et al., 2020: vectors of one class are to be near each other and far from others', by cosine; the rest of the
 * batch is what they are compared with. As in Keras, samples with nothing to learn do not count in the mean.
 */
const circle =
  (gamma: number, margin: number, removeDiagonal: boolean): PerSample =>
  ({ values }, targets) => {
    const output = values();
    const [batch] = output.shape;
    const labels = tf.reshape(targets, [batch, 1]);
    const distances = tf.maximum(tf.sub(1, tf.matMul(output as tf.Tensor2D, output as tf.Tensor2D, false, true)), 0);
    const same = tf.cast(tf.equal(labels, tf.reshape(labels, [1, batch])), 'float32');
    const others = tf.sub(1, same);
    const alike = removeDiagonal ? tf.mul(same, tf.sub(1, tf.eye(batch))) : same;
    const near = tf.mul(tf.mul(tf.relu(tf.mul(tf.add(distances, margin), alike)), tf.sub(margin, distances)), -gamma);
    const far = tf.mul(tf.mul(tf.relu(tf.mul(tf.sub(1 + margin, distances), others)), tf.sub(1 - margin, distances)), gamma);
    const sumOver = (x: tf.Tensor, mask: tf.Tensor) => tf.logSumExp(tf.add(tf.mul(x, mask), tf.mul(tf.sub(1, mask), never)), 1);
    const loss = tf.softplus(tf.add(sumOver(near, alike), sumOver(far, others)));
    const counted = tf.sum(tf.cast(tf.greater(loss, 0), 'float32'));
    return tf.mul(loss, tf.div(batch, tf.maximum(counted, 1)));
  };

type OptionValue = number | boolean | readonly number[] | null;
interface Option {
  readonly default: OptionValue;
  readonly check?: (value: number) => boolean;
}
type Values = Readonly<Record<string, OptionValue>>;
type Task = Dataset['task'];

interface Kind {
  /** `units`: the length of the model's output. */
  readonly output: OutputKind | ((task: Task, units: number) => OutputKind);
  readonly options?: Readonly<Record<string, Option>>;
  readonly make: (values: Values, task: Task) => PerSample;
}

const numbers = (perSample: PerSample): Kind => ({ output: 'numbers', make: () => perSample });
const share = (value: number) => value >= 0 && value <= 1;
const labelSmoothing: Option = { default: 0, check: (value) => value >= 0 && value < 1 };
const alpha: Option = { default: 0.25, check: share };
const gamma: Option = { default: 2, check: (value) => value >= 0 };
const numberOf = (values: Values, name: string) => values[name] as number;
const axis: Option = { default: null };
const axesOf = ({ axis: given }: Values) => (typeof given === 'number' ? [given] : (given as readonly number[] | null));
const ofShares = (task: Task, units: number): OutputKind => (task === 'classification' && units > 1 ? 'classes' : 'probability');

const kinds = {
  meanSquaredError: numbers(meanOf((output, targets) => tf.square(tf.sub(output, targets)))),
  meanAbsoluteError: numbers(meanOf((output, targets) => tf.abs(tf.sub(output, targets)))),
  meanAbsolutePercentageError: numbers(
    meanOf((output, targets) => tf.mul(tf.abs(tf.div(tf.sub(targets, output), tf.maximum(tf.abs(targets), epsilon))), 100)),
  ),
  meanSquaredLogarithmicError: numbers(meanOf((output, targets) => tf.square(tf.sub(logarithm(output), logarithm(targets))))),
  huber: {
    output: 'numbers',
    options: { delta: { default: 1, check: (value) => value > 0 } },
    make: (values) => huber(numberOf(values, 'delta')),
  },
  logCosh: numbers(logCosh),
  poisson: numbers(meanOf((output, targets) => tf.sub(output, tf.mul(targets, tf.log(tf.add(output, epsilon)))))),
  cosineSimilarity: {
    output: (task) => (task === 'classification' ? 'classes' : 'numbers'),
    make: (_, task) => {
      const similarity = cosine(task === 'classification');
      return (outputs, targets) => tf.neg(similarity(outputs, targets));
    },
  },
  binaryCrossentropy: {
    output: 'probability',
    options: { labelSmoothing },
    make: (values) => binaryCrossentropy(numberOf(values, 'labelSmoothing')),
  },
  binaryFocalCrossentropy: {
    output: 'probability',
    options: { gamma, alpha, applyClassBalancing: { default: false }, labelSmoothing },
    make: (values) =>
      binaryFocal(
        values.applyClassBalancing === true ? numberOf(values, 'alpha') : null,
        numberOf(values, 'gamma'),
        numberOf(values, 'labelSmoothing'),
      ),
  },
  hinge: { output: 'margin', make: () => meanOf(short) },
  squaredHinge: { output: 'margin', make: () => meanOf((output, targets) => tf.square(short(output, targets))) },
  categoricalCrossentropy: {
    output: 'classes',
    options: { labelSmoothing },
    make: (values) => classCrossentropy(numberOf(values, 'labelSmoothing')),
  },
  sparseCategoricalCrossentropy: { output: 'classes', make: () => classCrossentropy(0) },
  categoricalFocalCrossentropy: {
    output: 'classes',
    options: { alpha, gamma, labelSmoothing },
    make: (values) => classFocal(numberOf(values, 'alpha'), numberOf(values, 'gamma'), numberOf(values, 'labelSmoothing')),
  },
  categoricalHinge: { output: 'classes', make: () => categoricalHinge },
  kullbackLeiblerDivergence: { output: 'classes', make: () => divergence },
  categoricalGeneralizedCrossEntropy: {
    output: 'classes',
    options: { q: { default: 0.5, check: (value) => value > 0 && value < 1 } },
    make: (values) => generalizedCrossentropy(numberOf(values, 'q')),
  },
  dice: { output: ofShares, options: { axis }, make: (values) => dice(axesOf(values)) },
  tversky: {
    output: ofShares,
    options: { alpha: { ...alpha, default: 0.5 }, beta: { ...alpha, default: 0.5 }, axis },
    make: (values) => tversky(numberOf(values, 'alpha'), numberOf(values, 'beta'), axesOf(values)),
  },
  ctc: { output: 'sequence', make: () => ctc },
  circle: {
    output: 'embedding',
    options: {
      gamma: { default: 80, check: (value) => value > 0 },
      margin: { default: 0.4, check: share },
      removeDiagonal: { default: true },
    },
    make: (values) => circle(numberOf(values, 'gamma'), numberOf(values, 'margin'), values.removeDiagonal === true),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type LossName = keyof typeof kinds;
export const lossNames = Object.keys(kinds) as LossName[];

const otherNames: Readonly<Record<string, LossName>> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  kld: 'kullbackLeiblerDivergence',
  kldivergence: 'kullbackLeiblerDivergence',
  cosineproximity: 'cosineSimilarity',
};
const comparable = (name: string) => name.toLowerCase().replaceAll('_', '');

/** The loss of this name, in any of Keras' or tfjs' spellings. */
export const findLoss = (name: string): LossName | undefined =>
  otherNames[comparable(name)] ?? lossNames.find((known) => comparable(known) === comparable(name));

export interface Loss {
  readonly name: LossName;
  readonly output: OutputKind;
  readonly perSample: PerSample;
  /** Whether it is summed along axes that were chosen. */
  readonly alongAxes: boolean;
}

/**
 * The loss of a spec: its name, or `{ class_name, config }` where it is told more, for an output of so many `units`.
 * Throws, with its place `at`, for what does not exist or cannot be.
 */
export function makeLoss(spec: LossSpec, task: Task, at = '/train/loss', units = 1): Loss {
  const given = typeof spec === 'string' ? spec : spec.class_name;
  const name = findLoss(given);
  if (!name) throw new EpochbookError('engine.lossUnknown', { name: given, nearest: nearest(given, lossNames) }, { at });
  const kind: Kind = kinds[name];
  const options = kind.options ?? {};
  const values: Record<string, OptionValue> = Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
  for (const [key, value] of Object.entries(typeof spec === 'string' ? {} : spec.config)) {
    const option = camelCase(key);
    if (value === null || option === 'name' || option === 'reduction') continue;
    const place = `${at}/config/${key}`;
    if (!Object.hasOwn(options, option)) {
      const names = { layer: name, option: key, nearest: nearest(option, Object.keys(options)) };
      throw new EpochbookError('engine.optionUnknown', names, { at: place });
    }
    if (!isValid(options[option], value)) {
      throw new EpochbookError('engine.lossOption', { loss: name, option, value: JSON.stringify(value) }, { at: place });
    }
    values[option] = value as OptionValue;
  }
  const output = typeof kind.output === 'function' ? kind.output(task, units) : kind.output;
  return { name, output, perSample: kind.make(values, task), alongAxes: axesOf(values) !== null && values.axis !== undefined };
}

function isValid({ default: fallback, check }: Option, value: Json): boolean {
  // Axes: one, or several.
  if (fallback === null) return [value].flat().every((axis) => Number.isSafeInteger(axis));
  if (typeof value !== typeof fallback) return false;
  return typeof value !== 'number' || (Number.isFinite(value) && (check?.(value) ?? true));
}

/** Losses that take logarithms of shares, which a last softmax or sigmoid makes. */
const wantsShares: readonly LossName[] = [
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'categoricalFocalCrossentropy',
  'kullbackLeiblerDivergence',
  'categoricalGeneralizedCrossEntropy',
  'dice',
  'tversky',
];

/** What the data says of the target of an output. */
export interface TargetFacts extends Pick<Dataset, 'task' | 'classes' | 'targetShape'> {
  /** Whether every value lies from 0 to 1. */
  readonly areShares?: () => boolean;
  /** Of targets that are sequences of classes: how many steps the longest needs. */
  readonly stepsNeeded?: () => number;
}

/** Throws, at the loss, where it cannot be computed from this output and these targets, or would mean nothing. */
export function checkLoss({ name: loss, output, alongAxes }: Loss, from: BuiltOutput, data: TargetFacts, at = '/train/loss'): void {
  const { shape: outputShape, name: layer } = from;
  const units = outputShape[outputShape.length - 1] ?? 1;
  const fail = (problem: string, more: Record<string, string | number> = {}): never => {
    throw new EpochbookError('engine.lossFit', { loss, problem, output: shapeText(outputShape), units, layer, ...more }, { at });
  };
  const activation: OutputActivation = outputActivation(from);
  const classes = data.classes?.length ?? 0;
  const isSigmoid = activation === 'sigmoid' || activation === 'hardSigmoid' || activation === 'unknown';
  const wanted = sizeOf(data.targetShape);
  if (output === 'sequence') {
    if (data.task !== 'classification' || data.targetShape.length !== 1) fail('noSequences');
    if (outputShape.length !== 2) fail('wantsSteps');
    if (units < classes) fail('tooFewUnits', { classes });
    if (activation === 'softmax' || activation === 'sigmoid') fail('wantsLogits', { activation });
    const needed = data.stepsNeeded?.() ?? 0;
    if (outputShape[0] < needed) fail('tooFewSteps', { steps: outputShape[0], wanted: needed });
    return;
  }
  if (data.task === 'classification' && data.targetShape.length > 0) {
    const positions = shapeText(data.targetShape);
    if (outputShape.slice(0, -1).join() !== data.targetShape.join()) fail('positions', { positions });
    if (output === 'embedding' || alongAxes) fail('notByPosition', { positions });
  }
  // Images and sequences are compared value by value, so that their shape does not matter.
  const byValue = (output === 'numbers' || output === 'probability') && data.task === 'regression';
  const rank = data.task === 'classification' ? data.targetShape.length + 1 : 1;
  if (outputShape.length !== rank && !(byValue && sizeOf(outputShape) === wanted)) fail('rank');
  if (output === 'classes') {
    if (data.task !== 'classification') fail('noClasses');
    if (units === 1) fail('oneUnit');
    if (units < classes) fail('tooFewUnits', { classes });
    if (wantsShares.includes(loss) && activation !== 'softmax' && activation !== 'unknown') fail('wantsSoftmax', { activation });
  } else if (output === 'probability') {
    if (byValue) {
      if (data.areShares?.() !== true) fail('noShares');
      if (sizeOf(outputShape) !== wanted) fail('targetShape', { wanted });
    } else {
      if (units !== 1) fail('manyUnits');
      if (classes > 2) fail('manyClasses', { classes });
    }
    if (!isSigmoid) fail('wantsSigmoid', { activation });
  } else if (output === 'embedding') {
    if (data.task !== 'classification') fail('noClasses');
  } else if (output === 'margin') {
    if (data.task !== 'classification') fail('noClasses');
    if (units !== 1) fail('oneMargin');
    if (classes > 2) fail('manyClasses', { classes });
    if (activation === 'sigmoid' || activation === 'hardSigmoid') fail('wantsSigns', { activation });
  } else {
    if (data.task === 'classification' && units > 1) fail('wantsNumbers');
    if (sizeOf(outputShape) !== wanted) fail('targetShape', { wanted });
  }
}
