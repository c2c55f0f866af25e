/** step(x) = step(relu(x)): where relu(x) is computed anyway, x itself need not be kept, and fuses into relu. */
import { makeNode, type Node, type Program, rewrite, sorted } from '../graph.ts';

export function reuseRelu(program: Program): Program {
  const rectified = new Set<Node>();
  for (const node of sorted(program)) if (node.op === 'Relu') rectified.add(node.inputs[0]);
  // One relu of each input, whichever of relu and step comes first.
  const relus = new Map<Node, Node>();
  const reluOf = (input: Node): Node => {
    const relu = relus.get(input) ?? makeNode('Relu', [input], input, { keys: ['x'] });
    relus.set(input, relu);
    return relu;
  };
  return rewrite(program, (node, before) => {
    if (node.op === 'Relu') return reluOf(node.inputs[0]);
    const reusable = node.op === 'Step' && !node.attributes.alpha && rectified.has(before.inputs[0]);
    return reusable ? { ...node, inputs: [reluOf(node.inputs[0])] } : node;
  });
}
