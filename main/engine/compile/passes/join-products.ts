/**
 * A weight that is used at each of a sequence's steps has a gradient that is a sum of as many products, AᵗB + CᵗD + …:
 * one product of what is put one below the other, (A; C; …)ᵗ (B; D; …). A bias' sums over rows are joined likewise.
 */
import { axesOf, countUses, makeNode, type Node, type Program, rewrite, sameShape } from '../graph.ts';

/** Fewer are not worth copying what they are made of. */
const fewest = 3;
/** Nor are such as are large themselves. */
const mostRows = 1024;

function isProduct({ op, attributes, inputs }: Node): boolean {
  if (op !== 'BatchMatMul' || attributes.transposeA !== true || attributes.transposeB === true) return false;
  return inputs.every(({ shape }) => shape.length === 2 && shape[0] <= mostRows);
}

function isRowSum({ op, attributes, inputs: [x] }: Node): boolean {
  return (
    op === 'Sum' &&
    !attributes.keepDims &&
    x.dtype === 'float32' &&
    x.shape.length === 2 &&
    x.shape[0] <= mostRows &&
    axesOf(attributes.axis, 2).join() === '0'
  );
}

const below = (nodes: readonly Node[]): Node => {
  const rows = nodes.reduce((total, { shape }) => total + shape[0], 0);
  const keys = nodes.map((_, index) => String(index));
  return makeNode('Concat', nodes, { shape: [rows, nodes[0].shape[1]], dtype: 'float32' }, { keys, attributes: { axis: 0 } });
};

export function joinProducts(program: Program): Program {
  const uses = countUses(program);
  const isPart = (node: Node, whole: Node) => node.op === 'Add' && uses.get(node) === 1 && sameShape(node.shape, whole.shape);
  /** Of a sum of sums: what is added in the end. */
  const termsOf = (sum: Node): Node[] => {
    const terms: Node[] = [];
    const waiting = [...sum.inputs].reverse();
    while (waiting.length > 0) {
      const node = waiting.pop()!;
      if (isPart(node, sum)) waiting.push(...[...node.inputs].reverse());
      else terms.push(node);
    }
    return terms;
  };
  const inner = new Set<Node>();
  const joined = new Map<Node, Node[][]>();
  const order = [...uses.keys()];
  // Outermost sums come last.
  for (const node of order.filter(({ op }) => op === 'Add').reverse()) {
    if (inner.has(node) || node.dtype !== 'float32') continue;
    const terms = termsOf(node);
    const mark = (sum: Node): void => {
      const waiting = [sum];
      while (waiting.length > 0) {
        for (const input of waiting.pop()!.inputs) {
          if (!isPart(input, node)) continue;
          inner.add(input);
          waiting.push(input);
        }
      }
    };
    mark(node);
    const fits = (term: Node) => uses.get(term) === 1 && sameShape(term.shape, node.shape);
    const products = terms.filter((term) => fits(term) && isProduct(term));
    const sums = terms.filter((term) => fits(term) && isRowSum(term));
    const groups = [products, sums].filter((group) => group.length >= fewest);
    if (groups.length > 0) joined.set(node, groups.length === 2 ? [products, sums] : groups);
  }
  if (joined.size === 0) return program;
  const made = new Map<Node, Node>();
  return rewrite(program, (node, before) => {
    made.set(before, node);
    const groups = joined.get(before);
    if (!groups) return node;
    const changed = (term: Node) => made.get(term)!;
    const wholes = groups.map((group): Node => {
      const operands = group.map((term) => changed(term).inputs);
      const columns = operands[0].map((_, place) => below(operands.map((inputs) => inputs[place])));
      return { ...changed(group[0]), inputs: columns };
    });
    const taken = new Set(groups.flat());
    const rest = termsOf(before)
      .filter((term) => !taken.has(term))
      .map(changed);
    return [...wholes, ...rest].reduce((total, term) => makeNode('Add', [total, term], node, { keys: ['a', 'b'] }));
  });
}
