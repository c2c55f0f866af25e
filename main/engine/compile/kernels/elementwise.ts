/** Kernels that compute each output element from the elements at its place, with broadcasting. */
import { tf } from '../../tfjs.ts';
import { type DataType, type Node, sameShape, sizeOf } from '../graph.ts';
import type { Elementwise, OnnxBuilder, Value } from '../onnx-builder.ts';
import { first, type Inputs, type Kernel, type Kernels, like, typeOf } from './kernel.ts';

type Emit = (builder: OnnxBuilder, operands: readonly string[], node: Node, context: Elementwise) => string;

function unary(emit: Emit, shape: Kernel['shape'] = like): Kernel {
  return {
    shape,
    lower: (builder, node) => builder.elementwise(node, node.inputs, (context) => emit(builder, context.operands, node, context)),
  };
}

/** The output has the operands' common shape, and the first one's type unless another is given. */
function broadcasting(emit: Emit, dtype?: DataType): Kernel {
  return unary(emit, (inputs: Inputs) => {
    const [a, b] = Object.values(inputs) as [Node, Node];
    return { shape: tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]), dtype: dtype ?? a.dtype };
  });
}

/** An image in blocks and what it is scaled or shifted by, a number a channel; null where that is not what is computed. */
function perChannelOperands(builder: OnnxBuilder, node: Node): { image: Node; vector: Node } | null {
  if (!builder.isBlockable(node) || !['Add', 'Sub', 'Multiply'].includes(node.op)) return null;
  const channels = node.shape[3];
  const isVector = ({ shape, dtype }: Node) => dtype === 'float32' && sizeOf(shape) === channels && shape[shape.length - 1] === channels;
  const isImage = (input: Node) => sameShape(input.shape, node.shape) && builder.hasBlocks(input);
  const [a, b] = node.inputs as [Node, Node];
  if (isImage(a) && isVector(b)) return { image: a, vector: b };
  return isImage(b) && isVector(a) && node.op !== 'Sub' ? { image: b, vector: a } : null;
}

/** What an image in blocks is scaled and then shifted by. */
interface Scaling {
  readonly image: Node;
  readonly scale: string | null;
  readonly shift?: string;
}

/** A product and a sum after it are one. */
function scalingOf(builder: OnnxBuilder, node: Node): Scaling | null {
  const operands = perChannelOperands(builder, node);
  if (!operands) return null;
  const { image, vector } = operands;
  if (node.op === 'Multiply') return { image, scale: builder.get(vector) };
  const shift = node.op === 'Sub' ? builder.op('Neg', [builder.get(vector)]) : builder.get(vector);
  const product = image.op === 'Multiply' ? perChannelOperands(builder, image) : null;
  return product ? { image: product.image, scale: builder.get(product.vector), shift } : { image, scale: null, shift };
}

/** Scales and shifts an image in blocks, and adds another to it. */
function scaledBlocks(builder: OnnxBuilder, node: Node): Value | null {
  const own = scalingOf(builder, node);
  if (own) return { blocked: builder.scaleBlocks(own.image, own.scale, own.shift) };
  if (node.op !== 'Add' || !node.inputs.every((input) => sameShape(input.shape, node.shape) && builder.hasBlocks(input))) return null;
  for (const [index, input] of node.inputs.entries()) {
    const scaled = input.op === 'Add' ? scalingOf(builder, input) : null;
    if (scaled?.shift) return { blocked: builder.scaleBlocks(scaled.image, scaled.scale, scaled.shift, node.inputs[1 - index]) };
  }
  return null;
}

const scaling = (kernel: Kernel): Kernel => ({
  ...kernel,
  lower: (builder, node, inputs) => scaledBlocks(builder, node) ?? kernel.lower(builder, node, inputs),
});

const operator =
  (op: string): Emit =>
  (builder, operands) =>
    builder.op(op, operands);

const square = (builder: OnnxBuilder, x: string) => builder.op('Mul', [x, x]);

/** 1 where x > 0, `alpha` elsewhere. */
const step: Emit = (builder, [x], node) => {
  const positive = builder.op('Greater', [x, builder.scalar(0)]);
  const alpha = (node.attributes.alpha as number | undefined) ?? 0;
  return alpha === 0
    ? builder.cast(positive, 'bool', 'float32')
    : builder.op('Where', [positive, builder.scalar(1), builder.scalar(alpha)]);
};

const unaryOperators: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Asin: 'Asin',
  Atan: 'Atan',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Elu: 'Elu',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Identity: 'Identity',
  Log: 'Log',
  LogicalNot: 'Not',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
};

const binaryOperators: Readonly<Record<string, string>> = {
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
  Prelu: 'PRelu',
  RealDiv: 'Div',
};

const comparisons: Readonly<Record<string, string>> = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
};

export const elementwise: Kernels = {
  ...Object.fromEntries(Object.entries(unaryOperators).map(([kernel, op]) => [kernel, unary(operator(op))])),
  ...Object.fromEntries(Object.entries(binaryOperators).map(([kernel, op]) => [kernel, broadcasting(operator(op))])),
  ...Object.fromEntries(Object.entries(comparisons).map(([kernel, op]) => [kernel, broadcasting(operator(op), 'bool')])),
  Add: scaling(broadcasting(operator('Add'))),
  Multiply: scaling(broadcasting(operator('Mul'))),
  Sub: scaling(broadcasting(operator('Sub'))),
  NotEqual: broadcasting((builder, operands) => builder.op('Not', [builder.op('Equal', operands)]), 'bool'),
  Square: unary((builder, [x]) => square(builder, x)),
  SquaredDifference: broadcasting((builder, operands) => square(builder, builder.op('Sub', operands))),
  FloorDiv: broadcasting((builder, operands, node) => {
    const quotient = builder.op('Div', operands);
    return node.dtype === 'int32' ? quotient : builder.op('Floor', [quotient]);
  }),
  Rsqrt: unary((builder, [x]) => builder.op('Reciprocal', [builder.op('Sqrt', [x])])),
  Expm1: unary((builder, [x]) => builder.op('Sub', [builder.op('Exp', [x]), builder.scalar(1)])),
  Log1p: unary((builder, [x]) => builder.op('Log', [builder.op('Add', [x, builder.scalar(1)])])),
  Relu6: unary((builder, [x]) => builder.op('Clip', [x, builder.scalar(0), builder.scalar(6)])),
  LeakyRelu: unary((builder, [x], node) => builder.op('LeakyRelu', [x], { alpha: { float: node.attributes.alpha as number } })),
  ClipByValue: unary((builder, [x], { attributes }) =>
    builder.op('Clip', [x, builder.scalar(attributes.clipValueMin as number), builder.scalar(attributes.clipValueMax as number)]),
  ),
  IsNan: unary(
    (builder, [x]) => builder.op('IsNaN', [x]),
    (inputs) => ({ shape: first(inputs).shape, dtype: 'bool' }),
  ),
  Cast: unary(
    (builder, [x], node) => builder.cast(x, node.inputs[0].dtype, node.dtype),
    (inputs, attributes) => ({ shape: first(inputs).shape, dtype: attributes.dtype as DataType }),
  ),
  Step: unary(step),
  /** Gradient of elu from its output y: dy where y ≥ 0, else dy · (y + 1). */
  EluGrad: unary((builder, [dy, y]) =>
    builder.op('Where', [
      builder.op('GreaterOrEqual', [y, builder.scalar(0)]),
      dy,
      builder.op('Mul', [dy, builder.op('Add', [y, builder.scalar(1)])]),
    ]),
  ),
  Select: unary(
    (builder, operands) => builder.op('Where', operands),
    (inputs) => typeOf(inputs.t),
  ),
  AddN: unary((builder, operands) => builder.op('Sum', operands)),
};
