/** Adafactor as Keras 3 has it: of a matrix's squared gradients only rows' and columns' means are kept (Shazeer and Stern, 2018). */
import { tf } from '../tfjs.ts';
import { alike, type Kind, number } from './optimizer-kind.ts';

const rootMeanSquare = (x: tf.Tensor) => tf.sqrt(tf.mean(tf.square(x)));

export const adafactor: Kind = {
  // relativeStep bounds the rate by 1 / √step, and so does the algorithm itself: on or off, Keras' steps are the same.
  defaults: { learningRate: 0.001, beta2Decay: -0.8, epsilon1: 1e-30, epsilon2: 1e-3, clipThreshold: 1, relativeStep: true },
  make: (options) => ({
    slots: (weight) => {
      const { shape } = weight;
      if (shape.length < 2) return alike(['velocity'])(weight);
      return [
        { name: 'row_velocity', shape: shape.slice(0, -1), start: 0 },
        { name: 'column_velocity', shape: [...shape.slice(0, -2), ...shape.slice(-1)], start: 0 },
      ];
    },
    scalars: (iteration, rate) => {
      const fresh = iteration ** number(options, 'beta2Decay');
      return { rate: Math.min(rate, 1 / Math.sqrt(iteration)), kept: 1 - fresh, fresh };
    },
    update: (weight, gradient, slots, { rate, kept, fresh }) => {
      const length = tf.mul(tf.maximum(rootMeanSquare(weight), number(options, 'epsilon2')), rate);
      const squared = tf.add(tf.square(gradient), number(options, 'epsilon1'));
      const followed = (before: tf.Tensor, now: tf.Tensor) => tf.add(tf.mul(before, kept), tf.mul(now, fresh));
      const next = (): Record<string, tf.Tensor> =>
        'velocity' in slots
          ? { velocity: followed(slots.velocity, squared) }
          : {
              row_velocity: followed(slots.row_velocity, tf.mean(squared, -1)),
              column_velocity: followed(slots.column_velocity, tf.mean(squared, -2)),
            };
      const made = next();
      const size = made.velocity ?? outer(made.row_velocity, made.column_velocity);
      const step = tf.div(gradient, tf.sqrt(size));
      const clipped = tf.div(step, tf.maximum(tf.div(rootMeanSquare(step), number(options, 'clipThreshold')), 1));
      return { weight: tf.sub(weight, tf.mul(clipped, length)), slots: made };
    },
  }),
};

/** What rows' and columns' means say of every element. */
function outer(rows: tf.Tensor, columns: tf.Tensor): tf.Tensor {
  const shares = tf.div(rows, tf.mean(rows, -1, true));
  return tf.mul(tf.expandDims(shares, -1), tf.expandDims(columns, -2));
}
