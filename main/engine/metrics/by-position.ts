/** Classes at each step of a sequence, or each pixel: every position is judged as a sample of its own, padding not at all. */
import { tf } from '../tfjs.ts';
import type { Loss, Outputs } from './losses.ts';
import { lastOf, type Rule, weighted } from './metric-kind.ts';
import type { Metric } from './metrics.ts';

/** `[batch, …, units]` becomes `[batch · positions, units]`. */
function flat({ values, logits }: Outputs): Outputs {
  const rows = (x: tf.Tensor) => tf.reshape(x, [-1, lastOf(x)]);
  return { values: () => rows(values()), logits: logits && rows(logits) };
}

/** 1 for each position that counts, 0 for padding; null where all count. */
function countedOf({ mask }: Outputs, positions: number): tf.Tensor | null {
  return mask ? weighted(tf.ones([positions]), tf.reshape(tf.cast(mask, 'float32'), [-1])) : null;
}

/** `perSample` gives one value a position, `[batch · positions]`, whose mean is that over those that are no padding, as in Keras. */
export function lossByPosition(loss: Loss): Loss {
  return {
    ...loss,
    perSample(outputs, targets) {
      const all = tf.reshape(targets, [-1]);
      const rows = loss.perSample(flat(outputs), all);
      const [positions] = all.shape;
      const counted = countedOf(outputs, positions);
      return counted ? tf.mul(rows, tf.mul(counted, tf.div(positions, tf.maximum(tf.sum(counted), 1)))) : rows;
    },
  };
}

/** Over positions instead of samples; `weights` are of samples or of positions. */
export function sumsByPosition(
  sums: Rule['sums'],
): (...given: Parameters<Rule['sums']>) => { of: tf.Tensor; weights: tf.Tensor | null; counted: tf.Tensor | null; positions: number } {
  return (outputs, targets, weights) => {
    const all = tf.reshape(targets, [-1]);
    const [positions] = all.shape;
    const counted = countedOf(outputs, positions);
    const spread = weights ? weighted(tf.ones([positions]), weights) : null;
    const both = spread && counted ? tf.mul(spread, counted) : (spread ?? counted);
    return { of: sums(flat(outputs), all, both ?? undefined), weights: both, counted, positions };
  };
}

/** Its sums carry, at their end, how many positions they are of, or what those weigh: padding is only known on the way. */
export function metricByPosition<T extends Metric>(metric: T): T {
  const sums = sumsByPosition(metric.sums);
  return {
    ...metric,
    sums(outputs, targets, given) {
      const { of, weights, counted, positions } = sums(outputs, targets, given);
      const whole = metric.isWeighted === 'loss' ? counted : weights;
      return tf.concat([tf.reshape(of, [-1]), whole ? tf.reshape(tf.sum(whole), [1]) : tf.tensor1d([positions])]);
    },
    results: (all) => metric.results(all.subarray(0, -1), all[all.length - 1]),
  };
}
