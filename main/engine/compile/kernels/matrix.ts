/** Matrix products. */
import { tf } from '../../tfjs.ts';
import type { Attributes, Node, Typed } from '../graph.ts';
import type { OnnxBuilder } from '../onnx-builder.ts';
import { activated } from './activation.ts';
import type { Inputs, Kernels } from './kernel.ts';

function productType(inputs: Inputs, attributes: Attributes): Typed {
  const a = [...inputs.a.shape];
  const b = [...inputs.b.shape];
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  const rows = attributes.transposeA ? a[a.length - 1] : a[a.length - 2];
  const columns = attributes.transposeB ? b[b.length - 2] : b[b.length - 1];
  return { shape: [...batch, rows, columns], dtype: inputs.a.dtype };
}

/** tfjs wraps matrices in a batch of one; passes/unwrap-matrices takes that off again. */
function product(builder: OnnxBuilder, { attributes }: Node, a: Node, b: Node, bias?: Node): string {
  const flags = { transA: attributes.transposeA ? 1 : 0, transB: attributes.transposeB ? 1 : 0 };
  const operands = [builder.get(a), builder.get(b)];
  if (a.shape.length === 2 && b.shape.length === 2) return builder.op('Gemm', [...operands, ...(bias ? [builder.get(bias)] : [])], flags);
  const swapped = ({ shape }: Node) => [...shape.keys()].map((axis) => (axis < shape.length - 2 ? axis : 2 * shape.length - 3 - axis));
  const plain = (name: string, node: Node, turned: number) => (turned ? builder.transpose(name, swapped(node), node.shape) : name);
  const result = builder.standard
    ? builder.op('MatMul', [plain(operands[0], a, flags.transA), plain(operands[1], b, flags.transB)])
    : builder.contributed('FusedMatMul', operands, flags);
  return bias ? builder.op('Add', [result, builder.get(bias)]) : result;
}

export const matrix: Kernels = {
  BatchMatMul: { shape: productType, lower: (builder, node, { a, b }) => product(builder, node, a, b) },
  _FusedMatMul: {
    shape: productType,
    lower: (builder, node, { a, b, bias }) => activated(builder, node.attributes, product(builder, node, a, b, bias)),
  },
};
