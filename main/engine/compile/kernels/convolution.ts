/** Two-dimensional convolution, its gradients, and the depthwise one. One-dimensional ones come as images of height 1. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../../tfjs.ts';
import type { Attributes, Node, Shape, Typed } from '../graph.ts';
import type { OnnxBuilder, Value } from '../onnx-builder.ts';
import { activated } from './activation.ts';
import type { Inputs, Kernels } from './kernel.ts';
import { joinedViews, paddingOf, uncovered, views, windowAttributes } from './windows.ts';

type Geometry = tf.backend_util.Conv2DInfo;

export function geometry(attributes: Attributes, image: Shape, filter: Shape, depthwise = false): Geometry {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attributes as unknown as tf.Conv2DAttrs;
  if (dataFormat !== undefined && dataFormat !== 'NHWC')
    throw new EpochbookError('engine.kernelUnknown', { kernel: `Conv2D (${dataFormat})` });
  const sizes = (shape: Shape) => [...shape] as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(sizes(image), sizes(filter), strides, dilations ?? 1, pad, dimRoundingMode, depthwise);
}

const convolved = (inputs: Inputs, attributes: Attributes): Typed => ({
  shape: geometry(attributes, inputs.x.shape, inputs.filter.shape).outShape,
  dtype: 'float32',
});

/** tfjs' filter [height, width, in, out] as ONNX' [out, in, height, width]. */
const filterFor = (builder: OnnxBuilder, filter: Node) => builder.transpose(builder.get(filter), [3, 2, 0, 1], filter.shape);

function convolve(builder: OnnxBuilder, node: Node, x: Node, filter: Node, bias?: Node): Value {
  const windows = geometry(node.attributes, x.shape, filter.shape);
  const blocked = blockedConvolution(builder, x, builder.get(filter), windows, { bias: bias && builder.get(bias) });
  if (blocked !== null) return blocked;
  const operands = [builder.channelsFirst(x), filterFor(builder, filter), ...(bias ? [builder.get(bias)] : [])];
  return { channelsFirst: builder.op('Conv', operands, windowAttributes(windows)) };
}

/**
 * The input's gradient where windows are a step apart: the convolution of the output's with the filter turned around, its
 * inputs and outputs exchanged. Null where fast convolutions cannot do that.
 */
function turnedConvolution(builder: OnnxBuilder, dy: Node, filter: Node, windows: Geometry): Value | null {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, filterHeight, filterWidth, padInfo } = windows;
  if (builder.channelBlock === 0 || strideHeight !== 1 || strideWidth !== 1) return null;
  const reach = [(filterHeight - 1) * dilationHeight, (filterWidth - 1) * dilationWidth];
  const [top, left] = [reach[0] - padInfo.top, reach[1] - padInfo.left];
  const [bottom, right] = [windows.inHeight - windows.outHeight + reach[0] - top, windows.inWidth - windows.outWidth + reach[1] - left];
  if ([top, left, bottom, right].some((side) => side < 0)) return null;
  const { inChannels, outChannels, inHeight, inWidth, outHeight, outWidth } = windows;
  const turned = {
    ...windows,
    inChannels: outChannels,
    outChannels: inChannels,
    inHeight: outHeight,
    inWidth: outWidth,
    outHeight: inHeight,
    outWidth: inWidth,
    padInfo: { ...padInfo, top, left, bottom, right },
  };
  if (!isBlockable(builder, turned)) return null;
  const last = -(2 ** 31);
  const reversed = builder.slice(builder.get(filter), [-1, -1], [last, last], [0, 1], [-1, -1]);
  const exchanged = builder.transpose(reversed, [0, 1, 3, 2], filter.shape);
  return blockedConvolution(builder, dy, exchanged, turned, { isGradient: true });
}

type Channels = Pick<Geometry, 'inChannels' | 'outChannels'>;

/** Whether ONNX Runtime can block these channels, and not mostly with filling. */
const isBlockable = ({ channelBlock }: OnnxBuilder, { inChannels, outChannels }: Channels) =>
  channelBlock > 0 && (inChannels < channelBlock || inChannels % 4 === 0) && outChannels * 2 >= channelBlock;

/**
 * ONNX Runtime's convolution over blocks of channels, up to three times as fast as its other one, but which it takes by
 * itself for constant filters alone. `filter` is [height, width, in, out]; null where it does not fit.
 */
function blockedConvolution(
  builder: OnnxBuilder,
  x: Node,
  filter: string,
  windows: Geometry,
  { bias, isGradient = false }: { readonly bias?: string; readonly isGradient?: boolean } = {},
): Value | null {
  if (!isBlockable(builder, windows)) return null;
  const { channelBlock: block } = builder;
  const { inChannels, outChannels, filterHeight, filterWidth } = windows;
  // Few channels are taken as they are.
  const few = inChannels < block;
  const filled = (channels: number) => Math.ceil(channels / block) * block;
  const [ins, outs] = [few ? inChannels : filled(inChannels), filled(outChannels)];
  const fill = (name: string, missing: readonly number[]) =>
    missing.every((count) => count === 0)
      ? name
      : builder.op('Pad', [name, builder.integers([...missing.map(() => 0), ...missing]), builder.scalar(0)]);
  const whole = fill(filter, [0, 0, ins - inChannels, outs - outChannels]);
  const split = few
    ? [filterHeight, filterWidth, ins, outs / block, block]
    : [filterHeight, filterWidth, ins / block, block, outs / block, block];
  const order = few ? [3, 2, 0, 1, 4] : [4, 2, 0, 1, 3, 5];
  const weights = builder.reshape(builder.transpose(builder.reshape(whole, split), order, split), [outs, ins, filterHeight, filterWidth]);
  const image = few ? builder.channelsFirst(x) : blockedImage(builder, x);
  const operands = [image, weights, ...(bias === undefined ? [] : [fill(bias, [outs - outChannels])])];
  const result = builder.blockedOperator('Conv', operands, windowAttributes(windows));
  if (outs > outChannels) {
    const reordered = (last: 0 | 1) => builder.blockedOperator('ReorderOutput', [result], { channels: outChannels, channels_last: last });
    return isGradient ? { plain: reordered(1), channelsFirst: reordered(0) } : reordered(1);
  }
  const { batchSize, outHeight, outWidth } = windows;
  return { blocked: builder.reshape(result, builder.blockedShape([batchSize, outHeight, outWidth, outChannels])) };
}

/** An image as blocked convolutions take it; of its last block, a part may be filled up. */
function blockedImage(builder: OnnxBuilder, x: Node): string {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  if (builder.isBlockable(x)) return builder.reshape(builder.inBlocks(x), [batch, channels, height, width]);
  return builder.hasPlain(x)
    ? builder.blockedOperator('ReorderInput', [builder.get(x)], { channels_last: 1 })
    : builder.blockedOperator('ReorderInput', [builder.channelsFirst(x)]);
}

/** Images filled up to a whole number of blocks are worth it up to this share. */
const mostFilling = 4 / 3;

/** Up to so many places are told apart by a list of theirs. */
const mostListed = 2 ** 16;

/** [pieces, many, count, size] as [pieces, count, many, size]. */
function exchanged(builder: OnnxBuilder, name: string, [pieces, many, count, size]: readonly [number, number, number, number]): string {
  const shape = [pieces, many, count, size];
  if (many * count > mostListed) return builder.transpose(builder.reshape(name, shape), [0, 2, 1, 3], shape);
  // Three times as fast as ONNX Runtime's Transpose, which uses one thread.
  const places = Array.from({ length: many * count }, (_, index) => (index % many) * count + Math.floor(index / many));
  return builder.op('Gather', [builder.reshape(name, [pieces, many * count, size]), builder.integers(places)], { axis: 1 });
}

/**
 * The filter's gradient as a convolution over blocks, the batch's images being its channels and the output's gradient its
 * filter: where a row's pixels and their channels lie side by side, `inChannels` apart in the one direction, all of a row's
 * results follow each other. Each block of images is a group of its own, so that there is work for many threads, and the
 * groups are summed. Null where it does not fit.
 */
function blockedFilterGradient(builder: OnnxBuilder, x: Node, dy: Node, windows: Geometry): string | null {
  const { channelBlock: block } = builder;
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = windows;
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = windows;
  if (!builder.isBlockable(dy) || dilationWidth !== 1) return null;
  const groups = Math.ceil(batchSize / block);
  const missing = groups * block - batchSize;
  if (groups * block > batchSize * mostFilling) return null;
  const blocks = outChannels / block;
  // Rows are padded by the convolution, columns before: it is slow where windows reach over the sides.
  const right = (outWidth - 1) * strideWidth + filterWidth - inWidth - padInfo.left;
  const bottom = (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1 - inHeight - padInfo.top;
  const covered =
    right < 0 || bottom < 0
      ? builder.slice(builder.get(x), [0, 0], [inHeight + Math.min(bottom, 0), inWidth + Math.min(right, 0)], [1, 2])
      : builder.get(x);
  const padding = [0, 0, padInfo.left, 0, missing, 0, Math.max(right, 0), 0];
  const isPadded = padding.some((count) => count > 0);
  const image = isPadded ? builder.op('Pad', [covered, builder.integers(padding), builder.scalar(0)]) : covered;
  const height = inHeight + Math.min(bottom, 0);
  const width = (padInfo.left + inWidth + right) * inChannels;
  const images = builder.blockedOperator('ReorderInput', [builder.reshape(image, [1, groups * block, height, width])]);
  const places = outHeight * outWidth;
  const filled =
    missing === 0
      ? builder.inBlocks(dy)
      : builder.op('Pad', [builder.inBlocks(dy), builder.integers([0, 0, 0, 0, 0, missing, 0, 0, 0, 0]), builder.scalar(0)]);
  const gradients = exchanged(builder, filled, [groups, block, blocks * places, block]);
  const result = builder.blockedOperator('Conv', [images, builder.reshape(gradients, [groups * outChannels, block, outHeight, outWidth])], {
    kernel_shape: [outHeight, outWidth],
    strides: [dilationHeight, 1],
    dilations: [strideHeight, strideWidth * inChannels],
    pads: [padInfo.top, 0, Math.max(bottom, 0), 0],
    group: groups,
  });
  const count = filterHeight * filterWidth * inChannels;
  const sums = builder.reduce('ReduceSum', builder.reshape(result, [groups, blocks, count, block]), [0], false);
  return builder.reshape(builder.transpose(sums, [1, 0, 2], [blocks, count, block]), [filterHeight, filterWidth, inChannels, outChannels]);
}

/** From so many channels on, a window's values lie side by side in pieces worth copying. */
const manyChannels = 16;

/** The filter's gradient as one matrix product: the windows' values, a window a row, times the output's gradient. */
function filterGradient(builder: OnnxBuilder, x: Node, dy: Node, windows: Geometry): string {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth, padInfo } = windows;
  const [height, width] = [windows.inHeight + padInfo.top + padInfo.bottom, windows.inWidth + padInfo.left + padInfo.right];
  const { top, left, bottom, right } = padInfo;
  const image = builder.get(x);
  const padded =
    top || left || bottom || right
      ? builder.op('Pad', [image, builder.integers([0, top, left, 0, 0, bottom, right, 0]), builder.scalar(0)])
      : image;
  const places: number[] = [];
  for (let window = 0; window < outHeight * outWidth; window++) {
    const [row, column] = [Math.floor(window / outWidth) * windows.strideHeight, (window % outWidth) * windows.strideWidth];
    for (let place = 0; place < filterHeight * filterWidth; place++) {
      const [down, across] = [Math.floor(place / filterWidth) * windows.dilationHeight, (place % filterWidth) * windows.dilationWidth];
      places.push((row + down) * width + column + across);
    }
  }
  const pixels = builder.reshape(padded, [batchSize, height * width, inChannels]);
  const gathered = builder.op('Gather', [pixels, builder.integers(places)], { axis: 1 });
  const rows = batchSize * outHeight * outWidth;
  const columns = builder.reshape(gathered, [rows, filterHeight * filterWidth * inChannels]);
  const gradients = builder.reshape(builder.get(dy), [rows, outChannels]);
  return builder.reshape(builder.op('Gemm', [columns, gradients], { transA: 1 }), [filterHeight, filterWidth, inChannels, outChannels]);
}

/** tfjs' depthwise filter [height, width, channels, times] as ONNX' grouped one [channels · times, 1, height, width]. */
function depthwiseFilter(builder: OnnxBuilder, filter: Node): string {
  const [height, width, channels, times] = filter.shape as [number, number, number, number];
  return builder.reshape(builder.transpose(builder.get(filter), [2, 3, 0, 1], filter.shape), [channels * times, 1, height, width]);
}

export const convolution: Kernels = {
  Conv2D: { shape: convolved, lower: (builder, node, { x, filter }) => convolve(builder, node, x, filter) },
  FusedConv2D: {
    shape: convolved,
    lower: (builder, node, { x, filter, bias }) => activated(builder, node.attributes, convolve(builder, node, x, filter, bias)),
  },
  Conv2DBackpropInput: {
    shape: (_, attributes) => ({ shape: attributes.inputShape as Shape, dtype: 'float32' }),
    lower: (builder, node, { dy, filter }) => {
      const windows = geometry(node.attributes, node.shape, filter.shape);
      const turned = turnedConvolution(builder, dy, filter, windows);
      if (turned !== null) return turned;
      const operands = [builder.channelsFirst(dy), filterFor(builder, filter)];
      return { channelsFirst: builder.op('ConvTranspose', operands, { ...windowAttributes(windows), output_padding: uncovered(windows) }) };
    },
  },
  /**
   * Of few channels the windows as a matrix (slices of the padded image), one matrix product an image, summed over the
   * batch: three times as fast as ONNX Runtime's convolution over transposed tensors.
   */
  Conv2DBackpropFilter: {
    shape: (_, attributes) => ({ shape: attributes.filterShape as Shape, dtype: 'float32' }),
    lower: (builder, node, { x, dy }) => {
      const windows = geometry(node.attributes, x.shape, node.shape);
      const { batchSize, inChannels, outChannels, outHeight, outWidth } = windows;
      const blocked = blockedFilterGradient(builder, x, dy, windows);
      if (blocked !== null) return blocked;
      if (builder.channelBlock > 0 && inChannels >= manyChannels) return filterGradient(builder, x, dy, windows);
      const image = builder.padImage(builder.channelsFirst(x), paddingOf(windows), 0);
      const columns = joinedViews(builder, image, inChannels, batchSize, windows);
      const positions = outHeight * outWidth;
      const summed = (products: string) => builder.reduce('ReduceSum', products, [0], false);
      const isPlain = builder.hasPlain(dy);
      const gradients = isPlain
        ? builder.reshape(builder.get(dy), [batchSize, positions, outChannels])
        : builder.reshape(builder.channelsFirst(dy), [batchSize, outChannels, positions]);
      return builder.reshape(summed(builder.contributed('FusedMatMul', [columns, gradients], isPlain ? {} : { transB: 1 })), node.shape);
    },
  },
  DepthwiseConv2dNative: {
    shape: (inputs, attributes) => ({
      shape: geometry(attributes, inputs.x.shape, inputs.filter.shape, true).outShape,
      dtype: 'float32',
    }),
    lower: (builder, node, { x, filter }) => {
      const windows = geometry(node.attributes, x.shape, filter.shape, true);
      const operands = [builder.channelsFirst(x), depthwiseFilter(builder, filter)];
      return { channelsFirst: builder.op('Conv', operands, { ...windowAttributes(windows), group: windows.inChannels }) };
    },
  },
  DepthwiseConv2dNativeBackpropInput: {
    shape: (_, attributes) => ({ shape: attributes.inputShape as Shape, dtype: 'float32' }),
    lower: (builder, node, { dy, filter }) => {
      const windows = geometry(node.attributes, node.shape, filter.shape, true);
      const operands = [builder.channelsFirst(dy), depthwiseFilter(builder, filter)];
      const attributes = { ...windowAttributes(windows), group: windows.inChannels, output_padding: uncovered(windows) };
      return { channelsFirst: builder.op('ConvTranspose', operands, attributes) };
    },
  },
  DepthwiseConv2dNativeBackpropFilter: {
    shape: (_, attributes) => ({ shape: attributes.filterShape as Shape, dtype: 'float32' }),
    lower: (builder, node, { x, dy }) => {
      const windows = geometry(node.attributes, x.shape, node.shape, true);
      const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = windows;
      const times = outChannels / inChannels;
      const gradients = builder.reshape(builder.channelsFirst(dy), [batchSize, inChannels, times, outHeight, outWidth]);
      // For each place in the window: the image's view times the gradient, summed over batch and positions.
      const sums = views(builder, builder.padImage(builder.channelsFirst(x), paddingOf(windows), 0), windows).map((view) => {
        const image = builder.reshape(view, [batchSize, inChannels, 1, outHeight, outWidth]);
        return builder.reshape(builder.reduce('ReduceSum', builder.op('Mul', [image, gradients]), [0, 3, 4], false), [
          1,
          inChannels,
          times,
        ]);
      });
      return builder.reshape(sums.length === 1 ? sums[0] : builder.op('Concat', sums, { axis: 0 }), [
        filterHeight,
        filterWidth,
        inChannels,
        times,
      ]);
    },
  },
};
