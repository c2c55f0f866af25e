/**
 * Connectionist temporal classification (Graves et al., 2006): a sequence of classes is learnt from longer inputs without
 * being told at which step each stands. Class 0 is the blank between them, and pads the targets, as in Keras' `CTC`.
 */
import { tf } from '../tfjs.ts';
import type { Outputs, PerSample } from './losses.ts';
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

/** Whether a step is no padding, for so many values a sample: `[batch, width]`. */
function heardAt(mask: tf.Tensor, step: number, width: number): tf.Tensor {
  const own = tf.cast(tf.slice(mask, [0, step], [mask.shape[0], 1]), 'float32');
  return tf.greater(tf.mul(own, tf.ones([1, width])), 0);
}

/**
 * −log of the probability of all ways to say the targets, `[batch, length]`, over the output's steps, `[batch, steps,
 * classes]`, of logits: the forward recursion over the targets with a blank around each (section 4.1), in logarithms.
 * Steps that are padding say nothing; the loss is infinite where those that are left are too few.
 */
export const ctc: PerSample = ({ values, logits, mask }, targets) => {
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
  // Before the first step it is as if a blank had been said, to which nothing is added.
  const before = tf.add(tf.zeros([batch, places]), only(tf.less(place, 1)));
  let forward: tf.Tensor = before;
  for (let step = 0; step < steps; step++) {
    const ways = tf.stack([forward, movedRight(forward, 1), tf.add(movedRight(forward, 2), past)], 2);
    const next = tf.add(tf.logSumExp(ways, 2), at(step));
    forward = mask ? tf.where(heardAt(mask, step, places), next, forward) : next;
  }
  // It ends in the last class or in the blank after it.
  const end = tf.mul(tf.sum(tf.cast(tf.notEqual(labels, 0), 'float32'), 1, true), 2);
  const ends = only(tf.logicalAnd(tf.lessEqual(place, end), tf.greaterEqual(place, tf.sub(end, 1))));
  const loss = tf.neg(tf.logSumExp(tf.add(forward, ends), 1));
  // Fewer steps than the targets need: no way at all.
  return tf.where(tf.greater(loss, -never / 2), tf.mul(tf.ones([batch]), Infinity), loss);
};

/**
 * How far what is said, the best class of each step without blanks and repetitions, is from the targets: insertions,
 * deletions and substitutions (Levenshtein, 1966), `[batch]`; and how many classes the targets have, `[batch]`.
 */
export function spokenErrors({ values, logits, mask }: Outputs, targets: tf.Tensor): { errors: tf.Tensor; lengths: tf.Tensor } {
  const output = logits ?? values();
  const [batch, steps] = output.shape as [number, number];
  const labels = tf.reshape(targets, [batch, -1]);
  const length = labels.shape[1]!;
  const best = tf.cast(tf.argMax(output, 2), 'float32');
  const bestAt = (step: number) => tf.slice(best, [0, step], [batch, 1]);
  const counted = Array.from({ length: length + 1 }, (_, index) => index);
  const place = tf.tensor(Float32Array.from(counted), [1, length + 1]);
  // 0 from each place on, and far more than any distance before it: `[1, from, to]`.
  const reached = tf.tensor(Float32Array.from(counted.flatMap((from) => counted.map((to) => (from <= to ? 0 : length + steps)))), [
    1,
    length + 1,
    length + 1,
  ]);
  let distance = tf.add(tf.zeros([batch, 1]), place);
  let last = tf.zeros([batch, 1]);
  for (let step = 0; step < steps; step++) {
    const said = bestAt(step);
    const wrong = tf.cast(tf.notEqual(labels, said), 'float32');
    const diagonal = tf.add(tf.slice(distance, [0, 0], [batch, length]), wrong);
    const first = tf.add(tf.slice(distance, [0, 0], [batch, 1]), 1);
    const entered = tf.minimum(tf.add(distance, 1), tf.concat([first, diagonal], 1));
    // Classes of the target left out after the one entered at: one each.
    const ways = tf.add(tf.expandDims(tf.sub(entered, place), 2), reached);
    const next = tf.add(tf.min(ways, 1), place);
    const heard = mask ? heardAt(mask, step, 1) : tf.equal(said, said);
    const spoke = tf.logicalAnd(tf.logicalAnd(tf.notEqual(said, 0), tf.notEqual(said, last)), heard);
    distance = tf.where(tf.greater(tf.mul(tf.cast(spoke, 'float32'), tf.ones([1, length + 1])), 0), next, distance);
    last = mask ? tf.where(heard, said, last) : said;
  }
  const lengths = tf.sum(tf.cast(tf.notEqual(labels, 0), 'float32'), 1, true);
  const ends = tf.cast(tf.equal(place, lengths), 'float32');
  return { errors: tf.sum(tf.mul(distance, ends), 1), lengths: tf.reshape(lengths, [batch]) };
}

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
