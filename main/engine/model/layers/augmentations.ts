/** Several changes of images, drawn at random while training. Each sample of a batch has its own. Channels last. */
import type { Json } from '#contract/spec.ts';
import { random } from '../../compile/kernels/random.ts';
import { tf } from '../../tfjs.ts';
import { fromZero, threeColours } from './colour.ts';
import { applied, type Config, defineLayer, type Given, type Lengths, number } from './define.ts';
import { clipped } from './image.ts';

type Change = (x: tf.Tensor) => tf.Tensor;

/** Keras' changes up to a factor; those of colours apart, which gray images cannot have. */
function changesOf(given: Given, withColours: boolean): Change[] {
  const { factor, interpolation, valueRange } = given.config;
  const bounds = fromZero(factor) as unknown as Json;
  const moving = { interpolation: interpolation!, fillMode: 'reflect' };
  const bits = Math.max(1, Math.floor(8 * fromZero(factor)[1]));
  const layers: readonly (readonly [string, Config])[] = [
    ['RandomShear', { xFactor: bounds, yFactor: bounds, ...moving }],
    ['RandomTranslation', { heightFactor: bounds, widthFactor: bounds, ...moving }],
    ['RandomRotation', { factor: bounds, ...moving }],
    ['Solarization', { additionFactor: bounds, thresholdFactor: bounds }],
    ['RandomPosterization', { factor: bits }],
    ['AutoContrast', {}],
    ['Equalization', {}],
    ...(withColours
      ? ([
          ['RandomBrightness', { factor: bounds }],
          ['RandomColorDegeneration', { factor: bounds }],
          ['RandomContrast', { factor: bounds }],
          ['RandomSharpness', { factor: bounds }],
        ] as const)
      : []),
  ];
  return layers.map(
    ([className, config]) =>
      (x) =>
        applied(className, { valueRange: valueRange!, ...config }, x, given),
  );
}

/**
 * Each sample changed in one of the ways, all as likely. Each way is computed for its share of the samples alone: they are
 * put in an order drawn anew, some of them twice where they are no multiple of the ways.
 */
function changedInOneWay(x: tf.Tensor, ways: readonly Change[], { name }: Given): tf.Tensor {
  const [samples, ...rest] = x.shape as [number, ...number[]];
  const each = Math.ceil(samples / ways.length);
  const all = each * ways.length;
  const order = tf.cast(random({ shape: [all], distribution: { kind: 'permutation' }, stream: name }), 'int32') as tf.Tensor1D;
  const numbers = Int32Array.from({ length: all }, (_, index) => index);
  const of = tf.tensor1d(
    numbers.map((index) => index % samples),
    'int32',
  );
  const mixed = tf.gather(x, tf.gather(of, order));
  const zeros = rest.map(() => 0);
  const changed = tf.concat(ways.map((way, index) => way(tf.slice(mixed, [index * each, ...zeros], [each, ...rest]))));
  const places = tf.unsortedSegmentSum(tf.tensor(Float32Array.from(numbers), [all, 1]), order, all);
  return tf.gather(changed, tf.cast(tf.slice(tf.reshape(places, [-1]), [0], [samples]), 'int32'));
}

/** Cubuk et al., 2019: so many of the changes, one after another. */
defineLayer({
  className: 'RandAugment',
  defaults: { valueRange: [0, 1], numOps: 2, factor: 0.5, interpolation: 'bilinear' },
  whileTraining: true,
  outputShape: (_: Config, inputs: readonly Lengths[]) => threeColours({ className: 'RandAugment' }, inputs),
  call([x], given) {
    const changes = changesOf(given, true);
    const steps = Array.from({ length: number(given.config, 'numOps') });
    return steps.reduce((image: tf.Tensor) => changedInOneWay(image, changes, given), x);
  },
});

/** Hendrycks et al., 2020: the image, mixed with a mix of chains of changes, each of which may be none. */
defineLayer({
  className: 'AugMix',
  defaults: { valueRange: [0, 1], numChains: 3, chainDepth: 3, factor: 0.3, alpha: 1, allOps: true, interpolation: 'bilinear' },
  whileTraining: true,
  outputShape: ({ allOps }, inputs) => (allOps === true ? threeColours({ className: 'AugMix' }, inputs) : inputs[0]),
  call([x], given) {
    const { config, name } = given;
    const [alpha, chains] = [number(config, 'alpha'), number(config, 'numChains')];
    const changes = [...changesOf(given, config.allOps === true), (image: tf.Tensor) => image];
    const steps = Array.from({ length: number(config, 'chainDepth') });
    const changed = steps.reduce(
      (image: tf.Tensor) => changedInOneWay(image, changes, given),
      tf.concat(Array.from({ length: chains }, () => x)),
    );
    // Shares of a Dirichlet distribution.
    const drawn = random({ shape: [chains, x.shape[0], 1, 1, 1], distribution: { kind: 'gamma', shape: alpha }, stream: name });
    const shares = tf.div(drawn, tf.maximum(tf.sum(drawn, 0, true), 1e-30));
    const mix = tf.sum(tf.mul(tf.reshape(changed, [chains, ...x.shape]), shares), 0);
    const own = random({ shape: [x.shape[0], 1, 1, 1], distribution: { kind: 'beta', parameter: [alpha, alpha] }, stream: name });
    return clipped(tf.add(mix, tf.mul(tf.sub(x, mix), own)), config);
  },
});
