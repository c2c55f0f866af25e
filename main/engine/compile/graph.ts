/**
 * What a trace records: an immutable graph under tfjs' kernel names. Nodes are plain objects that refer to their
 * inputs; passes make new nodes and never change one.
 */
export type DataType = 'float32' | 'int32' | 'bool';
export type Shape = readonly number[];
export type Values = Float32Array | Int32Array | Uint8Array;
export type Attributes = Readonly<Record<string, unknown>>;

/** Shape and type of a value. */
export interface Typed {
  readonly shape: Shape;
  readonly dtype: DataType;
}

/** A value in memory, dense and row-major. */
export interface HostTensor extends Typed {
  readonly data: Values;
  /** Where a backend keeps the values where it computes: its own handle, and `data` is empty. */
  readonly held?: unknown;
}

export interface Node extends Typed {
  /**
   * A tfjs kernel's name, or one of
   * `input`: given at every run (`attributes.name`) ·
   * `constant`: known at trace time (`values`) ·
   * `output`: number `attributes.index` of the kernel with several outputs that is its only input.
   */
  readonly op: string;
  readonly inputs: readonly Node[];
  /** The kernel's own names of its inputs, one each. */
  readonly keys: readonly string[];
  readonly attributes: Attributes;
  /** Of a kernel with several outputs; its own shape and dtype are those of the first. */
  readonly outputs?: readonly Typed[];
  readonly values?: Values;
}

/** Random numbers that a program wants anew at every run, as one of its inputs. */
export interface RandomInput extends Typed {
  readonly name: string;
  /**
   * `keep`: 0 with probability `rate`, else 1 / (1 − rate). `normal`: mean 0, deviation 1. `uniform`: from 0 to below 1.
   * `permutation`: the numbers from 0 on in an order. `beta`: from 0 to 1, both parameters being one that is drawn evenly from the range.
   * `gamma`: with this shape, and 1 as its scale.
   */
  readonly distribution:
    | { readonly kind: 'keep'; readonly rate: number }
    | { readonly kind: 'normal' | 'uniform' | 'permutation' }
    | { readonly kind: 'gamma'; readonly shape: number }
    | { readonly kind: 'beta'; readonly parameter: readonly [least: number, most: number] };
}

export interface Program {
  /** Where it is over a batch, its size: the first axis of each input that has something for each sample. */
  readonly samples?: number;
  /** Every input the graph uses or could use, by name, random ones included. */
  readonly inputs: ReadonlyMap<string, Node>;
  readonly random: readonly RandomInput[];
  readonly outputs: ReadonlyMap<string, Node>;
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((length, axis) => length === b[axis]);

/** Axes as numbers from 0: `undefined` or `null` means all of them. */
export function axesOf(axis: unknown, rank: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, index) => index);
  return (Array.isArray(axis) ? (axis as number[]) : [axis as number]).map((value) => (value < 0 ? value + rank : value));
}

export function makeNode(op: string, inputs: readonly Node[], type: Typed, more: Partial<Node> = {}): Node {
  return { op, inputs, keys: [], attributes: {}, shape: type.shape, dtype: type.dtype, ...more };
}

/** Every node the outputs depend on, each after its inputs; the order follows from the graph alone. */
export function sorted(program: Program): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const output of program.outputs.values()) {
    stack.push({ node: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (done.has(top.node)) {
        stack.pop();
      } else if (top.next < top.node.inputs.length) {
        stack.push({ node: top.node.inputs[top.next++], next: 0 });
      } else {
        done.add(top.node);
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** The nodes that each node is an input of. */
export function usersOf(program: Program): Map<Node, Node[]> {
  const found = new Map<Node, Node[]>();
  for (const node of sorted(program)) {
    for (const input of node.inputs) {
      const known = found.get(input);
      if (known) known.push(node);
      else found.set(input, [node]);
    }
  }
  return found;
}

/** How often each node is used: as an input, or as an output of the program. */
export function countUses(program: Program): Map<Node, number> {
  const uses = new Map<Node, number>();
  const count = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of sorted(program)) node.inputs.forEach(count);
  for (const node of program.outputs.values()) count(node);
  return uses;
}

/**
 * Rebuilds the graph from its inputs on. `change` sees each node with its inputs already replaced (the node itself
 * where none was) and the node it was before; what it returns takes the node's place.
 */
export function rewrite(program: Program, change: (node: Node, before: Node) => Node): Program {
  const made = new Map<Node, Node>();
  for (const before of sorted(program)) {
    const inputs = before.inputs.map((input) => made.get(input)!);
    const node = inputs.every((input, index) => input === before.inputs[index]) ? before : { ...before, inputs };
    made.set(before, change(node, before));
  }
  const outputs = new Map([...program.outputs].map(([name, node]) => [name, made.get(node)!]));
  return { ...program, outputs };
}
