/** A vector added to a convolution or matrix product that nothing else uses is that kernel's bias. */
import { countUses, type Node, type Program, rewrite } from '../graph.ts';

const fused: Readonly<Record<string, string>> = { Conv2D: 'FusedConv2D', BatchMatMul: '_FusedMatMul' };

export function fuseBias(program: Program): Program {
  const uses = countUses(program);
  return rewrite(program, (node, before) => {
    if (node.op !== 'Add') return node;
    const [product, bias] = node.inputs as [Node, Node];
    const kernel = fused[product.op];
    if (!kernel || uses.get(before.inputs[0]) !== 1) return node;
    const vector = bias.shape.length === 1 && bias.shape[0] === product.shape[product.shape.length - 1];
    if (!vector || (product.op === 'BatchMatMul' && product.shape.length !== 2)) return node;
    return { ...product, op: kernel, inputs: [...product.inputs, bias], keys: [...product.keys, 'bias'] };
  });
}
