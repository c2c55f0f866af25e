/** Normalizations over each sample alone, with their gradients in one piece. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../../tfjs.ts';
import { axisFrom, type Config, defineLayer, type Lengths, number, type WantedWeight } from './define.ts';

/**
 * (x − mean) / √(variance + epsilon) over the axes; without `centred`, x / √(mean(x²) + epsilon). The gradient is
 * (dy − mean(dy) − y · mean(dy · y)) / deviation (Ba et al., 2016), the first mean left out where nothing is centred.
 */
export function normalized(x: tf.Tensor, axes: number[], epsilon: number, centred = true): tf.Tensor {
  const operation = tf.customGrad((given, save) => {
    const input = given as tf.Tensor;
    const around = centred ? tf.sub(input, tf.mean(input, axes, true)) : input;
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(around), axes, true), epsilon));
    const y = tf.mul(around, scale);
    (save as tf.GradSaveFunc)([y, scale]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [result, factor] = saved;
        const along = tf.mul(result, tf.mean(tf.mul(dy, result), axes, true));
        const less = centred ? tf.sub(dy, tf.mean(dy, axes, true)) : dy;
        return tf.mul(tf.sub(less, along), factor);
      },
    };
  });
  return operation(x);
}

/**
 * A batch normalized with its own mean and variance along the last axis, then scaled and shifted. The gradient is
 * gamma / deviation · (dy − mean(dy) − y · mean(dy · y)), y the normalized value (Ioffe and Szegedy, 2015, section 3).
 */
export function batchNormalized(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number) {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const count = x.size / x.shape[x.shape.length - 1];
  const moments = (values: tf.Tensor) => {
    const mean = tf.mean(values, axes);
    const around = tf.sub(values, mean);
    return { mean, around, variance: tf.mean(tf.square(around), axes) };
  };
  const operation = tf.customGrad((...given) => {
    const [values, scale, shift, save] = given as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { around, variance } = moments(values);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const factor = tf.mul(inverse, scale);
    save([around, inverse, factor]);
    return {
      value: tf.add(tf.mul(around, factor), shift),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [centred, perDeviation, both] = saved;
        const sum = tf.sum(dy, axes);
        const along = tf.sum(tf.mul(dy, centred), axes);
        const slope = tf.mul(tf.div(tf.mul(along, tf.square(perDeviation)), -count), both);
        const level = tf.mul(tf.div(sum, -count), both);
        const dx = tf.add(tf.add(tf.mul(dy, both), tf.mul(centred, slope)), level);
        return [dx, tf.mul(along, perDeviation), sum];
      },
    };
  });
  const { mean, variance } = moments(x);
  return { output: operation(x, gamma, beta), mean, variance };
}

const axesOf = (config: Config, rank: number): number[] => [config.axis as number | number[]].flat().map((axis) => axisFrom(axis, rank));

/** Scales and shifts by weights of the lengths of some axes. */
function scaled(x: tf.Tensor, axes: readonly number[], gamma: tf.Tensor | undefined, beta: tf.Tensor | undefined): tf.Tensor {
  const last = axes.length === 1 && axes[0] === x.shape.length - 1;
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? length : 1));
  const shaped = (weight: tf.Tensor) => (last ? weight : tf.reshape(weight, shape));
  const wide = gamma ? tf.mul(x, shaped(gamma)) : x;
  return beta ? tf.add(wide, shaped(beta)) : wide;
}

/** The computation of tfjs' own LayerNormalization, whose gradient is long; `axis` may be several. */
export function layerNormalization(
  x: tf.Tensor,
  { axis, epsilon, gamma, beta }: { axis: number | number[]; epsilon: number; gamma?: tf.Tensor; beta?: tf.Tensor },
): tf.Tensor {
  const axes = [axis].flat().map((each) => axisFrom(each, x.shape.length));
  return scaled(normalized(x, axes, epsilon), axes, gamma, beta);
}

const gammaAndBeta = (config: Config, shape: readonly number[]): WantedWeight[] => [
  ...(config.scale === true ? [{ name: 'gamma', shape, options: 'gamma', initializer: 'ones' }] : []),
  ...(config.center === true ? [{ name: 'beta', shape, options: 'beta', initializer: 'zeros' }] : []),
];

/** −1 groups: each channel on its own (instance normalization). */
function groupsOf(config: Config, channels: number): number {
  const wanted = number(config, 'groups');
  const groups = wanted === -1 ? channels : wanted;
  if (channels % groups !== 0) throw new EpochbookError('engine.groups', { groups, channels });
  return groups;
}

defineLayer({
  className: 'GroupNormalization',
  defaults: { groups: 32, axis: -1, epsilon: 1e-3, center: true, scale: true },
  weights: (config, [shape]) => {
    const channels = shape[axisFrom(number(config, 'axis'), shape.length + 1) - 1]!;
    groupsOf(config, channels);
    return gammaAndBeta(config, [channels]);
  },
  call: ([x], { config, weights }) => {
    const axis = axisFrom(number(config, 'axis'), x.shape.length);
    const groups = groupsOf(config, x.shape[axis]);
    const split = [...x.shape.slice(0, axis), groups, x.shape[axis] / groups, ...x.shape.slice(axis + 1)];
    const axes = split.map((_, index) => index).filter((index) => index !== 0 && index !== axis);
    const flat = tf.reshape(normalized(tf.reshape(x, split), axes, number(config, 'epsilon')), x.shape);
    return scaled(flat, [axis], weights.gamma, weights.beta);
  },
  mask: 'keep',
});

const lengthsAt = (config: Config, shape: Lengths) => axesOf(config, shape.length + 1).map((axis) => shape[axis - 1]!);

defineLayer({
  className: 'RMSNormalization',
  defaults: { axis: -1, epsilon: 1e-6 },
  weights: (config, [shape]) => [{ name: 'scale', shape: lengthsAt(config, shape), options: 'scale', initializer: 'ones' }],
  call: ([x], { config, weights }) => {
    const axes = axesOf(config, x.shape.length);
    return scaled(normalized(x, axes, number(config, 'epsilon'), false), axes, weights.scale, undefined);
  },
  mask: 'keep',
});

/** Keras': x / √(max(sum of squares, 1e-12)). */
defineLayer({
  className: 'UnitNormalization',
  defaults: { axis: -1 },
  call: ([x], { config }) => {
    const squares = tf.sum(tf.square(x), axesOf(config, x.shape.length), true);
    return tf.mul(x, tf.rsqrt(tf.maximum(squares, 1e-12)));
  },
  mask: 'keep',
});

/** Given or, as Keras' `adapt` would find it, 0 and 1. */
const given = (config: Config, option: string, missing: number): tf.Tensor =>
  tf.tensor((config[option] as number | number[] | null) ?? missing);

/** (x − mean) / max(√variance, 1e-7), along the last axis. */
defineLayer({
  className: 'Normalization',
  defaults: { axis: -1, mean: null, variance: null, invert: false },
  call: ([x], { config }) => {
    const mean = given(config, 'mean', 0);
    const deviation = tf.maximum(tf.sqrt(given(config, 'variance', 1)), 1e-7);
    return config.invert === true ? tf.add(mean, tf.mul(x, deviation)) : tf.div(tf.sub(x, mean), deviation);
  },
  mask: 'keep',
});
