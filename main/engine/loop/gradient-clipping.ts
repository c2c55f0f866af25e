/** Bounds on gradients before a step, by value, by each weight's norm or by the norm of all together, as in Keras 3. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../tfjs.ts';

export type GradientClipper = (gradients: readonly tf.Tensor[]) => tf.Tensor[];

const squaredSum = (gradient: tf.Tensor) => tf.sum(tf.square(gradient));

const byValue =
  (limit: number): GradientClipper =>
  (gradients) =>
    gradients.map((gradient) => tf.clipByValue(gradient, -limit, limit));

/** g · limit / max(‖g‖, limit) */
const byNorm =
  (limit: number): GradientClipper =>
  (gradients) =>
    gradients.map((gradient) => tf.mul(gradient, tf.div(limit, tf.maximum(tf.sqrt(squaredSum(gradient)), limit))));

/** The same with the norm over all gradients. */
const byGlobalNorm =
  (limit: number): GradientClipper =>
  (gradients) => {
    if (gradients.length === 0) return [];
    const norm = tf.sqrt(gradients.map(squaredSum).reduce((total, part) => tf.add(total, part)));
    const scale = tf.div(limit, tf.maximum(norm, limit));
    return gradients.map((gradient) => tf.mul(gradient, scale));
  };

const clippers = { clipvalue: byValue, clipnorm: byNorm, globalClipnorm: byGlobalNorm };
type Clipping = keyof typeof clippers;

/** Throws, at the optimizer, where more than one bound is given. */
export function clipperOf(options: Readonly<Record<string, unknown>>, at: string): GradientClipper {
  const given = (Object.keys(clippers) as Clipping[]).filter((option) => typeof options[option] === 'number');
  if (given.length > 1) throw new EpochbookError('engine.clippingTwice', { one: given[0], other: given[1] }, { at });
  return given.length === 0 ? (gradients) => [...gradients] : clippers[given[0]](options[given[0]] as number);
}
