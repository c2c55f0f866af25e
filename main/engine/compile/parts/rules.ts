/**
 * How each kernel computes a part of what it would compute of a whole batch: which axis of its output is the batch's when
 * one of each input is, and where it adds up over the batch, so that the parts' outputs add up to the whole.
 */
import { type Attributes, axesOf, type Node, type Shape } from '../graph.ts';
import { elementwise } from '../kernels/elementwise.ts';

/** The axis that the batch lies along; null where the value is the same for all parts. */
type Axis = number | null;

export interface Outcome {
  /** Of the output; `sum`: the parts' outputs add up to it. */
  readonly axis: number | 'sum';
  /** Where they are not the whole's. */
  readonly attributes?: Attributes;
  /** Inputs the same for all parts, along the axis of each of which only as much as a part has is wanted. */
  readonly cuts?: ReadonlyMap<number, number>;
  /** The output is a mean: of parts, it is to be divided by their number. */
  readonly isMean?: boolean;
}

/** Null where a part alone cannot be computed. At least one of the axes is not null. */
export type Rule = (node: Node, axes: readonly Axis[], parts: number) => Outcome | null;

const at = (axis: number | null | undefined): Outcome | null => (axis === null || axis === undefined ? null : { axis });

/** The axis that all inputs but those that are the same for all parts have in common. */
function common(axes: readonly Axis[]): Axis {
  const [axis, ...others] = axes.filter((each) => each !== null);
  return others.every((other) => other === axis) ? axis : null;
}

/** A shape of which each part has as much along the axis. */
export const dividedBy = (shape: Shape, axis: number, parts: number): Shape =>
  shape.map((length, index) => (index === axis ? length / parts : length));

/** Operands' shapes are aligned at their ends. */
const broadcasting: Rule = (node, axes) => {
  const rank = node.shape.length;
  const aligned = axes.map((axis, index) => (axis === null ? null : axis + rank - node.inputs[index].shape.length));
  const axis = common(aligned);
  if (axis === null) return null;
  const cuts = new Map<number, number>();
  for (const [index, { shape }] of node.inputs.entries()) {
    const own = axis - (rank - shape.length);
    if (axes[index] === null && own >= 0 && shape[own] > 1) cuts.set(index, own);
  }
  return { axis, cuts };
};

const notLast: Rule = (node, axes, parts) => {
  const outcome = broadcasting(node, axes, parts);
  return outcome?.axis === node.shape.length - 1 ? null : outcome;
};

function reduction(combines: 'sum' | 'mean' | 'no'): Rule {
  return (node, [axis]) => {
    const rank = node.inputs[0].shape.length;
    const over = axesOf(node.attributes.axis ?? node.attributes.reductionIndices, rank);
    if (axis === null) return null;
    if (over.includes(axis)) return combines === 'no' ? null : { axis: 'sum', isMean: combines === 'mean' };
    return at(node.attributes.keepDims ? axis : axis - over.filter((each) => each < axis).length);
  };
}

/** Parts follow one another in memory before and after: the axis that has as much before it. */
const reshaped: Rule = (node, [axis], parts) => {
  const size = (shape: Shape) => shape.reduce((product, length) => product * length, 1);
  const { shape } = node.inputs[0];
  if (axis === null) return null;
  const before = size(shape.slice(0, axis));
  const found = node.shape.findIndex((length, index) => size(node.shape.slice(0, index)) === before && length > 1);
  if (found < 0 || node.shape[found] % parts > 0) return null;
  return { axis: found, attributes: { ...node.attributes, shape: dividedBy(node.shape, found, parts) } };
};

/** All inputs alike along the axis, which is not the one that is worked along. */
function along(workedOf: (node: Node) => number, isPacking = false): Rule {
  return (node, axes) => {
    const axis = common(axes);
    const worked = workedOf(node);
    if (axis === null || (!isPacking && axis === worked)) return null;
    const cuts = new Map(axes.flatMap((each, index) => (each === null ? [[index, axis] as const] : [])));
    return { axis: isPacking && axis >= worked ? axis + 1 : axis, cuts };
  };
}

const axisOf = ({ attributes, inputs }: Node, rank = inputs[0].shape.length) => axesOf(attributes.axis, rank)[0];

const product: Rule = (node, axes) => {
  const [a, b] = node.inputs as [Node, Node];
  const { transposeA, transposeB } = node.attributes;
  const rank = node.shape.length;
  const [left, right, ...others] = axes;
  if (others.some((axis) => axis !== null)) return null;
  const isPlain = node.op === 'BatchMatMul';
  const role = (axis: Axis | undefined, { shape }: Node, isTurned: boolean, outer: number): 'outer' | 'inner' | 'batch' | null => {
    if (axis === null || axis === undefined) return null;
    if (axis < shape.length - 2) return 'batch';
    return axis === shape.length - (isTurned ? 3 - outer : outer) ? 'outer' : 'inner';
  };
  const ofLeft = role(left, a, transposeA === true, 2);
  const ofRight = role(right, b, transposeB === true, 1);
  if (ofLeft === 'inner' || ofRight === 'inner') {
    const inner = [a.shape.length - (transposeA ? 2 : 1), b.shape.length - (transposeB ? 1 : 2)];
    const isInner = [ofLeft, ofRight].every((each) => each === null || each === 'inner');
    const cuts = new Map([left, right].flatMap((axis, index) => (axis === null ? [[index, inner[index]] as const] : [])));
    return isPlain && isInner ? { axis: 'sum', cuts } : null;
  }
  if (ofLeft === 'outer' && ofRight === null) return at(rank - 2);
  if (ofLeft === null && ofRight === 'outer') return isPlain ? at(rank - 1) : null;
  // Of many matrices each by itself.
  const batches = [left, right].map((axis, index) => (axis === null ? null : axis + rank - node.inputs[index].shape.length));
  const axis = common(batches);
  const isBatch = [ofLeft, ofRight].every((each) => each === null || each === 'batch');
  if (!isBatch || axis === null) return null;
  const whole = [left, right].findIndex((each) => each === null);
  const own = whole < 0 ? -1 : axis - (rank - node.inputs[whole].shape.length);
  return own >= 0 && node.inputs[whole].shape[own] > 1 ? null : at(axis);
};

/** Images, one after another, are the first axis of the given inputs; what else there is is the same for all. */
const ofImages =
  (count: number): Rule =>
  (node, axes, parts) => {
    const fits = axes.every((axis, index) => (index < count ? axis === 0 : axis === null));
    if (!fits) return null;
    const { inputShape } = node.attributes as { inputShape?: Shape };
    return { axis: 0, ...(inputShape && { attributes: { ...node.attributes, inputShape: dividedBy(inputShape, 0, parts) } }) };
  };

/** A filter's gradient, from images and gradients of what was made of them. */
const overImages: Rule = (_, axes) => {
  if (axes.some((axis) => axis !== null && axis !== 0)) return null;
  return { axis: 'sum', cuts: new Map(axes.flatMap((axis, index) => (axis === null ? [[index, 0] as const] : []))) };
};

const strided: Rule = (node, [axis], parts) => {
  const { begin, end, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = node.attributes as Record<string, number> & {
    begin: number[];
    end: number[];
    strides: number[];
  };
  const { shape } = node.inputs[0];
  const { strides } = node.attributes as { strides: number[] };
  if (axis === null || ellipsisMask || newAxisMask) return null;
  const isMasked = (mask: number, index: number) => ((mask >> index) & 1) === 1;
  if (axis < begin.length) {
    const isWhole =
      (isMasked(beginMask, axis) || begin[axis] === 0) &&
      (isMasked(endMask, axis) || end[axis] >= shape[axis]) &&
      strides[axis] === 1 &&
      !isMasked(shrinkAxisMask, axis);
    if (!isWhole) return null;
  }
  const gone = begin.filter((_, index) => index < axis && isMasked(shrinkAxisMask, index)).length;
  const ends = end.map((value, index) => (index === axis && !isMasked(endMask, index) ? shape[axis] / parts : value));
  return { axis: axis - gone, attributes: { ...node.attributes, end: ends } };
};

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.keys(elementwise).map((op) => [op, broadcasting])),
  Softmax: notLast,
  FusedBatchNorm: (node, axes, parts) => (axes.slice(1).every((axis) => axis === null) ? notLast(node, axes, parts) : null),
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  ...Object.fromEntries(['Max', 'Min', 'Prod', 'All', 'Any', 'ArgMax', 'ArgMin'].map((op) => [op, reduction('no')])),
  Reshape: reshaped,
  ExpandDims: (node, axes, parts) => {
    const outcome = reshaped(node, axes, parts);
    return outcome && { axis: outcome.axis };
  },
  Transpose: (node, [axis]) => at((node.attributes.perm as number[]).indexOf(axis!)),
  Tile: (node, [axis]) => ((node.attributes.reps as number[])[axis!] === 1 ? at(axis) : null),
  Concat: along((node) => axisOf(node)),
  Pack: along((node) => axisOf(node, node.shape.length), true),
  Unpack: (node, [axis]) => {
    const worked = axisOf(node);
    return axis === worked ? null : at(axis! > worked ? axis! - 1 : axis);
  },
  SplitV: (node, [axis]) => (axis === axisOf(node) ? null : at(axis)),
  Slice: (node, [axis], parts) => {
    const { begin, size } = node.attributes as { begin: number[]; size: number[] };
    const length = node.inputs[0].shape[axis!];
    if (begin[axis!] !== 0 || (size[axis!] >= 0 && size[axis!] !== length)) return null;
    return { axis: axis!, attributes: { ...node.attributes, size: size.map((each, index) => (index === axis ? length / parts : each)) } };
  },
  StridedSlice: strided,
  PadV2: (node, [axis]) => ((node.attributes.paddings as number[][])[axis!].every((length) => length === 0) ? at(axis) : null),
  Reverse: (node, [axis]) => (axesOf(node.attributes.dims, node.shape.length).includes(axis!) ? null : at(axis)),
  OneHot: (_, [axis]) => at(axis),
  GatherV2: (node, [ofRows, ofIndices]) => {
    const worked = axisOf(node);
    if (ofRows === null) return at(worked + ofIndices!);
    if (ofIndices !== null || ofRows === worked) return null;
    return at(ofRows < worked ? ofRows : ofRows + node.inputs[1].shape.length - 1);
  },
  UnsortedSegmentSum: (_, [ofRows, ofIds]) => {
    if (ofRows === 0) return ofIds === 0 ? { axis: 'sum' } : null;
    return ofIds === null ? at(ofRows) : null;
  },
  BatchMatMul: product,
  _FusedMatMul: product,
  ...Object.fromEntries(['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'MaxPool', 'AvgPool'].map((op) => [op, ofImages(1)])),
  ...Object.fromEntries(['Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput'].map((op) => [op, ofImages(1)])),
  ...Object.fromEntries(['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'].map((op) => [op, overImages])),
  MaxPoolGrad: ofImages(3),
  AvgPoolGrad: ofImages(2),
};

export const ruleOf = (op: string): Rule | undefined => (Object.hasOwn(rules, op) ? rules[op] : undefined);

/** Whether the kernel of the sums of parts is the sum of the kernel of each: with one such input, or all. */
export function isLinear({ op, attributes }: Node, isSum: readonly boolean[]): boolean {
  switch (op) {
    case 'Identity':
    case 'Neg':
    case 'Reshape':
    case 'ExpandDims':
    case 'Transpose':
    case 'Slice':
    case 'StridedSlice':
    case 'SplitV':
    case 'Unpack':
    case 'Reverse':
    case 'Tile':
    case 'Sum':
    case 'Mean':
      return true;
    case 'PadV2':
      return ((attributes.constantValue as number | undefined) ?? 0) === 0;
    case 'Add':
    case 'Sub':
    case 'AddN':
    case 'Concat':
    case 'Pack':
      return isSum.every(Boolean);
    case 'Multiply':
      return isSum.filter(Boolean).length === 1;
    case 'RealDiv':
      return isSum[0] && !isSum[1];
    default:
      return false;
  }
}
