/** Kernels that move elements without computing anything. */
import { tf } from '../../tfjs.ts';
import { type Attributes, axesOf, type Node, type Shape, sizeOf } from '../graph.ts';
import { first, type Inputs, type Kernel, type Kernels, like } from './kernel.ts';

const reshaped: Kernel['lower'] = (builder, node) => builder.reshape(builder.get(node.inputs[0]), node.shape);
const axisOf = (attributes: Attributes, rank: number) => axesOf(attributes.axis, rank)[0];

function splitSizes(inputs: Inputs, attributes: Attributes): { sizes: number[]; axis: number } {
  const x = inputs.x;
  const axis = axisOf(attributes, x.shape.length);
  const wanted = attributes.numOrSizeSplits as number | number[];
  return { sizes: tf.backend_util.prepareSplitSize(x as unknown as tf.Tensor, wanted, axis), axis };
}

/** Along which axis values are put one after another. */
const packAxis = (attributes: Attributes, rank: number) =>
  (attributes.axis as number) < 0 ? (attributes.axis as number) + rank : (attributes.axis as number);

export const shape: Kernels = {
  Reshape: {
    shape: (inputs, attributes) => {
      const x = first(inputs);
      return { shape: tf.util.inferFromImplicitShape([...(attributes.shape as Shape)], sizeOf(x.shape)), dtype: x.dtype };
    },
    lower: reshaped,
  },
  ExpandDims: {
    shape: (inputs, attributes) => {
      const x = first(inputs);
      const at = attributes.dim as number;
      const widened = [...x.shape];
      widened.splice(at < 0 ? at + x.shape.length + 1 : at, 0, 1);
      return { shape: widened, dtype: x.dtype };
    },
    lower: reshaped,
  },
  Transpose: {
    shape: (inputs, attributes) => {
      const x = first(inputs);
      return { shape: (attributes.perm as number[]).map((axis) => x.shape[axis]), dtype: x.dtype };
    },
    lower: (builder, node) => builder.transpose(builder.get(node.inputs[0]), node.attributes.perm as number[], node.inputs[0].shape),
  },
  Tile: {
    shape: (inputs, attributes) => {
      const x = first(inputs);
      return { shape: x.shape.map((length, axis) => length * (attributes.reps as number[])[axis]), dtype: x.dtype };
    },
    lower: (builder, node) => builder.op('Tile', [builder.get(node.inputs[0]), builder.integers(node.attributes.reps as number[])]),
  },
  Concat: {
    shape: (inputs, attributes) => {
      const all = Object.values(inputs);
      const joined = [...all[0].shape];
      const axis = axisOf(attributes, joined.length);
      joined[axis] = all.reduce((total, { shape: each }) => total + each[axis], 0);
      return { shape: joined, dtype: all[0].dtype };
    },
    lower: (builder, node) =>
      builder.op(
        'Concat',
        node.inputs.map((input) => builder.get(input)),
        { axis: axisOf(node.attributes, node.shape.length) },
      ),
  },
  Pack: {
    shape: (inputs, attributes) => {
      const all = Object.values(inputs);
      const packed = [...all[0].shape];
      packed.splice(packAxis(attributes, packed.length + 1), 0, all.length);
      return { shape: packed, dtype: all[0].dtype };
    },
    lower: (builder, node) => {
      const axis = packAxis(node.attributes, node.shape.length);
      const single = node.shape.map((length, index) => (index === axis ? 1 : length));
      return builder.op(
        'Concat',
        node.inputs.map((input) => builder.reshape(builder.get(input), single)),
        { axis },
      );
    },
  },
  Unpack: {
    shape: (inputs, attributes) => {
      const x = inputs.value;
      const axis = axisOf(attributes, x.shape.length);
      const single = { shape: x.shape.filter((_, index) => index !== axis), dtype: x.dtype };
      return Array.from({ length: x.shape[axis] }, () => single);
    },
    lower: (builder, node) => {
      const x = node.inputs[0];
      const outputs = node.outputs!;
      const parts = builder.split(
        builder.get(x),
        outputs.map(() => 1),
        axisOf(node.attributes, x.shape.length),
      );
      return parts.map((part) => builder.reshape(part, outputs[0].shape));
    },
  },
  SplitV: {
    shape: (inputs, attributes) => {
      const { sizes, axis } = splitSizes(inputs, attributes);
      const x = inputs.x;
      return sizes.map((size) => ({ shape: x.shape.map((length, index) => (index === axis ? size : length)), dtype: x.dtype }));
    },
    lower: (builder, node, inputs) => {
      const { sizes, axis } = splitSizes(inputs, node.attributes);
      return builder.split(builder.get(node.inputs[0]), sizes, axis);
    },
  },
  Slice: {
    shape: (inputs, attributes) => {
      const x = first(inputs);
      const begin = attributes.begin as number[];
      return {
        shape: (attributes.size as number[]).map((size, axis) => (size < 0 ? x.shape[axis] - begin[axis] : size)),
        dtype: x.dtype,
      };
    },
    lower: (builder, node) => {
      const begin = node.attributes.begin as number[];
      return builder.slice(
        builder.get(node.inputs[0]),
        begin,
        begin.map((start, axis) => start + node.shape[axis]),
      );
    },
  },
  StridedSlice: {
    shape: (inputs, attributes) => ({ shape: stridedSliceOf(first(inputs), attributes).finalShape, dtype: first(inputs).dtype }),
    lower: (builder, node) => {
      const x = node.inputs[0];
      const { begin, end, strides } = stridedSliceOf(x, node.attributes);
      return builder.reshape(builder.slice(builder.get(x), begin, end, undefined, strides), node.shape);
    },
  },
  PadV2: {
    shape: (inputs, attributes) => {
      const x = first(inputs);
      const paddings = attributes.paddings as [number, number][];
      return { shape: x.shape.map((length, axis) => length + paddings[axis][0] + paddings[axis][1]), dtype: x.dtype };
    },
    lower: (builder, node) => {
      const paddings = node.attributes.paddings as [number, number][];
      const around = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
      return builder.op('Pad', [
        builder.get(node.inputs[0]),
        builder.integers(around),
        builder.scalar((node.attributes.constantValue as number | undefined) ?? 0, node.dtype),
      ]);
    },
  },
  Reverse: {
    shape: like,
    lower: (builder, node) => {
      const axes = axesOf(node.attributes.dims, node.shape.length);
      const all = (value: number) => axes.map(() => value);
      return builder.slice(builder.get(node.inputs[0]), all(-1), all(-(2 ** 31)), axes, all(-1));
    },
  },
};

function stridedSliceOf(x: Node, attributes: Attributes): { begin: number[]; end: number[]; strides: number[]; finalShape: number[] } {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes as {
    begin: number[];
    end: number[];
    strides: number[];
    beginMask: number;
    endMask: number;
    ellipsisMask: number;
    newAxisMask: number;
    shrinkAxisMask: number;
  };
  const info = tf.slice_util.sliceInfo([...x.shape], begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);
  // tfjs means "before the first element" by −1 where a stride is negative; ONNX reads −1 as the last one.
  const ends = info.end.map((value, axis) => (info.strides[axis] < 0 && value < 0 ? -(2 ** 31) : value));
  return { begin: info.begin, end: ends, strides: info.strides, finalShape: info.finalShape };
}
