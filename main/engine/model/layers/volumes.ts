/** Volumes as stacks of images: what is done to them is made of what can be done to images. */
import { tf } from '../../tfjs.ts';
import { spread } from './spread.ts';

/** A volume's slices along its depth, each `[batch, height, width, channels]`. */
export const slicesOf = (x: tf.Tensor): tf.Tensor[] => tf.unstack(x, 1);
export const sumOf = (parts: readonly tf.Tensor[]): tf.Tensor => parts.reduce((total, part) => tf.add(total, part));

/** Which slices each output slice sees: `[kernel index, slice]`, for windows along the depth. */
export function windowsAlong(depth: number, size: number, stride: number, dilation: number, same: boolean): [number, number][][] {
  const reach = (size - 1) * dilation + 1;
  const count = same ? Math.ceil(depth / stride) : Math.floor((depth - reach) / stride) + 1;
  const before = same ? Math.floor(Math.max((count - 1) * stride + reach - depth, 0) / 2) : 0;
  return Array.from({ length: count }, (_, output) =>
    Array.from({ length: size }, (__, index): [number, number] => [index, output * stride + index * dilation - before]).filter(
      ([, slice]) => slice >= 0 && slice < depth,
    ),
  );
}

/** By axis: depth, height, width. */
export interface VolumeWindow {
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: 'valid' | 'same';
}

/** As sums of flat convolutions over the slices. `x`: channels last; the kernel: `[depth, height, width, channels, filters]`. */
export function volumeConvolution(x: tf.Tensor, kernel: tf.Tensor, { strides, dilationRate, padding }: VolumeWindow): tf.Tensor {
  const [depthStride, ...flatStrides] = strides;
  const [depthDilation, ...dilations] = dilationRate;
  const kernels = tf.unstack(kernel, 0).map((one) => spread(one, dilations) as tf.Tensor4D);
  const slices = slicesOf(x) as tf.Tensor4D[];
  const windows = windowsAlong(slices.length, kernels.length, depthStride, depthDilation, padding === 'same');
  const flat = windows.map((window) =>
    sumOf(window.map(([index, slice]) => tf.conv2d(slices[slice], kernels[index], flatStrides as [number, number], padding))),
  );
  return tf.stack(flat, 1);
}
