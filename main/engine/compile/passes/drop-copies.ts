/** Identities, and casts and reshapes that change nothing, are their input; a reshape of a reshape is one reshape. */
import { type Node, type Program, rewrite, sameShape } from '../graph.ts';

export function dropCopies(program: Program): Program {
  return rewrite(program, (node) => {
    const input = node.inputs[0];
    if (!input) return node;
    if ((node.op === 'Reshape' || node.op === 'ExpandDims') && (input.op === 'Reshape' || input.op === 'ExpandDims')) {
      const source: Node = input.inputs[0];
      return sameShape(source.shape, node.shape)
        ? source
        : { ...node, op: 'Reshape', keys: ['x'], attributes: { shape: node.shape }, inputs: [source] };
    }
    const copies = node.op === 'Identity' || node.op === 'Cast' || node.op === 'Reshape' || node.op === 'ExpandDims';
    return copies && node.dtype === input.dtype && sameShape(node.shape, input.shape) ? input : node;
  });
}
