/**
 * Connectionist temporal classification (Graves et al., 2006): a sequence of classes is learnt from longer inputs without
 * being told at which step each stands. Class 0 is the blank between them, and pads the targets, as in Keras' `CTC`.
 */
import { tf } from '../tfjs.ts';
import type { PerSample } from './losses.ts';
import { oneHotRows } from './one-hot.ts';

/** Of a logarithm: as good as none, and still finite, so that no gradient becomes NaN. */
export const never = -1e9;

/** Moved right along the places of `[batch, places]`; what comes in is `never`. */
function movedRight(x: tf.Tensor, by: number): tf.Tensor {
  const [batch, places] = x.shape as [number, number];
  return tf.concat([tf.mul(tf.ones([batch, by]), never), tf.slice(x, [0, 0], [batch, places - by])], 1);
}

/** 0 where the condition holds, else `never`. */
const only = (condition: tf.Tensor) => tf.mul(tf.sub(1, tf.cast(condition, 'float32')), never);

/**
 * −log of the probability of all ways to say the targets, `[batch, length]`, over the output's steps, `[batch, steps,
 * classes]`, of logits: the forward recursion over the targets with a blank around each (section 4.1), in logarithms.
 */
export const ctc: PerSample = ({ values, logits }, targets) => {
  const output = tf.logSoftmax(logits ?? values());
  const [batch, steps, classes] = output.shape as [number, number, number];
  const labels = tf.reshape(targets, [batch, -1]);
  const length = labels.shape[1]!;
  const places = 2 * length + 1;
  const zeros = tf.zeros([batch, length, 1]);
  const between = tf.reshape(tf.concat([zeros, tf.reshape(labels, [batch, length, 1])], 2), [batch, 2 * length]);
  const extended = tf.concat([between, tf.zeros([batch, 1])], 1);
  const rows = tf.reshape(oneHotRows(extended, classes), [batch, places, classes]);
  // Of each step, the logarithms of the classes at the places: `[batch, steps, places]`.
  const emitted = tf.matMul(output, rows, false, true);
  const at = (step: number) => tf.reshape(tf.slice(emitted, [0, step, 0], [batch, 1, places]), [batch, places]);

  // From one class straight to the next, past the blank, only where both differ.
  const differs = tf.logicalAnd(tf.notEqual(extended, 0), tf.notEqual(extended, movedRight(extended, 2)));
  const past = only(differs);
  const place = tf.tensor(
    Float32Array.from({ length: places }, (_, index) => index),
    [1, places],
  );
  let forward = tf.add(at(0), only(tf.less(place, 2)));
  for (let step = 1; step < steps; step++) {
    const ways = tf.stack([forward, movedRight(forward, 1), tf.add(movedRight(forward, 2), past)], 2);
    forward = tf.add(tf.logSumExp(ways, 2), at(step));
  }
  // It ends in the last class or in the blank after it.
  const end = tf.mul(tf.sum(tf.cast(tf.notEqual(labels, 0), 'float32'), 1, true), 2);
  const ends = only(tf.logicalAnd(tf.lessEqual(place, end), tf.greaterEqual(place, tf.sub(end, 1))));
  return tf.neg(tf.logSumExp(tf.add(forward, ends), 1));
};

/** Steps that the longest of the targets needs: one a class, and one more for the blank between two that are the same. */
export function stepsNeeded(targets: Iterable<number>, length: number): number {
  let [most, needed, before, index] = [0, 0, 0, 0];
  for (const label of targets) {
    if (index % length === 0) [needed, before] = [0, 0];
    if (label !== 0) needed += label === before ? 2 : 1;
    before = label;
    most = Math.max(most, needed);
    index++;
  }
  return most;
}

/** What the steps' best classes say, blanks and repetitions left out. */
export const spoken = (best: readonly number[]): number[] =>
  best.filter((label, step) => label !== 0 && (step === 0 || label !== best[step - 1]));
