/** Convolutions along sequences that tfjs has for images alone: done on images of one row. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { tf } from '../../tfjs.ts';
import { activationOf, type Config, defineLayer, type Given, type Lengths, number, type WantedWeight } from './define.ts';
import { spread } from './spread.ts';

/** One number, as itself or as a list of one. */
const single = (value: Json | undefined, missing: number): number =>
  value === undefined ? missing : Array.isArray(value) ? (value[0] as number) : (value as number);

interface Windows {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: 'valid' | 'same' | 'causal';
}
const windowsOf = (config: Config): Windows => ({
  size: single(config.kernelSize, 1),
  stride: single(config.strides, 1),
  dilation: single(config.dilationRate, 1),
  padding: (config.padding as Windows['padding'] | undefined) ?? 'valid',
});
const reachOf = ({ size, dilation }: Windows) => (size - 1) * dilation + 1;

const bias = (config: Config, length: number): WantedWeight[] =>
  config.useBias === false ? [] : [{ name: 'bias', shape: [length], options: 'bias', initializer: 'zeros' }];

function finished(rows: tf.Tensor, { config, weights }: Given): tf.Tensor {
  return activationOf(config.activation).apply(weights.bias ? tf.add(rows, weights.bias) : rows);
}

const image = (x: tf.Tensor) => tf.expandDims(x, 1) as unknown as tf.Tensor4D;
const sequence = (x: tf.Tensor) => tf.squeeze(x, [1]);

function convolvedLength(steps: number | null, windows: Windows): number | null {
  if (steps === null) return null;
  return Math.ceil((windows.padding === 'valid' ? steps - reachOf(windows) + 1 : steps) / windows.stride);
}

/** Each channel with its own filters `[size, channels, times]`. */
function depthwise(x: tf.Tensor, kernel: tf.Tensor, windows: Windows): tf.Tensor {
  const before = windows.padding === 'causal' ? reachOf(windows) - 1 : 0;
  const padded = before > 0 ? tf.pad(x, [[0, 0], [before, 0], [0, 0]]) : x; // prettier-ignore
  const filters = tf.expandDims(spread(kernel, [windows.dilation]), 0) as unknown as tf.Tensor4D;
  const padding = windows.padding === 'same' ? 'same' : 'valid';
  // tfjs wants equal strides: it moves along one row alone.
  const { stride } = windows;
  return sequence(tf.depthwiseConv2d(image(padded), filters, [stride, stride], padding));
}

defineLayer({
  className: 'DepthwiseConv1D',
  defaults: { depthMultiplier: 1, useBias: true },
  weights: (config, [shape]) => {
    const times = number(config, 'depthMultiplier');
    return [
      { name: 'kernel', shape: [windowsOf(config).size, shape[1]!, times], options: 'depthwise', initializer: 'glorotUniform' },
      ...bias(config, shape[1]! * times),
    ];
  },
  outputShape: (config, [[steps, channels]]) => [convolvedLength(steps, windowsOf(config)), channels! * number(config, 'depthMultiplier')],
  call: ([x], given) => finished(depthwise(x, given.weights.kernel, windowsOf(given.config)), given),
});

defineLayer({
  className: 'SeparableConv1D',
  defaults: { depthMultiplier: 1, useBias: true },
  weights: (config, [shape]) => {
    const times = number(config, 'depthMultiplier');
    const filters = number(config, 'filters');
    return [
      { name: 'depthwise_kernel', shape: [windowsOf(config).size, shape[1]!, times], options: 'depthwise', initializer: 'glorotUniform' },
      { name: 'pointwise_kernel', shape: [1, shape[1]! * times, filters], options: 'pointwise', initializer: 'glorotUniform' },
      ...bias(config, filters),
    ];
  },
  outputShape: (config, [[steps]]) => [convolvedLength(steps, windowsOf(config)), number(config, 'filters')],
  call: ([x], given) => {
    const { depthwise_kernel: own, pointwise_kernel: mixing } = given.weights;
    const channels = depthwise(x, own, windowsOf(given.config));
    const [batch, steps, length] = channels.shape as [number, number, number];
    const mixed = tf.matMul(tf.reshape(channels, [-1, length]), tf.squeeze(mixing, [0]));
    return tf.reshape(finished(mixed, given), [batch, steps, -1]);
  },
});

/** Keras': what is missing at the ends of valid windows is added. */
function transposedLength(steps: number, windows: Windows): number {
  const { stride } = windows;
  return windows.padding === 'same' ? steps * stride : steps * stride + Math.max(reachOf(windows) - stride, 0);
}

defineLayer({
  className: 'Conv1DTranspose',
  defaults: { useBias: true },
  weights: (config, [shape]: readonly Lengths[]) => {
    const filters = number(config, 'filters');
    return [
      { name: 'kernel', shape: [windowsOf(config).size, filters, shape[1]!], options: 'kernel', initializer: 'glorotUniform' },
      ...bias(config, filters),
    ];
  },
  outputShape: (config, [[steps]]) => {
    const windows = windowsOf(config);
    if (windows.stride > 1 && windows.dilation > 1) throw new EpochbookError('engine.stridesAndDilation', {});
    return [steps === null ? null : transposedLength(steps, windows), number(config, 'filters')];
  },
  call: ([x], given) => {
    const { config, weights } = given;
    const windows = windowsOf(config);
    const [batch, steps] = x.shape as [number, number];
    const kernel = tf.expandDims(spread(weights.kernel, [windows.dilation]), 0) as unknown as tf.Tensor4D;
    const shape: [number, number, number, number] = [batch, 1, transposedLength(steps, windows), number(config, 'filters')];
    const padding = windows.padding === 'same' ? 'same' : 'valid';
    return finished(sequence(tf.conv2dTranspose(image(x), kernel, shape, [1, windows.stride], padding)), given);
  },
});
