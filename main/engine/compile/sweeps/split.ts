/**
 * What a step keeps, such as weights and an optimizer's slots, mostly follows element by element from what was kept
 * before and a gradient: a dozen operators, each of which reads and writes all of it. Such outputs are split off the
 * program and computed by sweeps, each of which reads every array once and writes every result once.
 */
import { type Node, type Program, sizeOf } from '../graph.ts';

const arity = { Add: 2, Sub: 2, Multiply: 2, RealDiv: 2, Maximum: 2, Minimum: 2, Sqrt: 1, Square: 1, Abs: 1, Neg: 1 } as const;
export type SweepOp = keyof typeof arity;
const isSweepOp = (op: string): op is SweepOp => Object.hasOwn(arity, op);

/** One value an element: of the sweep's inputs, a number, or computed from steps before it. */
export type SweepStep =
  | { readonly op: 'array'; readonly index: number }
  | { readonly op: 'scalar'; readonly index: number }
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: SweepOp; readonly inputs: readonly number[] };

/** Kept under this name, given to the program under it, or an output under it of what the program is left with. */
export interface SweepSource {
  readonly from: 'kept' | 'given' | 'computed';
  readonly name: string;
}

export interface Sweep {
  /** Elements of each of its arrays. */
  readonly size: number;
  readonly arrays: readonly SweepSource[];
  readonly scalars: readonly SweepSource[];
  readonly steps: readonly SweepStep[];
  /** Names of kept outputs, and the steps whose values they get. */
  readonly results: readonly { readonly name: string; readonly step: number }[];
}

export interface SplitProgram {
  /** Gives the outputs that are not kept, and what the sweeps need. */
  readonly program: Program;
  readonly sweeps: readonly Sweep[];
}

/** Whether what is kept is floats, and was kept before under the same name. */
export const isSplittable = ({ inputs, outputs }: Program, kept: ReadonlySet<string>): boolean =>
  kept.size > 0 && [...outputs].every(([name, { dtype }]) => !kept.has(name) || (dtype === 'float32' && inputs.has(name)));

const isFilled = ({ op }: Node) => op === 'ZerosLike' || op === 'OnesLike' || op === 'Fill';
const filledWith = ({ op, attributes }: Node) => (op === 'Fill' ? (attributes.value as number) : op === 'OnesLike' ? 1 : 0);
const isConstant = (node: Node) => (node.op === 'constant' && sizeOf(node.shape) === 1) || isFilled(node);

/** Without what only says the same values in another shape. */
function plain(node: Node): Node {
  const reshapes = node.op === 'Reshape' || node.op === 'Identity' || node.op === 'ExpandDims';
  return reshapes && node.inputs[0].dtype === 'float32' ? plain(node.inputs[0]) : node;
}

/** How the values of one size are computed from arrays of that size. */
class Reach {
  private readonly known = new Map<Node, ReadonlySet<Node>>();
  private readonly size: number;
  private readonly isKept: (node: Node) => boolean;

  constructor(size: number, isKept: (node: Node) => boolean) {
    this.size = size;
    this.isKept = isKept;
  }

  isScalar(node: Node): boolean {
    return sizeOf(node.shape) === 1 && (this.size > 1 || (node.op === 'input' && !this.isKept(node)));
  }

  /** The arrays that a value depends on where a sweep computes it; itself where none does. */
  arrays(node: Node): ReadonlySet<Node> {
    const known = this.known.get(node);
    if (known) return known;
    const found = this.found(node);
    this.known.set(node, found);
    return found;
  }

  isSwept(node: Node): boolean {
    return !this.arrays(node).has(node);
  }

  private found(node: Node): ReadonlySet<Node> {
    if (isConstant(node) || this.isScalar(node)) return new Set();
    const fits = (input: Node) => input.dtype === 'float32' && (isConstant(input) || [1, this.size].includes(sizeOf(input.shape)));
    if (!isSweepOp(node.op) || sizeOf(node.shape) !== this.size || !node.inputs.every(fits)) return new Set([node]);
    const all = new Set(node.inputs.flatMap((input) => [...this.arrays(plain(input))]));
    // A gradient that is a sum of several is one array less.
    return all.size > 1 && ![...all].some(this.isKept) ? new Set([node]) : all;
  }
}

/** Kept outputs that have an array in common. */
interface Group {
  readonly size: number;
  readonly outputs: [string, Node][];
}

/** `program` must be splittable. */
export function splitSweeps(program: Program, kept: ReadonlySet<string>): SplitProgram {
  const isKept = (node: Node) => node.op === 'input' && kept.has(node.attributes.name as string);
  const reaches = new Map<number, Reach>();
  const reachOf = (size: number): Reach => {
    const reach = reaches.get(size) ?? new Reach(size, isKept);
    reaches.set(size, reach);
    return reach;
  };

  const groups = new Map<Node, Group>();
  for (const [name, node] of program.outputs) {
    if (!kept.has(name)) continue;
    const size = sizeOf(node.shape);
    const group: Group = { size, outputs: [] };
    // What was kept under the name is overwritten: whoever reads it does so in the same sweep.
    const arrays = [...reachOf(size).arrays(plain(node)), program.inputs.get(name)!];
    const joined = new Set(arrays.flatMap((array) => groups.get(array) ?? []));
    for (const other of joined) group.outputs.push(...other.outputs);
    group.outputs.push([name, node]);
    for (const [array, other] of groups) if (joined.has(other)) groups.set(array, group);
    for (const array of arrays) groups.set(array, group);
  }

  const outputs = new Map([...program.outputs].filter(([name]) => !kept.has(name)));
  const computed = new Map<Node, string>();
  const sourceOf = (node: Node, isScalar: boolean): SweepSource => {
    if (isKept(node)) return { from: 'kept', name: node.attributes.name as string };
    if (isScalar && node.op === 'input') return { from: 'given', name: node.attributes.name as string };
    const name = computed.get(node) ?? `swept/${computed.size}`;
    computed.set(node, name);
    outputs.set(name, node);
    return { from: 'computed', name };
  };

  const sweepOf = ({ size, outputs: results }: Group): Sweep => {
    const reach = reachOf(size);
    const arrays: SweepSource[] = [];
    const scalars: SweepSource[] = [];
    const steps: SweepStep[] = [];
    const made = new Map<Node, number>();
    const makeStep = (node: Node): SweepStep => {
      if (isConstant(node)) return { op: 'constant', value: node.values?.[0] ?? filledWith(node) };
      if (reach.isScalar(node)) return { op: 'scalar', index: scalars.push(sourceOf(node, true)) - 1 };
      if (reach.isSwept(node)) return { op: node.op as SweepOp, inputs: node.inputs.map(stepOf) };
      return { op: 'array', index: arrays.push(sourceOf(node, false)) - 1 };
    };
    const stepOf = (given: Node): number => {
      const node = plain(given);
      const known = made.get(node) ?? steps.push(makeStep(node)) - 1;
      made.set(node, known);
      return known;
    };
    return { size, results: results.map(([name, node]) => ({ name, step: stepOf(node) })), arrays, scalars, steps };
  };
  const sweeps = [...new Set(groups.values())].map(sweepOf);
  return { program: { ...program, outputs }, sweeps };
}
