/**
 * An ONNX graph under construction. tfjs keeps images as batch × height × width × channels, ONNX's convolutions want
 * channels first: a traced value may exist in either layout or in both, and a layout is made when it is asked for.
 */
import { sameShape, type Node, type Shape, sizeOf, type Typed } from './graph.ts';
import {
  blockedDomain,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValue,
  onnxTypeNumber,
} from './onnx.ts';

/** Name of an ONNX value: as tfjs has it, or with its channels first. */
export type Value = string | { readonly channelsFirst: string };

/** Dimensions added around an image: top, left, bottom, right. */
export type Padding = readonly [number, number, number, number];

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

interface Forms {
  plain?: string;
  channelsFirst?: string;
}

/** How an elementwise operation is being emitted. */
export interface Elementwise {
  /** The operands' names, ready to broadcast against each other. */
  readonly operands: readonly string[];
  /** A vector with one value a channel, ready to broadcast as well. */
  readonly perChannel: (name: string) => string;
}

interface MutableNode {
  op: string;
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface LowerOptions {
  /** Inputs or outputs that one operator may have: splits, concatenations and sums of more are taken apart. */
  readonly mostPorts?: number;
  /** ONNX' own operators alone, none of ONNX Runtime's. */
  readonly standard?: boolean;
  /** See OnnxBuilder. */
  readonly channelBlock?: number;
}

export class OnnxBuilder {
  private readonly nodes: MutableNode[] = [];
  private readonly constants = new Map<string, OnnxTensor>();
  private readonly memo = new Map<string, readonly string[]>();
  private readonly forms = new Map<Node, Forms | readonly Forms[]>();
  private readonly producer = new Map<string, MutableNode>();
  private readonly renamed = new Map<string, string>();
  private readonly outputs: OnnxValue[] = [];
  private count = 0;
  private readonly mostPorts: number;
  /** Whether ONNX' own operators are to do, none of ONNX Runtime's. */
  readonly standard: boolean;
  /** Channels that ONNX Runtime's fast convolutions keep together, as suits the processor; 0 where it has none. */
  readonly channelBlock: number;

  constructor({ mostPorts = Infinity, standard = false, channelBlock = 0 }: LowerOptions) {
    this.mostPorts = mostPorts;
    this.standard = standard;
    this.channelBlock = channelBlock;
  }

  // ---- operators ----

  /** Emits an operator, or reuses an identical one; the names of its outputs. */
  operators(
    op: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Record<string, OnnxAttribute> = {},
    domain = '',
  ): readonly string[] {
    const key = JSON.stringify([domain, op, inputs, attributes, outputCount]);
    const known = this.memo.get(key);
    if (known) return known;
    const outputs = Array.from({ length: outputCount }, () => `v${this.count++}`);
    const node = { op, domain, inputs, outputs, attributes };
    this.nodes.push(node);
    for (const output of outputs) this.producer.set(output, node);
    this.memo.set(key, outputs);
    return outputs;
  }

  op(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    if ((op === 'Concat' || op === 'Sum') && inputs.length > this.mostPorts) {
      const parts = Array.from({ length: Math.ceil(inputs.length / this.mostPorts) }, (_, index) =>
        this.op(op, inputs.slice(index * this.mostPorts, (index + 1) * this.mostPorts), attributes),
      );
      return this.op(op, parts, attributes);
    }
    return this.operators(op, inputs, 1, attributes)[0];
  }

  /** An operator of ONNX Runtime's own. */
  contributed(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.operators(op, inputs, 1, attributes, 'com.microsoft')[0];
  }

  /** An operator over images whose channels lie in blocks, each block's side by side: batch × blocks × height × width × block. */
  blocked(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.operators(op, inputs, 1, attributes, blockedDomain)[0];
  }

  constant(values: ArrayLike<number>, shape: Shape, dtype: OnnxType): string {
    const key = values.length <= 64 ? JSON.stringify([Array.from(values, String), shape, dtype]) : null;
    const known = key === null ? undefined : this.memo.get(key);
    if (known) return known[0];
    const name = `c${this.count++}`;
    this.constants.set(name, { values: Array.from(values), shape, dtype });
    if (key !== null) this.memo.set(key, [name]);
    return name;
  }

  scalar(value: number, dtype: OnnxType = 'float32'): string {
    return this.constant([value], [], dtype);
  }

  /** A vector of 64-bit integers: what ONNX takes shapes, axes and sizes as. */
  integers(values: readonly number[]): string {
    return this.constant(values, [values.length], 'int64');
  }

  fill(value: number, { shape, dtype }: Typed): string {
    return shape.length > 0 ? this.op('Expand', [this.scalar(value, dtype), this.integers(shape)]) : this.scalar(value, dtype);
  }

  cast(name: string, from: OnnxType, to: OnnxType): string {
    return from === to ? name : this.op('Cast', [name], { to: onnxTypeNumber[to] });
  }

  /** A reshape of a reshape is one reshape. */
  reshape(name: string, shape: Shape): string {
    const last = this.producer.get(name);
    return this.op('Reshape', [last?.op === 'Reshape' ? last.inputs[0] : name, this.integers(shape)]);
  }

  /** A transpose; only a reshape where it moves nothing but dimensions of one. */
  transpose(name: string, permutation: readonly number[], shape: Shape): string {
    const moved = permutation.filter((axis) => shape[axis] !== 1);
    if (moved.every((axis, index) => index === 0 || moved[index - 1] < axis)) {
      return this.reshape(
        name,
        permutation.map((axis) => shape[axis]),
      );
    }
    return this.op('Transpose', [name], { perm: permutation });
  }

  slice(name: string, starts: readonly number[], ends: readonly number[], axes?: readonly number[], steps?: readonly number[]): string {
    const vectors = [starts, ends, axes ?? starts.map((_, index) => index), steps ?? starts.map(() => 1)];
    return this.op('Slice', [name, ...vectors.map((vector) => this.integers(vector))]);
  }

  split(name: string, sizes: readonly number[], axis: number): readonly string[] {
    if (sizes.length > this.mostPorts) {
      let from = 0;
      return sizes.map((size) => this.slice(name, [from], [(from += size)], [axis]));
    }
    return this.operators('Split', [name, this.integers(sizes)], sizes.length, { axis });
  }

  reduce(op: string, name: string, axes: readonly number[], keepDimensions: boolean): string {
    return this.op(op, [name, this.integers(axes)], { keepdims: keepDimensions ? 1 : 0 });
  }

  /** Pads the two last dimensions of a channels-first image. */
  padImage(name: string, [top, left, bottom, right]: Padding, value: number): string {
    if (!(top || left || bottom || right)) return name;
    return this.op('Pad', [name, this.integers([0, 0, top, left, 0, 0, bottom, right]), this.scalar(value)]);
  }

  // ---- traced values and their layouts ----

  set(node: Node, value: Value | readonly Value[]): void {
    const form = (item: Value): Forms => (typeof item === 'string' ? { plain: item } : { ...item });
    this.forms.set(node, Array.isArray(value) ? (value as readonly Value[]).map(form) : form(value as Value));
  }

  private formsOf(node: Node): Forms {
    const forms =
      node.op === 'output' ? (this.forms.get(node.inputs[0]) as readonly Forms[])[node.attributes.index as number] : this.forms.get(node);
    return forms as Forms;
  }

  /** The value as tfjs has it. */
  get(node: Node): string {
    const forms = this.formsOf(node);
    return (forms.plain ??= this.transpose(
      forms.channelsFirst!,
      toChannelsLast,
      toChannelsFirst.map((axis) => node.shape[axis]),
    ));
  }

  channelsFirst(node: Node): string {
    const forms = this.formsOf(node);
    return (forms.channelsFirst ??= this.transpose(forms.plain!, toChannelsFirst, node.shape));
  }

  hasChannelsFirst(node: Node): boolean {
    return this.formsOf(node).channelsFirst !== undefined;
  }

  hasPlain(node: Node): boolean {
    return this.formsOf(node).plain !== undefined;
  }

  /** Whether fewer of the images have to be transposed for a result with its channels first than for one as tfjs has it. */
  private prefersChannelsFirst(images: readonly Node[]): boolean {
    const [plain, first] = [
      images.filter((image) => this.hasPlain(image)).length,
      images.filter((image) => this.hasChannelsFirst(image)).length,
    ];
    // Fast convolutions leave images as tfjs has them.
    return this.channelBlock > 0 ? first > plain : first > 0 && first >= plain;
  }

  /** An operand that broadcasts against a channels-first image. */
  private channelsFirstOperand(node: Node): string {
    const { shape } = node;
    if (shape.length === 4) return this.channelsFirst(node);
    const name = this.get(node);
    if (sizeOf(shape) === 1) return shape.length > 0 ? this.reshape(name, []) : name;
    const full = [1, 1, 1, 1, ...shape].slice(-4);
    return this.transpose(this.reshape(name, full), toChannelsFirst, full);
  }

  /**
   * Emits a broadcasting operation, channels first where a full operand already is. Operands that were only made to
   * have the full shape (fills, tiles) are given in their small form.
   */
  elementwise(node: Node, inputs: readonly Node[], emit: (context: Elementwise) => string): Value {
    const full = (input: Node) => sameShape(input.shape, node.shape) && !broadcastSource(input);
    const operands = inputs.some(full) ? inputs.map((input) => broadcastSource(input) ?? input) : inputs;
    const isNode = (input: Node | Filled): input is Node => !('filled' in input);
    const images = operands.filter(isNode).filter((input) => sameShape(input.shape, node.shape));
    const inChannelsFirst = node.shape.length === 4 && this.prefersChannelsFirst(images);
    const names = operands.map((input) =>
      isNode(input) ? (inChannelsFirst ? this.channelsFirstOperand(input) : this.get(input)) : this.scalar(input.filled, input.dtype),
    );
    const perChannel = (name: string) => (inChannelsFirst ? this.reshape(name, [node.shape[3], 1, 1]) : name);
    const output = emit({ operands: names, perChannel });
    return inChannelsFirst ? { channelsFirst: output } : output;
  }

  // ---- the finished graph ----

  /** Makes a value an output: renamed where it is computed; an input, constant or other output is copied. */
  output(node: Node, name: string): void {
    const value = this.get(node);
    this.outputs.push({ name, shape: node.shape, dtype: node.dtype });
    if (this.producer.has(value) && !this.renamed.has(value)) this.renamed.set(value, name);
    else this.nodes.push({ op: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }

  /** The graph without what nothing depends on, such as a layout that was made for a value nobody used. */
  finish(inputs: readonly OnnxValue[]): OnnxGraph {
    const rename = (name: string) => this.renamed.get(name) ?? name;
    const needed = new Set(this.outputs.map((output) => output.name));
    const kept: OnnxNode[] = [];
    for (let index = this.nodes.length - 1; index >= 0; index--) {
      const node = this.nodes[index];
      const outputs = node.outputs.map(rename);
      if (!outputs.some((name) => needed.has(name))) continue;
      const renamedInputs = node.inputs.map(rename);
      kept.push({ ...node, inputs: renamedInputs, outputs });
      for (const name of renamedInputs) needed.add(name);
    }
    const constants = new Map([...this.constants].filter(([name]) => needed.has(name)));
    return { nodes: kept.reverse(), inputs, outputs: this.outputs, constants };
  }
}

interface Filled {
  readonly filled: number;
  readonly dtype: OnnxType;
}

/** What a value was before it was only spread over a larger shape. */
function broadcastSource(node: Node): Node | Filled | null {
  if (node.shape.length === 0 || sizeOf(node.shape) === 1) return null;
  const { op, attributes, dtype } = node;
  if (op === 'ZerosLike') return { filled: 0, dtype };
  if (op === 'OnesLike') return { filled: 1, dtype };
  if (op === 'Fill') return { filled: attributes.value as number, dtype };
  const source = node.inputs[0];
  if (op === 'Tile' && (attributes.reps as number[]).every((times, axis) => times === 1 || source.shape[axis] === 1)) return source;
  return null;
}
