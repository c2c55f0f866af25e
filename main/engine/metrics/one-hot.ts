import { tf } from '../tfjs.ts';

/** One row a target: 1 at its class. */
export function oneHotRows(targets: tf.Tensor, classes: number): tf.Tensor {
  return tf.oneHot(tf.cast(tf.reshape(targets, [-1]), 'int32'), classes, 1, 0, 'float32');
}
