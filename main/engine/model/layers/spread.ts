import { tf } from '../../tfjs.ts';

/** The kernel with zeros between its points along its first axes: a dilated convolution is an ordinary one with it. */
export function spread(kernel: tf.Tensor, rates: readonly number[]): tf.Tensor {
  return rates.reduce((spreading, rate, axis) => {
    if (rate === 1) return spreading;
    const { shape } = spreading;
    const apart = tf.pad(
      tf.expandDims(spreading, axis + 1),
      [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)].map((_, at): [number, number] => [0, at === axis + 1 ? rate - 1 : 0]),
    );
    const joined = tf.reshape(apart, [...shape.slice(0, axis), shape[axis] * rate, ...shape.slice(axis + 1)]);
    const length = (shape[axis] - 1) * rate + 1;
    return tf.slice(
      joined,
      joined.shape.map(() => 0),
      joined.shape.map((whole, at) => (at === axis ? length : whole)),
    );
  }, kernel);
}
