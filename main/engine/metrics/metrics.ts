/**
 * Metrics besides the loss, with Keras 3's formulas (`keras.metrics`) and under the names that Keras reports. All are
 * exact over an epoch: a batch gives sums that are enough to compute the metric from the sums of any number of batches.
 */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, MetricSpec } from '#contract/spec.ts';
import { camelCase, snakeCase } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';
import { countKinds } from './counts.ts';
import { spokenErrors } from './ctc.ts';
import { curveKinds } from './curves.ts';
import { cosine, findLoss, lossNames, makeLoss, type OutputKind } from './losses.ts';
import { oneHotRows } from './one-hot.ts';
import {
  counted,
  foundClass,
  isShare,
  isWhole,
  type Kind,
  lastOf,
  meanOf,
  type MetricContext,
  ratio,
  rowsOf,
  type Rule,
  saysYes,
  type Values,
  weighted,
} from './metric-kind.ts';

export interface Metric extends Rule {
  /** Of its sums. */
  readonly key: string;
  /** As reported, `val_` not in front: one, or one a class. */
  readonly names: readonly string[];
  /** Whether samples count by their weights: in a mean, or in what is a loss, which is divided by their number. */
  readonly isWeighted?: boolean | 'loss';
}

const indices = (targets: tf.Tensor) => tf.cast(tf.reshape(targets, [-1]), 'int32');

const classAccuracy = meanOf((outputs, targets) => counted(tf.equal(foundClass(outputs), indices(targets))));
const binaryAccuracy = (output: OutputKind, threshold: number | null) =>
  meanOf((outputs, targets) => tf.mean(counted(tf.equal(saysYes(outputs, output, threshold), rowsOf(targets))), -1));

/** The target is among the k classes with the largest values; equal ones are all in. */
const topAccuracy = (k: number) =>
  meanOf(({ logits, values }, targets) => {
    const scores = logits ?? values();
    const wanted = tf.sum(tf.mul(scores, oneHotRows(targets, lastOf(scores))), -1, true);
    return counted(tf.less(tf.sum(counted(tf.greater(scores, wanted)), -1), k));
  });
const top: Kind = {
  of: ['classes'],
  options: { k: { check: isWhole(1), default: 5 } },
  make: (_, values) => topAccuracy(values.k as number),
};

/** 1 − Σ(y − f)² / Σ(y − ȳ)² */
function r2Score(origin: number): Rule {
  return {
    sums: ({ values }, targets, weights) => {
      const output = rowsOf(values());
      const wanted = tf.reshape(targets, output.shape);
      const moved = tf.sub(wanted, origin);
      const squares = [tf.square(tf.sub(wanted, output)), tf.square(moved), moved];
      return tf.stack(squares.map((each) => tf.sum(weighted(each, weights))));
    },
    results: ([errors, squares, sum], samples) => {
      const spread = squares - (sum * sum) / samples;
      // Keras: 0 where all targets are the same.
      return [spread > 0 ? 1 - errors / spread : 0];
    },
  };
}

/** What both kinds of correlation are made of. */
interface Moments {
  readonly target: number;
  readonly output: number;
  readonly targetSpread: number;
  readonly outputSpread: number;
  readonly common: number;
}

/**
 * Of several outputs, the mean over the samples of each one's own, as in Keras. Of a single output, for which Keras has
 * none, that of all samples.
 */
function correlation(origin: number, of: (moments: Moments) => number, ofRows: (truth: tf.Tensor, output: tf.Tensor) => tf.Tensor): Rule {
  return {
    sums: ({ values }, targets, weights) => {
      const output = rowsOf(values());
      const truth = tf.reshape(targets, output.shape);
      if (lastOf(output) > 1) return tf.reshape(tf.sum(weighted(ofRows(truth, output), weights)), [1]);
      const [y, p] = [tf.sub(truth, origin), tf.sub(output, origin)];
      return tf.stack([y, p, tf.square(y), tf.square(p), tf.mul(y, p)].map((each) => tf.sum(weighted(each, weights))));
    },
    results: (sums, samples) => {
      if (sums.length === 1) return [sums[0] / samples];
      const [target, output, targetSquares, outputSquares, products] = sums.map((sum) => sum / samples);
      const spread = (squares: number, mean: number) => Math.max(0, squares - mean * mean);
      return [
        of({
          target,
          output,
          targetSpread: spread(targetSquares, target),
          outputSpread: spread(outputSquares, output),
          common: products - target * output,
        }),
      ];
    },
  };
}

const centred = (x: tf.Tensor) => tf.sub(x, tf.mean(x, -1, true));
const spreadOf = (x: tf.Tensor) => tf.mean(tf.square(centred(x)), -1);
const commonOf = (truth: tf.Tensor, output: tf.Tensor) => tf.mean(tf.mul(centred(truth), centred(output)), -1);

/** 0 where one of both is always the same. */
const pearson = (origin: number) =>
  correlation(
    origin,
    ({ targetSpread, outputSpread, common }) => ratio(common, Math.sqrt(targetSpread * outputSpread)),
    (truth, output) => {
      const size = tf.sqrt(tf.mul(spreadOf(truth), spreadOf(output)));
      return tf.div(commonOf(truth, output), tf.maximum(size, 1e-30));
    },
  );
/** Lin, 1989: 1 only where output and target are the same, too. */
const concordance = (origin: number) =>
  correlation(
    origin,
    ({ target, output, targetSpread, outputSpread, common }) =>
      (2 * common) / (targetSpread + outputSpread + (target - output) ** 2 + 1e-7),
    (truth, output) => {
      const apart = tf.square(tf.sub(tf.mean(truth, -1), tf.mean(output, -1)));
      return tf.div(tf.mul(commonOf(truth, output), 2), tf.add(tf.add(tf.add(spreadOf(truth), spreadOf(output)), apart), 1e-7));
    },
  );

const squaredError = meanOf(makeLoss('meanSquaredError', 'regression').perSample);
const rootMeanSquaredError: Rule = {
  sums: squaredError.sums,
  results: (sums, samples) => squaredError.results(sums, samples).map(Math.sqrt),
};

/** Errors of all samples over the classes of all targets; 0 where there are none of both. */
const characterErrorRate: Rule = {
  sums: (outputs, targets, weights) => {
    const { errors, lengths } = spokenErrors(outputs, targets);
    return tf.stack([errors, lengths].map((each) => tf.sum(weighted(each, weights))));
  },
  results: ([errors, lengths]) => [errors === 0 ? 0 : errors / lengths],
};

const kinds: Readonly<Record<string, Kind>> = {
  accuracy: {
    of: ['classes', 'probability', 'margin'],
    make: (output) => (output === 'classes' ? classAccuracy : binaryAccuracy(output, null)),
  },
  binaryAccuracy: {
    of: ['probability', 'margin'],
    options: { threshold: { check: isShare, default: null } },
    make: (output, values) => binaryAccuracy(output, values.threshold as number | null),
  },
  categoricalAccuracy: { of: ['classes'], make: () => classAccuracy },
  sparseCategoricalAccuracy: { of: ['classes'], make: () => classAccuracy },
  topKCategoricalAccuracy: top,
  sparseTopKCategoricalAccuracy: top,
  ...countKinds,
  ...curveKinds,
  characterErrorRate: { of: ['sequence'], make: () => characterErrorRate },
  rootMeanSquaredError: { of: ['numbers', 'probability'], make: () => rootMeanSquaredError },
  r2Score: { of: ['numbers'], make: (_, __, { targetMean }) => r2Score(targetMean()) },
  pearsonCorrelation: { of: ['numbers'], make: (_, __, { targetMean }) => pearson(targetMean()) },
  concordanceCorrelation: { of: ['numbers'], make: (_, __, { targetMean }) => concordance(targetMean()) },
  // Unlike the loss of that name, more is better.
  cosineSimilarity: { of: ['classes', 'numbers'], make: (output) => meanOf(cosine(output === 'classes')) },
};

/** Short names, under which the metric is reported as well. */
const shortNames: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  rmse: 'rootMeanSquaredError',
  cer: 'characterErrorRate',
  f1: 'f1Score',
  r2: 'r2Score',
  // Keras' class names where they are other than the loss'.
  logcosherror: 'logCosh',
};
const comparable = (name: string) => name.toLowerCase().replaceAll('_', '');
const ownNames = Object.keys(kinds);
const metricNames = [...new Set([...ownNames, ...lossNames, 'confusionMatrix'])];

/** Whether a metric is the confusion matrix, which is no number and kept apart. */
export const isConfusion = (spec: MetricSpec): boolean =>
  comparable(typeof spec === 'string' ? spec : spec.class_name) === 'confusionmatrix';

/** A loss as a metric: its mean over the samples. */
function lossMetric(name: string, config: Record<string, Json>, { loss, task }: MetricContext, at: string): Rule | null {
  const { output, perSample } = makeLoss({ class_name: name, config }, task, at, loss.output === 'classes' ? 2 : 1);
  const fits = output === loss.output || (output === 'numbers' && loss.output === 'probability');
  return fits ? meanOf(perSample) : null;
}

/** The options of a metric, checked. Throws at the metric's place for what does not exist or cannot be. */
function readOptions(metric: string, { options = {} }: Kind, config: Readonly<Record<string, Json>>, at: string): Values {
  const values: Record<string, Json> = {};
  const wrong = (option: string, place: string) =>
    new EpochbookError('engine.metricOption', { metric, option, value: JSON.stringify(values[option] ?? null) }, { at: place });
  for (const [key, value] of Object.entries(config)) {
    if (value === null) continue;
    const option = camelCase(key);
    const place = `${at}/config/${key}`;
    if (!Object.hasOwn(options, option)) {
      const names = { layer: metric, option: key, nearest: nearest(option, Object.keys(options)) };
      throw new EpochbookError('engine.optionUnknown', names, { at: place });
    }
    values[option] = value;
    if (!options[option].check(value)) throw wrong(option, place);
  }
  for (const [option, { default: fallback }] of Object.entries(options)) {
    if (values[option] !== undefined) continue;
    if (fallback === undefined) throw wrong(option, at);
    values[option] = fallback;
  }
  return values;
}

/** What a class is called in a metric's name: letters, digits and signs that a query needs no quotes for. */
const className = (name: string) => name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_');

/**
 * `weightedSpecs` are of samples that count by their weights. Accuracy means what the loss makes of the output, as in
 * Keras. Throws at the metric where there is none such.
 */
export function makeMetrics(specs: readonly MetricSpec[], context: MetricContext, weightedSpecs: readonly MetricSpec[] = []): Metric[] {
  const taken = new Set<string>();
  /** As Keras: the second of a name is name_1; one by weights that is there without them is weighted_name. */
  const unique = (given: string, isWeighted: boolean): string => {
    const name = isWeighted && taken.has(given) ? `weighted_${given}` : given;
    let free = name;
    for (let count = 1; taken.has(free); count++) free = `${name}_${count}`;
    taken.add(free);
    return free;
  };
  const all = [
    ...specs.map((spec, index) => ({ spec, isWeighted: false, option: 'metrics', index })),
    ...weightedSpecs.map((spec, index) => ({ spec, isWeighted: true, option: 'weightedMetrics', index })),
  ];
  return all.flatMap(({ spec, isWeighted, option, index }) => {
    if (isConfusion(spec)) return [];
    const at = `/train/${option}/${index}`;
    try {
      const { name, rule, values } = makeMetric(spec, context, at);
      const names = values.perClass === true ? context.classes.map((each) => `${name}_${className(each)}`) : [name];
      const key = `${isWeighted ? 'weighted ' : ''}${index} ${name}`;
      return [{ key, names: names.map((each) => unique(each, isWeighted)), isWeighted, ...rule }];
    } catch (error) {
      // What a metric finds wrong by itself is at its place.
      if (error instanceof EpochbookError && error.at === undefined) throw new EpochbookError(error.code, error.values, { at });
      throw error;
    }
  });
}

function makeMetric(spec: MetricSpec, context: MetricContext, at: string): { name: string; rule: Rule; values: Values } {
  const given = typeof spec === 'string' ? spec : spec.class_name;
  const { name: wantedName = null, ...config } = typeof spec === 'string' ? {} : spec.config;
  const full = shortNames[comparable(given)] ?? given;
  const own = ownNames.find((known) => comparable(known) === comparable(full));
  const computed = own === undefined ? findLoss(full) : undefined;
  if (own === undefined && computed === undefined)
    throw new EpochbookError('engine.metricUnknown', { name: given, nearest: nearest(given, metricNames) }, { at });
  const { output } = context.loss;
  const kind = own === undefined ? undefined : kinds[own];
  const values = kind ? readOptions(own!, kind, config, at) : {};
  const ownRule = kind?.of.includes(output) ? kind.make(output, values, context) : null;
  const rule = computed === undefined ? ownRule : lossMetric(computed, config, context, at);
  if (!rule) throw new EpochbookError('engine.metricFit', { metric: given, loss: context.loss.name }, { at });
  const reported = typeof spec === 'string' ? reportedName(given, own ?? computed!) : snakeCase(own ?? computed!);
  return { name: typeof wantedName === 'string' ? wantedName : values.curve === 'PR' ? `pr_${reported}` : reported, rule, values };
}

/** As Keras does: in snake case, and short where the name is given so. */
function reportedName(given: string, full: string): string {
  return comparable(given) === comparable(full) ? snakeCase(full) : snakeCase(given.includes('_') ? given.toLowerCase() : given);
}
