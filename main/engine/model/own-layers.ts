/**
 * tfjs' layers whose own computation cannot be traced or has no gradient, given one that can and has: made of
 * operations that the compiler knows. Their configs, weights and results are tfjs'.
 */
import { EpochbookError } from '#contract/errors.ts';
import { tf, tfl } from '../tfjs.ts';
import { activationOf } from './layers/define.ts';
import { resized } from './layers/image.ts';
import { batchNormalized, layerNormalization } from './layers/normalization.ts';
import { repeatedAlong } from './layers/shaping.ts';
import { spread } from './layers/spread.ts';
import { slicesOf, sumOf, volumeConvolution, windowsAlong } from './layers/volumes.ts';

interface OwnLayer {
  call: (this: OwnLayer, inputs: tf.Tensor | tf.Tensor[], options: object) => tf.Tensor;
  getClassName(): string;
  computeOutputShape: (this: OwnLayer, shape: (number | null)[]) => (number | null)[];
  kernel?: Readable;
  depthwiseKernel?: Readable;
  build: (this: OwnLayer, shape: Lengths) => void;
  inputSpec: unknown;
  bias: Readable | null;
  readonly useBias: boolean;
  activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  kernelSize: number[];
  readonly strides: number[];
  readonly poolSize: number[];
  readonly size: number[];
  readonly interpolation?: 'nearest' | 'bilinear';
  padding: 'valid' | 'same' | 'causal';
  readonly dataFormat: 'channelsLast' | 'channelsFirst';
  dilationRate: number[];
  axis: number;
  readonly epsilon: number;
  readonly gamma?: Readable | null;
  readonly beta?: Readable | null;
  readonly trainable: boolean;
  readonly filters: number;
  readonly maskValue: number;
  readonly numTokens: number;
  readonly outputMode: 'oneHot' | 'multiHot' | 'count';
  readonly layer?: tfl.layers.Layer;
}
interface Readable {
  read(): tf.Tensor;
}

// Masks depend on values, not smoothly: no gradient goes through them.
for (const kernelName of ['Equal', 'NotEqual', 'Greater', 'Less', 'Any']) {
  const inputs = kernelName === 'Any' ? ['x'] : ['a', 'b'];
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_, saved) => Object.fromEntries(inputs.map((name, index) => [name, () => tf.zerosLike(tf.cast(saved[index], 'float32'))])),
  });
}

// tfjs' own take the gradient of a single part for a list: a sequence of one step could not be learnt from.
tf.registerGradient({
  kernelName: 'SplitV',
  gradFunc: (dy, _, attributes) => ({ x: () => tf.concat([dy].flat(), attributes['axis'] as number) }),
});
tf.registerGradient({
  kernelName: 'Unpack',
  gradFunc: (dy, _, attributes) => ({ value: () => tf.stack([dy].flat(), attributes['axis'] as number) }),
});

const masking = (layer: OwnLayer, x: tf.Tensor) => tf.mul(x, tf.cast(tf.any(tf.notEqual(x, layer.maskValue), -1, true), x.dtype));

/** Every row and column `size` times over, or pixels between them. */
function upSampling(layer: OwnLayer, x: tf.Tensor): tf.Tensor {
  const first = layer.dataFormat === 'channelsFirst' ? 2 : 1;
  if (layer.interpolation !== 'bilinear') return layer.size.reduce((image, times, index) => repeatedAlong(image, first + index, times), x);
  const last = first === 1 ? x : tf.transpose(x, [0, 2, 3, 1]);
  const larger = resized(last, [last.shape[1]! * layer.size[0], last.shape[2]! * layer.size[1]], 'bilinear');
  return first === 1 ? larger : tf.transpose(larger, [0, 3, 1, 2]);
}

/** Rows of 0 and 1, or of counts, for whole numbers below `numTokens`. */
function categoryEncoding(layer: OwnLayer, x: tf.Tensor): tf.Tensor {
  const last = x.shape.length - 1;
  const rows = tf.oneHot(tf.cast(x, 'int32'), layer.numTokens, 1, 0, 'float32');
  if (layer.outputMode === 'oneHot') return x.shape[last] === 1 ? tf.squeeze(rows, [last]) : rows;
  return layer.outputMode === 'count' ? tf.sum(rows, last) : tf.max(rows, last);
}

/** tfjs has neither the gradient of a dilated convolution nor causal padding: its own call, on another kernel and input. */
function plainConvolution(layer: OwnLayer, original: OwnLayer['call'], x: tf.Tensor, options: object): tf.Tensor {
  const { kernel, depthwiseKernel, dilationRate, padding } = layer;
  const known = depthwiseKernel ?? kernel!;
  const dilated: Readable = { read: () => spread(known.read(), dilationRate) };
  const before = padding === 'causal' ? (layer.kernelSize[0] - 1) * dilationRate[0] : 0;
  const input =
    before > 0
      ? tf.pad(
          x,
          x.shape.map((_, axis): [number, number] => [axis === 1 ? before : 0, 0]),
        )
      : x;
  try {
    if (depthwiseKernel) layer.depthwiseKernel = dilated;
    else layer.kernel = dilated;
    layer.dilationRate = dilationRate.map(() => 1);
    if (padding === 'causal') layer.padding = 'valid';
    return original.call(layer, input, options);
  } finally {
    if (depthwiseKernel) layer.depthwiseKernel = depthwiseKernel;
    else layer.kernel = kernel;
    Object.assign(layer, { dilationRate, padding });
  }
}

/** tfjs has the gradient of a batch normalization for channels that are last alone. */
function normalizedLast(layer: OwnLayer, original: OwnLayer['call'], x: tf.Tensor, options: object): tf.Tensor {
  const { axis } = layer;
  const last = x.shape.length - 1;
  const channels = axis < 0 ? axis + x.shape.length : axis;
  const order = x.shape.map((_, index) => index);
  const there = [...order.filter((index) => index !== channels), channels];
  try {
    layer.axis = last;
    const normalized = original.call(layer, tf.transpose(x, there), options);
    return tf.transpose(
      normalized,
      order.map((index) => there.indexOf(index)),
    );
  } finally {
    layer.axis = axis;
  }
}

interface Moving extends Readable {
  write(value: tf.Tensor): void;
}
interface Normalization extends OwnLayer {
  readonly gamma: Readable;
  readonly beta: Readable;
  readonly movingMean: Moving;
  readonly movingVariance: Moving;
  readonly momentum: number;
}

/** tfjs' own, whose gradient is long. */
function normalizedInTraining({ gamma, beta, epsilon, movingMean, movingVariance, momentum }: Normalization, x: tf.Tensor): tf.Tensor {
  const { output, mean, variance } = batchNormalized(x, gamma.read(), beta.read(), epsilon);
  const follow = (moving: Moving, value: tf.Tensor) =>
    moving.write(tf.sub(moving.read(), tf.mul(tf.sub(moving.read(), value), 1 - momentum)));
  follow(movingMean, mean);
  follow(movingVariance, variance);
  return output;
}

const toLast = [0, 2, 3, 4, 1];
const toFirst = [0, 4, 1, 2, 3];

/** Runs `body` with the channels last, whatever the layer's format. */
function withChannelsLast(layer: OwnLayer, x: tf.Tensor, body: (volume: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (layer.dataFormat !== 'channelsFirst') return body(x);
  return tf.transpose(body(tf.transpose(x, toLast)), toFirst);
}

function finished(layer: OwnLayer, volume: tf.Tensor): tf.Tensor {
  const shifted = layer.useBias ? tf.add(volume, layer.bias!.read()) : volume;
  return layer.activation ? layer.activation.apply(shifted) : shifted;
}

const convolution3d = (layer: OwnLayer, input: tf.Tensor) =>
  withChannelsLast(layer, input, (x) =>
    finished(layer, volumeConvolution(x, layer.kernel!.read(), { ...layer, padding: layer.padding as 'valid' | 'same' })),
  );

/** As sums of flat transposed convolutions, each put where its slice's window lies. */
const convolution3dTranspose = (layer: OwnLayer, input: tf.Tensor) =>
  withChannelsLast(layer, input, (x) => {
    const [stride, ...strides] = layer.strides;
    const kernels = tf.unstack(layer.kernel!.read(), 0) as tf.Tensor4D[];
    const padding = layer.padding as 'valid' | 'same';
    const slices = slicesOf(x) as tf.Tensor4D[];
    const target = layer.computeOutputShape([...input.shape]) as number[];
    const [, depth, height, width, channels] = layer.dataFormat === 'channelsFirst' ? toLast.map((axis) => target[axis]) : target;
    const before = padding === 'same' ? Math.floor(Math.max(kernels.length - stride, 0) / 2) : 0;
    const shape: [number, number, number, number] = [x.shape[0], height, width, channels];
    const flat = Array.from({ length: depth }, (_, output) => {
      const parts = kernels.flatMap((kernel, index) => {
        const slice = (output + before - index) / stride;
        return Number.isInteger(slice) && slice >= 0 && slice < slices.length
          ? [tf.conv2dTranspose(slices[slice], kernel, shape, strides as [number, number], padding)]
          : [];
      });
      return parts.length > 0 ? sumOf(parts) : tf.zeros(shape);
    });
    return finished(layer, tf.stack(flat, 1));
  });

/** A flat pooling of each slice, then one over the slices of each window. */
const pooling3d =
  (kind: 'max' | 'average') =>
  (layer: OwnLayer, input: tf.Tensor): tf.Tensor =>
    withChannelsLast(layer, input, (x) => {
      const [size, ...sizes] = layer.poolSize as [number, number, number];
      const [stride, ...strides] = layer.strides as [number, number, number];
      const padding = layer.padding as 'valid' | 'same';
      const pool = kind === 'max' ? tf.maxPool : tf.avgPool;
      const slices = slicesOf(x).map((slice) => pool(slice as tf.Tensor4D, sizes, strides, padding) as tf.Tensor);
      const windows = windowsAlong(slices.length, size, stride, 1, padding === 'same');
      const pooled = windows.map((window) => {
        const seen = window.map(([, slice]) => slices[slice]);
        return kind === 'max' ? seen.reduce((largest, slice) => tf.maximum(largest, slice)) : tf.div(sumOf(seen), seen.length);
      });
      return tf.stack(pooled, 1);
    });

/** Channels in groups, each convolved with its own filters, and put side by side. (tfjs has no groups.) */
function groupedConvolution(layer: OwnLayer, call: OwnLayer['call'], groups: number, x: tf.Tensor, options: object): tf.Tensor {
  const { kernel, bias, activation } = layer;
  const axis = layer.dataFormat === 'channelsFirst' ? 1 : x.shape.length - 1;
  const part = (whole: tf.Tensor, index: number, along: number): tf.Tensor => {
    const size = whole.shape[along] / groups;
    const at = (each: number, inside: number, outside: number) => (each === along ? inside : outside);
    return tf.slice(
      whole,
      whole.shape.map((_, each) => at(each, index * size, 0)),
      whole.shape.map((length, each) => at(each, size, length)),
    );
  };
  const weights = kernel!.read();
  try {
    layer.activation = activationOf('linear');
    const parts = Array.from({ length: groups }, (_, index) => {
      layer.kernel = { read: () => part(weights, index, weights.shape.length - 1) };
      layer.bias = bias && { read: () => part(bias.read(), index, 0) };
      return call.call(layer, part(x, index, axis), options);
    });
    const joined = tf.concat(parts, axis);
    return activation ? activation.apply(joined) : joined;
  } finally {
    Object.assign(layer, { kernel, bias, activation });
  }
}

type Lengths = (number | null)[];

/** Each filter sees the channels of its group alone: the kernel is made for as many. */
function makeGrouped(layer: OwnLayer, groups: number): void {
  const { build, call } = layer;
  layer.build = (shape) => {
    const axis = layer.dataFormat === 'channelsFirst' ? 1 : shape.length - 1;
    const channels = shape[axis]!;
    if (channels % groups !== 0) throw new EpochbookError('engine.groups', { groups, channels });
    if (layer.filters % groups !== 0) throw new EpochbookError('engine.groups', { groups, channels: layer.filters });
    build.call(
      layer,
      shape.map((length, index) => (index === axis ? channels / groups : length)),
    );
    layer.inputSpec = [{ ndim: shape.length, axes: { [axis]: channels } }];
  };
  layer.call = (inputs, options) => groupedConvolution(layer, call, groups, Array.isArray(inputs) ? inputs[0] : inputs, options);
}

const replacements: Readonly<Record<string, (layer: OwnLayer, x: tf.Tensor) => tf.Tensor>> = {
  LayerNormalization: ({ axis, epsilon, gamma, beta }, x) =>
    layerNormalization(x, { axis, epsilon, ...(gamma && { gamma: gamma.read() }), ...(beta && { beta: beta.read() }) }),
  Masking: masking,
  UpSampling2D: upSampling,
  CategoryEncoding: categoryEncoding,
  Conv3D: convolution3d,
  Conv3DTranspose: convolution3dTranspose,
  MaxPooling3D: pooling3d('max'),
  AveragePooling3D: pooling3d('average'),
};
const convolutions = ['Conv1D', 'Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'];

/** Layers whose channels may be convolved in groups. */
const grouped = ['Conv1D', 'Conv2D', 'Conv3D'];

/** Makes this layer, and one inside it, compute with operations that can be compiled and differentiated. */
export function replaceComputation(layer: tfl.layers.Layer, config: Readonly<Record<string, unknown>>): void {
  const own = layer as unknown as OwnLayer;
  const className = layer.getClassName();
  const replacement = replacements[className];
  const only = (inputs: tf.Tensor | tf.Tensor[]) => (Array.isArray(inputs) ? inputs[0] : inputs);
  if (replacement) own.call = (inputs) => replacement(own, only(inputs));
  else if (convolutions.includes(className) && (own.padding === 'causal' || own.dilationRate.some((rate) => rate > 1))) {
    const { call } = own;
    own.call = (inputs, options) => plainConvolution(own, call, only(inputs), options);
    // tfjs' depthwise layer forgets its dilation there.
    if (className === 'DepthwiseConv2D') {
      const { computeOutputShape, kernelSize } = own;
      own.computeOutputShape = (shape) => {
        try {
          own.kernelSize = kernelSize.map((size, axis) => (size - 1) * own.dilationRate[axis] + 1);
          return computeOutputShape.call(own, shape);
        } finally {
          own.kernelSize = kernelSize;
        }
      };
    }
    if (own.padding === 'causal')
      own.computeOutputShape = ([batch, steps]) => [batch, steps && Math.ceil(steps / own.strides[0]), own.filters];
  } else if (className === 'BatchNormalization') {
    const { call } = own;
    own.call = (inputs, options) => {
      const x = only(inputs);
      // As in Keras, one that is frozen goes by its moving averages while training, too.
      const given = own.trainable ? options : { ...options, training: false };
      const isLast = own.axis < 0 ? own.axis === -1 : own.axis === x.shape.length - 1;
      const compute: OwnLayer['call'] = (image, how) =>
        (how as { training?: boolean }).training ? normalizedInTraining(own as Normalization, only(image)) : call.call(own, image, how);
      return isLast ? compute.call(own, x, given) : normalizedLast(own, compute, x, given);
    };
  }
  if (grouped.includes(className) && typeof config.groups === 'number' && config.groups > 1) makeGrouped(own, config.groups);
  if (own.layer) replaceComputation(own.layer, (config.layer as { config?: Record<string, unknown> } | undefined)?.config ?? {});
}

interface WithInitializers {
  kernelInitializer: unknown;
  depthwiseInitializer: unknown;
  pointwiseInitializer: unknown;
}

/** tfjs starts the pointwise weights as the depthwise ones are told to. */
export function fixInitializers(layer: tfl.layers.Layer, config: Readonly<Record<string, unknown>>): void {
  if (layer.getClassName() !== 'SeparableConv2D') return;
  const named = (config.pointwiseInitializer ?? 'glorotUniform') as 'glorotUniform';
  const reader = tfl.layers.dense({ units: 1, kernelInitializer: named }) as unknown as WithInitializers;
  (layer as unknown as WithInitializers).pointwiseInitializer = reader.kernelInitializer;
}
