/** Images seen at a slant, changed at random while training. Channels last. */
import { tf } from '../../tfjs.ts';
import { chosen, towards } from './colour.ts';
import { defineLayer, number } from './define.ts';
import { drawnOf, placesOf, sampled } from './image.ts';

/**
 * Keras moves each corner by a share of its own place: the first, at 0, stays, and the two beside it move along their
 * edges. Where an output's pixel comes from is the projection of the moved corners back onto the image's own.
 */
defineLayer({
  className: 'RandomPerspective',
  defaults: { factor: 1, scale: 1, interpolation: 'bilinear', fillValue: 0 },
  whileTraining: true,
  call([x], given) {
    const [batch, height, width] = x.shape as [number, number, number, number];
    const share = chosen(given, x, given.config.factor);
    const half = number(given.config, 'scale') / 2;
    const [right, bottom] = [Math.max(1, width - 1), Math.max(1, height - 1)];
    const moved = (place: number) => tf.mul(tf.add(drawnOf(given, batch, [-half, half]), 1), place);
    const [besideX, belowY, cornerX, cornerY] = [moved(right), moved(bottom), moved(right), moved(bottom)];
    // (besideX, 0) → (right, 0), (0, belowY) → (0, bottom) and (cornerX, cornerY) → (right, bottom), solved.
    const alongX = tf.div(tf.sub(tf.div(cornerY, belowY), 1), cornerX);
    const alongY = tf.div(tf.sub(tf.div(cornerX, besideX), 1), cornerY);
    const columns = placesOf([1, 1, width]);
    const rows = placesOf([1, height, 1]);
    const depth = tf.add(tf.add(tf.mul(columns, alongX), tf.mul(rows, alongY)), 1);
    const from = (places: tf.Tensor, slant: tf.Tensor, edge: tf.Tensor, last: number) =>
      tf.div(tf.mul(tf.mul(places, tf.add(slant, tf.div(1, edge))), last), depth);
    const seen = sampled(x, from(rows, alongY, belowY, bottom), from(columns, alongX, besideX, right), {
      ...given.config,
      fillMode: 'constant',
    });
    return towards(x, seen, share);
  },
});
