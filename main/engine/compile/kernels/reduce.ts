/** Kernels that reduce over axes. */
import { type Attributes, axesOf, type DataType, type Node, type Shape, sizeOf, type Typed } from '../graph.ts';
import type { OnnxBuilder, Value } from '../onnx-builder.ts';
import { first, type Inputs, type Kernel, type Kernels, like } from './kernel.ts';

/** Max alone calls its axes `reductionIndices`. */
const reducedAxes = (attributes: Attributes, rank: number) => axesOf(attributes.axis ?? attributes.reductionIndices, rank);

function reducedType(inputs: Inputs, attributes: Attributes, dtype?: DataType): Typed {
  const x = first(inputs);
  const axes = reducedAxes(attributes, x.shape.length);
  const shape = attributes.keepDims
    ? x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  return { shape, dtype: dtype ?? x.dtype };
}

/** Where each axis of a channels-last image is when its channels are first. */
const channelsFirstAxis = [0, 2, 3, 1];

/** Values from which on a sum over many rows is worth two. */
const manyValues = 65_536;
const mostColumns = 512;

/**
 * Sums or means over the first axes of few columns, in two: ONNX Runtime goes down one column after another, and is fast
 * where rows are long. Null where that does not apply.
 */
function lowerTall(builder: OnnxBuilder, op: string, name: string, shape: Shape, axes: readonly number[]): string | null {
  const isFirst = axes.length < shape.length && axes.every((axis) => axis < axes.length);
  const rows = sizeOf(shape.slice(0, axes.length));
  const columns = sizeOf(shape.slice(axes.length));
  if ((op !== 'ReduceSum' && op !== 'ReduceMean') || !isFirst || columns > mostColumns || rows * columns < manyValues) return null;
  let together = Math.floor(Math.sqrt(rows));
  while (rows % together > 0) together--;
  if (together < 8) return null;
  const folded = builder.reshape(name, [together, rows / together, columns]);
  return builder.reduce(op, builder.reduce(op, folded, [0], false), [0], false);
}

/** Sums or means of an image in blocks over its places, or over those and the batch; null where that does not apply. */
function lowerBlocked(builder: OnnxBuilder, op: string, x: Node, axes: readonly number[]): string | null {
  const over = axes.toSorted((a, b) => a - b).join();
  if ((op !== 'ReduceSum' && op !== 'ReduceMean') || x.shape.length !== 4 || !builder.hasBlocks(x)) return null;
  if (over !== '1,2' && over !== '0,1,2') return null;
  const [batch, blocks, height, width, block] = builder.blockedShape(x.shape);
  const pixels = builder.reshape(builder.inBlocks(x), [batch * blocks, height * width, block]);
  const perImage = builder.reshape(builder.reduce(op, pixels, [1], false), [batch, blocks * block]);
  return over === '1,2' ? perImage : builder.reduce(op, perImage, [0], false);
}

function lowerReduction(builder: OnnxBuilder, node: Node, op: string): Value {
  const x = node.inputs[0];
  const keep = node.attributes.keepDims === true;
  const axes = reducedAxes(node.attributes, x.shape.length);
  if (axes.length === 0) return builder.op('Identity', [builder.get(x)]);
  if (x.dtype === 'bool') return builder.reduce(op, builder.cast(builder.get(x), 'bool', node.dtype), axes, keep);
  const inBlocks = lowerBlocked(builder, op, x, axes);
  if (inBlocks !== null) return builder.reshape(inBlocks, node.shape);
  if (!builder.standard && (x.shape.length !== 4 || builder.hasPlain(x))) {
    const tall = lowerTall(builder, op, builder.get(x), x.shape, axes);
    if (tall !== null) return builder.reshape(tall, node.shape);
  }
  // An image that is there with its channels first only is reduced so, if what remains reads the same.
  const asIs = x.shape.length === 4 && builder.hasChannelsFirst(x) && !builder.hasPlain(x);
  if (!asIs || !(keep || (axes.includes(1) && axes.includes(2)))) return builder.reduce(op, builder.get(x), axes, keep);
  const moved = axes.map((axis) => channelsFirstAxis[axis]).sort((a, b) => a - b);
  const output = builder.reduce(op, builder.channelsFirst(x), moved, keep);
  return keep ? { channelsFirst: output } : output;
}

const reduction = (op: string, dtype?: DataType): Kernel => ({
  shape: (inputs, attributes) => reducedType(inputs, attributes, dtype),
  lower: (builder, node) => lowerReduction(builder, node, op),
});

/** Over booleans, as minimum or maximum of 0 and 1. */
const logical = (op: string): Kernel => ({
  shape: (inputs, attributes) => reducedType(inputs, attributes, 'bool'),
  lower: (builder, node) => {
    const x = node.inputs[0];
    const axes = reducedAxes(node.attributes, x.shape.length);
    return builder.cast(
      builder.reduce(op, builder.cast(builder.get(x), 'bool', 'int32'), axes, node.attributes.keepDims === true),
      'int32',
      'bool',
    );
  },
});

/** Index of the extreme value; of several, the first. */
const indexOf = (op: string): Kernel => ({
  shape: (inputs, { axis }) => reducedType(inputs, { axis }, 'int32'),
  lower: (builder, node) => {
    const x = node.inputs[0];
    const axis = axesOf(node.attributes.axis, x.shape.length)[0];
    return builder.cast(builder.op(op, [builder.get(x)], { axis, keepdims: 0 }), 'int64', 'int32');
  },
});

export const reduce: Kernels = {
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean', 'float32'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: indexOf('ArgMax'),
  ArgMin: indexOf('ArgMin'),
  Softmax: { shape: like, lower: (builder, node) => builder.op('Softmax', [builder.get(node.inputs[0])], { axis: -1 }) },
};
