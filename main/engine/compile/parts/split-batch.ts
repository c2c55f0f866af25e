/**
 * A program over a batch as one program that computes the same of a part of it, and what becomes of the parts' outputs:
 * each thread then has samples of its own from the first operator to the last, where otherwise all wait for each other
 * after each.
 */
import { makeNode, type Node, type Program, sizeOf, sorted, type Typed } from '../graph.ts';
import { kernels } from '../kernels/index.ts';
import { dividedBy, isLinear, ruleOf } from './rules.ts';

export interface BatchParts {
  readonly count: number;
  /** What each part computes: its inputs are those of the program, and its outputs are to be added up. */
  readonly part: Program;
  /** Inputs of which each part has its own samples, which are the first axis. The others are the same for all. */
  readonly divided: ReadonlySet<string>;
  /** Outputs computed from the sums, which are inputs under the names of the parts' outputs; null where there are none. */
  readonly after: Program | null;
}

/** A node as a part has it, and how that makes the whole. */
interface Part {
  readonly node: Node;
  /** `same`: each part has all of it. A number: one part after another along this axis. `sum`: the parts' sum. */
  readonly spread: 'same' | 'sum' | number;
}

/** Computed from sums, once these are there. */
type Spread = Part | 'after';

const outputName = (index: number) => `sum/${index}`;

/** The value that all elements have, if it is known. */
function createUniform(): (node: Node) => number | null {
  const known = new Map<Node, number | null>();
  const valueOf = (node: Node): number | null => {
    const inputs = () => node.inputs.map(uniform);
    switch (node.op) {
      case 'constant':
        return node.values!.length > 0 && node.values!.every((value) => value === node.values![0]) ? node.values![0] : null;
      case 'ZerosLike':
        return 0;
      case 'OnesLike':
        return 1;
      case 'Fill':
        return node.attributes.value as number;
      case 'Reshape':
      case 'ExpandDims':
      case 'Identity':
      case 'Transpose':
      case 'Tile':
      case 'Slice':
      case 'Mean':
      case 'SplitV':
      case 'Unpack':
      case 'output':
        return inputs()[0];
      case 'Cast':
        return node.dtype === 'bool' ? null : inputs()[0];
      case 'Neg': {
        const [x] = inputs();
        return x === null ? null : -x;
      }
      case 'Sum': {
        const [x] = inputs();
        return x === null ? null : Math.fround((x * sizeOf(node.inputs[0].shape)) / sizeOf(node.shape));
      }
      case 'Add':
      case 'Sub':
      case 'Multiply':
      case 'RealDiv': {
        const [a, b] = inputs();
        if (a === null || b === null || node.dtype !== 'float32') return null;
        return Math.fround({ Add: a + b, Sub: a - b, Multiply: a * b, RealDiv: a / b }[node.op]);
      }
      default:
        return null;
    }
  };
  const uniform = (node: Node): number | null => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const value = valueOf(node);
    known.set(node, value);
    return value;
  };
  return uniform;
}

const filled = (value: number, { shape, dtype }: Typed): Node =>
  makeNode('Fill', [], { shape, dtype }, { attributes: { shape, value, dtype } });

/** The same kernel over other inputs, with the shapes that follow. */
function remade(node: Node, inputs: readonly Node[], attributes = node.attributes): Node {
  if (node.op === 'output') {
    const { shape, dtype } = inputs[0].outputs![attributes.index as number];
    return { ...node, inputs, shape, dtype };
  }
  const types = kernels[node.op].shape(Object.fromEntries(node.keys.map((key, index) => [key, inputs[index]])), attributes);
  const outputs = Array.isArray(types) ? (types as readonly Typed[]) : null;
  const { shape, dtype } = outputs?.[0] ?? (types as Typed);
  return { ...node, inputs, attributes, shape, dtype, ...(outputs && { outputs }) };
}

/** Cannot be computed part by part. */
class Whole extends Error {}

/**
 * Null where parts cannot be computed alone, such as with a mean over the batch halfway. `isDivided` tells of an input of
 * the program whether its first axis is the batch's.
 */
export function splitBatch(program: Program, count: number, isDivided: (name: string, type: Typed) => boolean): BatchParts | null {
  const uniform = createUniform();
  const divided = new Set<string>();
  const spreads = new Map<Node, Spread>();

  const inputSpread = (node: Node): Part => {
    const name = node.attributes.name as string;
    if (!isDivided(name, node)) return { node, spread: 'same' };
    divided.add(name);
    return { node: { ...node, shape: dividedBy(node.shape, 0, count) }, spread: 0 };
  };
  const cuts = new Map<string, Node | null>();
  const numbers = new Map<Node, number>();
  /**
   * As much as one part has of a value that is the same for all of them. Its samples have to be alike: then it comes from
   * something that has one value throughout, such as the state that a recurrent layer begins with.
   */
  const cut = (node: Node, axis: number): Node | null => {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    const key = `${number} ${axis}`;
    const known = cuts.get(key);
    if (known !== undefined) return known;
    const made = cutAnew(node, axis);
    cuts.set(key, made);
    return made;
  };
  const cutAnew = (node: Node, axis: number): Node | null => {
    const value = uniform(node);
    if (value !== null) return filled(value, { shape: dividedBy(node.shape, axis, count), dtype: node.dtype });
    const computing = node.op === 'output' ? node.inputs[0] : node;
    for (const [index, input] of computing.inputs.entries()) {
      for (const [own, length] of input.shape.entries()) {
        if (length % count > 0) continue;
        const axes = computing.inputs.map((_, at) => (at === index ? own : null));
        const outcome = ruleOf(computing.op)?.(computing, axes, count);
        if (!outcome || outcome.axis !== axis) continue;
        const wanted = new Map([...(outcome.cuts ?? []), [index, own]]);
        const given = computing.inputs.map((each, at) => (wanted.has(at) ? cut(each, wanted.get(at)!) : each));
        if (given.includes(null)) continue;
        const made = remade(computing, given as Node[], outcome.attributes);
        return node === computing ? made : remade(node, [made]);
      }
    }
    return null;
  };
  const found = (node: Node): Spread => {
    if (node.op === 'input') return inputSpread(node);
    const inputs = node.inputs.map((input) => spreads.get(input)!);
    const isSplit = (input: Spread) => input !== 'after' && typeof input.spread === 'number';
    if (inputs.every((input) => input !== 'after' && input.spread === 'same')) return { node, spread: 'same' };
    // Only their size follows from what they are like.
    if (node.op === 'ZerosLike' || node.op === 'OnesLike') {
      const [like] = inputs;
      if (like === 'after' || like.spread === 'sum') return { node: filled(uniform(node)!, node), spread: 'same' };
      return { node: filled(uniform(node)!, { shape: like.node.shape, dtype: node.dtype }), spread: like.spread };
    }
    if (inputs.includes('after')) {
      if (inputs.some(isSplit)) throw new Whole();
      return 'after';
    }
    const parts = inputs as readonly Part[];
    const nodes = parts.map((part) => part.node);
    const isSum = parts.map(({ spread }) => spread === 'sum');
    if (isSum.includes(true)) {
      if (node.op === 'output' || (isLinear(node, isSum) && node.dtype !== 'bool')) return { node: remade(node, nodes), spread: 'sum' };
      if (inputs.some(isSplit)) throw new Whole();
      return 'after';
    }
    if (node.op === 'output') return { node: remade(node, nodes), spread: parts[0].spread };
    const outcome = ruleOf(node.op)?.(
      node,
      parts.map(({ spread }) => (typeof spread === 'number' ? spread : null)),
      count,
    );
    if (!outcome) throw new Whole();
    const given = nodes.map((input, index) => {
      const axis = outcome.cuts?.get(index);
      const made = axis === undefined ? input : cut(input, axis);
      if (!made) throw new Whole();
      return made;
    });
    const made = remade(node, given, outcome.attributes);
    if (!outcome.isMean) return { node: made, spread: outcome.axis };
    const share = filled(1 / count, { shape: [], dtype: 'float32' });
    return { node: makeNode('Multiply', [made, share], made, { keys: ['a', 'b'] }), spread: outcome.axis };
  };

  const sums = new Map<Node, string>();
  const partOutputs = new Map<string, Node>();
  try {
    for (const node of sorted(program)) spreads.set(node, found(node));
    /** The name of the parts' outputs whose sum this is. */
    const sumName = (node: Node, wanted?: string): string => {
      const spread = spreads.get(node)!;
      if (spread === 'after' || spread.spread !== 'sum' || node.dtype === 'bool') throw new Whole();
      const name = sums.get(node) ?? wanted ?? outputName(sums.size);
      sums.set(node, name);
      partOutputs.set(name, spread.node);
      return name;
    };
    const later = new Map<string, Node>();
    for (const [name, node] of program.outputs) {
      const spread = spreads.get(node)!;
      const isLater = spread === 'after' || spread.spread === 'same' || sums.has(node);
      if (isLater) later.set(name, node);
      else sumName(node, name);
    }
    const replaced = new Map<Node, Node>();
    /** A node with the sums that it is computed from as inputs. */
    const fromSums = (node: Node): Node => {
      const spread = spreads.get(node)!;
      if (spread !== 'after' && spread.spread === 'same') return node;
      const known = replaced.get(node);
      if (known) return known;
      const made =
        spread === 'after'
          ? { ...node, inputs: node.inputs.map(fromSums) }
          : makeNode('input', [], node, { attributes: { name: sumName(node) } });
      replaced.set(node, made);
      return made;
    };
    const outputs = new Map([...later].map(([name, node]) => [name, fromSums(node)]));
    if (partOutputs.size === 0) return null;
    return { count, part: { ...program, outputs: partOutputs }, divided, after: outputs.size > 0 ? { ...program, outputs } : null };
  } catch (error) {
    if (error instanceof Whole) return null;
    throw error;
  }
}
