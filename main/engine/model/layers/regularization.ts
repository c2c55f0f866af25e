/** Dropout of whole channels, and penalties on what passes by. */
import { tf } from '../../tfjs.ts';
import { random } from '../../compile/kernels/random.ts';
import { type Config, defineLayer, type Given, number } from './define.ts';

function channelDropout(x: tf.Tensor, { config, name }: Given): tf.Tensor {
  const rate = number(config, 'rate');
  if (rate === 0) return tf.clone(x);
  const channels = config.dataFormat === 'channelsFirst' ? 1 : x.shape.length - 1;
  const shape = x.shape.map((length, axis) => (axis === 0 || axis === channels ? length : 1));
  return tf.mul(x, random({ shape, distribution: { kind: 'keep', rate }, stream: name }));
}

for (const className of ['SpatialDropout2D', 'SpatialDropout3D']) {
  defineLayer({ className, defaults: {}, whileTraining: true, call: ([x], given) => channelDropout(x, given), mask: 'keep' });
}

defineLayer({
  className: 'ActivityRegularization',
  defaults: { l1: 0, l2: 0 },
  whileTraining: true,
  call: ([x]) => tf.clone(x),
  activityRegularizer: ({ l1, l2 }: Config) => ({ className: 'L1L2', config: { l1: l1!, l2: l2! } }),
  mask: 'keep',
});
