/**
 * Keras' Equalization: brightness spread evenly over each channel, while training. Each image is by itself, as Keras
 * says; given a batch, it counts all of its images as one. Channels last.
 */
import { tf } from '../../tfjs.ts';
import { defineLayer, number } from './define.ts';

/** 1 where a bin counts towards the sum up to a bin: columns add up rows. */
function upTo(bins: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: bins * bins }, (_, index) => (Math.floor(index / bins) <= index % bins ? 1 : 0)),
    [bins, bins],
  );
}

/** Values from 0 to 255, each replaced by the share of its channel's values that lie below. */
function equalized(x: tf.Tensor, bins: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const rows = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch * channels, height * width]);
  const first = tf.tensor(
    Float32Array.from({ length: batch * channels }, (_, row) => row * bins),
    [batch * channels, 1],
  );
  const numbered = (place: tf.Tensor) =>
    tf.cast(tf.reshape(tf.add(tf.floor(tf.clipByValue(place, 0, bins - 1)), first), [-1]), 'int32') as tf.Tensor1D;
  const counted = numbered(tf.div(tf.mul(rows, bins - 1), 255));
  const ones = tf.ones([batch * channels * height * width, 1]);
  const histogram = tf.reshape(tf.unsortedSegmentSum(ones, counted, batch * channels * bins), [batch * channels, bins]) as tf.Tensor2D;
  const sums = tf.matMul(histogram, upTo(bins));
  const all = height * width;
  const least = tf.min(tf.add(sums, tf.mul(tf.cast(tf.equal(sums, 0), 'float32'), all + 1)), 1, true);
  const rest = tf.sub(all, least);
  const one = tf.equal(rest, 0);
  const levels = tf.div(tf.mul(tf.sub(sums, least), 255), tf.add(rest, tf.cast(one, 'float32')));
  const table = tf.reshape(tf.clipByValue(tf.round(levels), 0, 255), [-1]);
  const looked = tf.reshape(tf.gather(table, numbered(tf.mul(tf.div(rows, 255), bins - 1))), [batch * channels, height * width]);
  // A channel of one value stays.
  const kept = tf.cast(one, 'float32');
  const found = tf.add(tf.mul(rows, kept), tf.mul(looked, tf.sub(1, kept)));
  return tf.transpose(tf.reshape(found, [batch, channels, height, width]), [0, 2, 3, 1]);
}

defineLayer({
  className: 'Equalization',
  defaults: { valueRange: [0, 1], bins: 256 },
  whileTraining: true,
  call([x], { config }) {
    const [low, high] = config.valueRange as [number, number];
    // Steps, which have no slope.
    const stepped = tf.customGrad((image) => {
      const wide = tf.mul(tf.sub(image as tf.Tensor, low), 255 / (high - low));
      const value = tf.add(tf.mul(equalized(wide, number(config, 'bins')), (high - low) / 255), low);
      return { value, gradFunc: (slope: tf.Tensor) => tf.zerosLike(slope) };
    });
    return stepped(x);
  },
});
