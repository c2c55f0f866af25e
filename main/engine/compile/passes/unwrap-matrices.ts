/** tfjs wraps matrices in a batch of one to multiply them: multiply the matrices themselves. */
import { makeNode, type Node, type Program, rewrite, sizeOf } from '../graph.ts';

const isWrapped = ({ shape }: Node) => shape.length > 2 && sizeOf(shape.slice(0, -2)) === 1;

function unwrapped(node: Node): Node {
  return node.shape.length === 2 ? node : makeNode('Reshape', [node], { shape: node.shape.slice(-2), dtype: node.dtype }, { keys: ['x'] });
}

export function unwrapMatrices(program: Program): Program {
  return rewrite(program, (node) => {
    if (node.op !== 'BatchMatMul' && node.op !== '_FusedMatMul') return node;
    const [a, b, ...rest] = node.inputs as [Node, Node, ...Node[]];
    if (!isWrapped(a) || !isWrapped(b)) return node;
    const product = { ...node, inputs: [unwrapped(a), unwrapped(b), ...rest], shape: node.shape.slice(-2) };
    return makeNode('Reshape', [product], node, { keys: ['x'], attributes: { shape: node.shape } });
  });
}
