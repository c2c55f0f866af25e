/** Images pulled about like rubber, changed at random while training (Simard et al., 2003). Channels last. */
import { random } from '../../compile/kernels/random.ts';
import { tf } from '../../tfjs.ts';
import { along, chosen, drawn, fromZero, towards } from './colour.ts';
import { defineLayer } from './define.ts';
import { clipped, placesOf, sampled } from './image.ts';

/**
 * How far each pixel is moved along an axis: noise that is blurred, as strong and as smooth as `strength` says. Keras'
 * kernel ends three whole deviations from its middle, so there is no blur below a deviation of 1.
 */
function pulls(name: string, [batch, height, width]: readonly [number, number, number], deviation: tf.Tensor, most: number): tf.Tensor {
  const shape = [batch, height, width, 1];
  const noise = tf.mul(random({ shape, distribution: { kind: 'normal' }, stream: name }), deviation);
  const reach = 3 * Math.floor(most);
  const last = tf.mul(tf.floor(deviation), 3);
  const divisor = tf.maximum(deviation, 1e-7);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, place) => {
    const from = Math.abs(place - reach);
    const counts = tf.cast(tf.greaterEqual(last, from), 'float32');
    return tf.mul(tf.exp(tf.mul(tf.square(tf.div(from, divisor)), -0.5)), counts);
  });
  const whole = weights.reduce((sum, each) => tf.add(sum, each));
  const shares = weights.map((each) => tf.div(each, whole));
  return tf.squeeze(along(along(noise, 1, shares), 2, shares), [3]);
}

/** Each sample has a strength of its own, and moves both ways; Keras draws one for all, and moves along diagonals only. */
defineLayer({
  className: 'RandomElasticTransform',
  defaults: { factor: 1, scale: 1, interpolation: 'bilinear', fillMode: 'reflect', fillValue: 0, valueRange: [0, 1] },
  whileTraining: true,
  call([x], given) {
    const [batch, height, width] = x.shape as [number, number, number, number];
    const share = chosen(given, x, given.config.factor);
    const range = fromZero(given.config.scale);
    const strength = drawn(given, x, range);
    const deviation = tf.mul(strength, Math.min(height, width) * 0.05);
    const times = tf.squeeze(tf.mul(strength, Math.max(height, width) * 0.1), [3]);
    const most = Math.min(height, width) * 0.05 * range[1];
    const moved = () => tf.mul(pulls(given.name, [batch, height, width], deviation, most), times);
    const columns = tf.add(placesOf([1, 1, width]), moved());
    const rows = tf.add(placesOf([1, height, 1]), moved());
    return clipped(towards(x, sampled(x, rows, columns, given.config), share), given.config);
  },
});
