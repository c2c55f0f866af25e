/** What a metric is made of. */
import type { Dataset } from '#contract/samples.ts';
import type { Json } from '#contract/spec.ts';
import { tf } from '../tfjs.ts';
import type { Loss, OutputKind, Outputs, PerSample } from './losses.ts';

export interface Rule {
  /**
   * Sums over the batch's samples: a scalar or a tensor. Counts stay whole numbers, but for samples that count by
   * `weights`, `[batch]`.
   */
  readonly sums: (outputs: Outputs, targets: tf.Tensor, weights?: tf.Tensor) => tf.Tensor;
  /** From the sums over `samples` samples, or what their weights add up to: one value, or one a class where the metric is told so. */
  readonly results: (sums: Float64Array, samples: number) => readonly number[];
}

/** What metrics depend on besides output and targets. */
export interface MetricContext {
  readonly loss: Loss;
  readonly task: Dataset['task'];
  /** Names of the classes; empty for numbers. */
  readonly classes: readonly string[];
  /** Of the training targets: sums of squares are taken from here, so that they lose no digits. */
  readonly targetMean: () => number;
}

export type Values = Readonly<Record<string, Json>>;

export interface MetricOption {
  readonly check: (value: Json) => boolean;
  /** Null where it may be left out; undefined where it must be given. */
  readonly default?: Json;
}

export interface Kind {
  /** The outputs it can be computed of. */
  readonly of: readonly OutputKind[];
  readonly options?: Readonly<Record<string, MetricOption>>;
  readonly make: (output: OutputKind, values: Values, context: MetricContext) => Rule;
}

export const counted = (condition: tf.Tensor) => tf.cast(condition, 'float32');
export const lastOf = (x: tf.Tensor) => x.shape[x.shape.length - 1];
export const column = (x: tf.Tensor) => tf.reshape(x, [-1, 1]);
/** Of the second class' values of 0 … 1, both classes': `[batch, 2]`. */
export const bothSides = (yes: tf.Tensor) => tf.concat([tf.sub(1, column(yes)), column(yes)], 1);
export const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

/** One row a sample. */
export const rowsOf = (x: tf.Tensor) => tf.reshape(x, [x.shape[0], -1]);

/** Rows by the weights of their samples, each of which may have several. */
export function weighted(rows: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor {
  if (!weights) return rows;
  const [count] = weights.shape;
  if (rows.shape.length === 1 && rows.shape[0] === count) return tf.mul(rows, weights);
  const spread = tf.mul(tf.ones([count, rows.shape[0] / count]), column(weights));
  return tf.mul(rows, tf.reshape(spread, [-1, ...rows.shape.slice(1).map(() => 1)]));
}

export const meanOf = (perSample: PerSample): Rule => ({
  sums: (outputs, targets, weights) => tf.sum(weighted(perSample(outputs, targets), weights)),
  results: ([sum], samples) => [sum / samples],
});

/** Index of the largest output, `[batch]`. */
export const foundClass = ({ logits, values }: Outputs) => tf.argMax(logits ?? values(), -1);

/** Whether the second of two classes is said, by sample and output: 1 or 0. `threshold` null: 0.5, or 0 for margins. */
export const saysYes = ({ logits, values }: Outputs, output: OutputKind, threshold: number | null) => {
  const limit = threshold ?? (output === 'margin' ? 0 : 0.5);
  const said = logits && limit === 0.5 ? tf.greater(logits, 0) : tf.greater(values(), limit);
  return rowsOf(counted(said));
};

export const isShare = (value: Json): boolean => typeof value === 'number' && value >= 0 && value <= 1;
export const isBoolean = (value: Json): boolean => typeof value === 'boolean';
export const isWhole = (least: number) => (value: Json) => Number.isSafeInteger(value) && (value as number) >= least;
export const isOneOf = (names: readonly string[]) => (value: Json) => typeof value === 'string' && names.includes(value);
export const isClass = (value: Json): boolean => typeof value === 'string' || isWhole(0)(value);
