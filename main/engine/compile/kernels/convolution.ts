/** Two-dimensional convolution, its gradients, and the depthwise one. One-dimensional ones come as images of height 1. */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../../tfjs.ts';
import type { Attributes, Node, Shape, Typed } from '../graph.ts';
import type { OnnxBuilder, Value } from '../onnx-builder.ts';
import { activated } from './activation.ts';
import type { Inputs, Kernels } from './kernel.ts';
import { paddingOf, uncovered, views, windowAttributes } from './windows.ts';

type Geometry = tf.backend_util.Conv2DInfo;

function geometry(attributes: Attributes, image: Shape, filter: Shape, depthwise = false): Geometry {
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
  const operands = [builder.channelsFirst(x), filterFor(builder, filter), ...(bias ? [builder.get(bias)] : [])];
  return { channelsFirst: builder.op('Conv', operands, windowAttributes(windows)) };
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
      const operands = [builder.channelsFirst(dy), filterFor(builder, filter)];
      return { channelsFirst: builder.op('ConvTranspose', operands, { ...windowAttributes(windows), output_padding: uncovered(windows) }) };
    },
  },
  /**
   * The windows as a matrix (slices of the padded image), one matrix product an image, summed over the batch: three
   * times as fast as ONNX Runtime's convolution over transposed tensors.
   */
  Conv2DBackpropFilter: {
    shape: (_, attributes) => ({ shape: attributes.filterShape as Shape, dtype: 'float32' }),
    lower: (builder, node, { x, dy }) => {
      const windows = geometry(node.attributes, x.shape, node.shape);
      const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = windows;
      const places = views(builder, builder.padImage(builder.channelsFirst(x), paddingOf(windows), 0), windows);
      const joined = places.length === 1 ? places[0] : builder.op('Concat', places, { axis: 1 });
      const columns = builder.reshape(joined, [batchSize, filterHeight * filterWidth * inChannels, outHeight * outWidth]);
      const gradients = builder.reshape(builder.channelsFirst(dy), [batchSize, outChannels, outHeight * outWidth]);
      const perImage = builder.contributed('FusedMatMul', [columns, gradients], { transB: 1 });
      return builder.reshape(builder.reduce('ReduceSum', perImage, [0], false), node.shape);
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
