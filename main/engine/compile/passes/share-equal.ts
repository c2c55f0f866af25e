/** Nodes that compute the same from the same become one. */
import { type Node, type Program, rewrite } from '../graph.ts';

const longestCompared = 64;

export function shareEqual(program: Program): Program {
  const numbers = new Map<Node, number>();
  const known = new Map<string, Node>();
  return rewrite(program, (node) => {
    const keep = () => {
      if (!numbers.has(node)) numbers.set(node, numbers.size);
      return node;
    };
    if (node.op === 'input' || (node.values && node.values.length > longestCompared)) return keep();
    const inputs = node.inputs.map((input) => numbers.get(input));
    const key = JSON.stringify([
      node.op,
      inputs,
      node.keys,
      node.attributes,
      node.shape,
      node.dtype,
      node.values && Array.from(node.values, String),
    ]);
    const equal = known.get(key);
    if (equal) return equal;
    known.set(key, node);
    return keep();
  });
}
