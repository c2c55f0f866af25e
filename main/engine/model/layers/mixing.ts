/** Images of a batch mixed with each other while training, in order drawn anew each step; their targets are mixed as much. */
import type { Json } from '#contract/spec.ts';
import { random } from '../../compile/kernels/random.ts';
import { tf } from '../../tfjs.ts';
import { tellMixing } from '../mixing.ts';
import { defineLayer, type Given, number } from './define.ts';
import { drawnOf, type Range, within } from './image.ts';

/** Whom each sample is mixed with, and a share of each from a beta distribution with a parameter in the range. */
function drawn({ name }: Given, batch: number, parameter: Range): { order: tf.Tensor; share: tf.Tensor } {
  const order = random({ shape: [batch], distribution: { kind: 'permutation' }, stream: name });
  const share = random({ shape: [batch], distribution: { kind: 'beta', parameter }, stream: name });
  return { order: tf.cast(order, 'int32'), share };
}

/** Zhang et al., 2018. */
defineLayer({
  className: 'MixUp',
  defaults: { alpha: 0.2 },
  whileTraining: true,
  call: ([x], given) => {
    const alpha = number(given.config, 'alpha');
    const { order, share } = drawn(given, x.shape[0], [alpha, alpha]);
    tellMixing({ order, share });
    const own = tf.reshape(share, [-1, 1, 1, 1]);
    return tf.add(tf.mul(x, own), tf.mul(tf.gather(x, order), tf.sub(1, own)));
  },
});

const rangeOf = (factor: Json | undefined): Range => (Array.isArray(factor) ? (factor as [number, number]) : [0, factor as number]);

/** A rectangle of another image in each, as large as the rest of the share, at a place drawn for each (Yun et al., 2019). */
defineLayer({
  className: 'CutMix',
  defaults: { factor: 1 },
  whileTraining: true,
  call: ([x], given) => {
    const [batch, height, width] = x.shape as [number, number, number, number];
    const [least, most] = rangeOf(given.config.factor);
    const { order, share } = drawn(given, batch, [least + 1e-6, most + 1e-6]);
    tellMixing({ order, share });
    const side = tf.reshape(tf.sqrt(tf.sub(1, share)), [batch, 1, 1, 1]);
    const inside = (length: number, shape: number[]) => {
      const reach = tf.mul(side, length);
      const start = tf.mul(tf.expandDims(drawnOf(given, batch, [0, 1]), 3), tf.sub(length, reach));
      return within(shape, start, reach);
    };
    const covered = tf.mul(inside(width, [1, 1, width, 1]), inside(height, [1, height, 1, 1]));
    return tf.add(x, tf.mul(tf.sub(tf.gather(x, order), x), covered));
  },
});
