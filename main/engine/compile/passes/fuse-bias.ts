/** A vector added to a convolution or matrix product that nothing else uses is that kernel's bias; so is a matrix added to a product. */
import { countUses, type Node, type Program, rewrite, sameShape } from '../graph.ts';

const fused: Readonly<Record<string, string>> = { Conv2D: 'FusedConv2D', BatchMatMul: '_FusedMatMul' };

export function fuseBias(program: Program): Program {
  const uses = countUses(program);
  return rewrite(program, (node, before) => {
    if (node.op !== 'Add') return node;
    const [product, bias] = node.inputs as [Node, Node];
    const kernel = fused[product.op];
    if (!kernel || uses.get(before.inputs[0]) !== 1) return node;
    const vector = bias.shape.length === 1 && bias.shape[0] === product.shape[product.shape.length - 1];
    const isProduct = product.op === 'BatchMatMul';
    if (isProduct ? product.shape.length !== 2 || !(vector || sameShape(bias.shape, product.shape)) : !vector) return node;
    return { ...product, op: kernel, inputs: [...product.inputs, bias], keys: [...product.keys, 'bias'] };
  });
}
