/**
 * An ONNX graph under construction. tfjs keeps images as batch × height × width × channels, ONNX's convolutions want
 * channels first, and ONNX Runtime's fast ones in blocks: a traced value may exist in any of these layouts, and one is made
 * when it is asked for.
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

/**
 * Name of an ONNX value: as tfjs has it, with its channels first, or with its channels in blocks
 * [batch, blocks, height, width, channels of a block]; or in two of these ways, where one is as cheap as the other.
 */
export type Value =
  | string
  | { readonly channelsFirst: string }
  | { readonly blocked: string }
  | { readonly plain: string; readonly channelsFirst: string };

/** Dimensions added around an image: top, left, bottom, right. */
export type Padding = readonly [number, number, number, number];

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

interface Forms {
  plain?: string;
  channelsFirst?: string;
  blocked?: string;
}
type Layout = keyof Forms;

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
  blockedOperator(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
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
    const turned = () =>
      this.transpose(
        forms.channelsFirst!,
        toChannelsLast,
        toChannelsFirst.map((axis) => node.shape[axis]),
      );
    return (forms.plain ??= forms.blocked === undefined ? turned() : this.unblocked(forms.blocked, node, true));
  }

  channelsFirst(node: Node): string {
    const forms = this.formsOf(node);
    const turned = () => this.transpose(forms.plain!, toChannelsFirst, node.shape);
    return (forms.channelsFirst ??= forms.blocked === undefined ? turned() : this.unblocked(forms.blocked, node, false));
  }

  /** An image whose channels can be blocked, with its channels in blocks. */
  inBlocks(node: Node): string {
    const forms = this.formsOf(node);
    const made = () =>
      forms.plain === undefined
        ? this.blockedOperator('ReorderInput', [forms.channelsFirst!])
        : this.blockedOperator('ReorderInput', [forms.plain], { channels_last: 1 });
    return (forms.blocked ??= this.reshape(made(), this.blockedShape(node.shape)));
  }

  /**
   * Every channel of an image in blocks times a number of `scale`, plus one of `shift`, plus another image: a convolution
   * of one place and one channel, as broadcasting goes over blocks piece by piece.
   */
  scaleBlocks(image: Node, scale: string | null, shift?: string, added?: Node): string {
    const [batch, height, width, channels] = image.shape as [number, number, number, number];
    const whole = (node: Node) => this.reshape(this.inBlocks(node), [batch, channels, height, width]);
    const factors =
      scale ??
      this.constant(
        Array.from({ length: channels }, () => 1),
        [channels],
        'float32',
      );
    const operands = [
      whole(image),
      this.reshape(factors, [channels, 1, 1, 1]),
      ...(shift === undefined ? [] : [this.reshape(shift, [channels])]),
      ...(added === undefined ? [] : [whole(added)]),
    ];
    return this.reshape(this.blockedOperator('Conv', operands, { kernel_shape: [1, 1], group: channels }), this.blockedShape(image.shape));
  }

  private unblocked(name: string, { shape }: Node, isLast: boolean): string {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const image = this.reshape(name, [batch, channels, height, width]);
    return this.blockedOperator('ReorderOutput', [image], { channels, channels_last: isLast ? 1 : 0 });
  }

  /** Whether an image's channels can be blocked with nothing to fill up. */
  isBlockable({ shape, dtype }: Typed): boolean {
    return this.channelBlock > 0 && shape.length === 4 && dtype === 'float32' && shape[3] % this.channelBlock === 0;
  }

  /** Of an image's shape as tfjs has it, the one with its channels in blocks. */
  blockedShape([batch, height, width, channels]: Shape): [number, number, number, number, number] {
    return [batch, channels / this.channelBlock, height, width, this.channelBlock];
  }

  private has(layout: Layout, node: Node): boolean {
    return this.formsOf(node)[layout] !== undefined;
  }

  hasChannelsFirst(node: Node): boolean {
    return this.has('channelsFirst', node);
  }

  hasPlain(node: Node): boolean {
    return this.has('plain', node);
  }

  hasBlocks(node: Node): boolean {
    return this.has('blocked', node);
  }

  /** The layout for an elementwise result that most of the images it is computed from have. */
  private layoutFor(node: Node, operands: readonly Node[]): Layout {
    if (node.shape.length !== 4) return 'plain';
    const isImage = ({ shape }: Node) => sameShape(shape, node.shape);
    const isBlockable =
      this.isBlockable(node) && operands.every((operand) => (isImage(operand) ? this.isBlockable(operand) : isSpreadOverBlocks(operand)));
    // Where as many have several; fast convolutions leave images in blocks, or as tfjs has them.
    const order: readonly Layout[] = this.channelBlock > 0 ? ['blocked', 'plain', 'channelsFirst'] : ['channelsFirst', 'plain'];
    const images = operands.filter(isImage);
    const count = (layout: Layout) => images.filter((image) => this.has(layout, image)).length;
    const layouts = order.filter((layout) => (layout !== 'blocked' || isBlockable) && count(layout) > 0);
    return layouts.toSorted((a, b) => count(b) - count(a))[0] ?? 'plain';
  }

  private operandIn(layout: Layout, node: Node, image: Shape): string {
    if (layout === 'plain') return this.get(node);
    if (layout === 'channelsFirst') return this.channelsFirstOperand(node);
    if (sameShape(node.shape, image)) return this.inBlocks(node);
    const name = this.get(node);
    if (sizeOf(node.shape) === 1) return node.shape.length > 0 ? this.reshape(name, []) : name;
    const [batch, height, width, channels] = imageShape(node.shape);
    return this.reshape(name, channels === 1 ? [batch, 1, height, width, 1] : this.blockedShape([batch, height, width, channels]));
  }

  /** An operand that broadcasts against a channels-first image. */
  private channelsFirstOperand(node: Node): string {
    const { shape } = node;
    if (shape.length === 4) return this.channelsFirst(node);
    const name = this.get(node);
    if (sizeOf(shape) === 1) return shape.length > 0 ? this.reshape(name, []) : name;
    const full = imageShape(shape);
    return this.transpose(this.reshape(name, full), toChannelsFirst, full);
  }

  /**
   * Emits a broadcasting operation in the layout that most full operands have. Operands that were only made to
   * have the full shape (fills, tiles) are given in their small form.
   */
  elementwise(node: Node, inputs: readonly Node[], emit: (context: Elementwise) => string): Value {
    const full = (input: Node) => sameShape(input.shape, node.shape) && !broadcastSource(input);
    const operands = inputs.some(full) ? inputs.map((input) => broadcastSource(input) ?? input) : inputs;
    const isNode = (input: Node | Filled): input is Node => !('filled' in input);
    const layout = this.layoutFor(node, operands.filter(isNode));
    const names = operands.map((input) =>
      isNode(input) ? this.operandIn(layout, input, node.shape) : this.scalar(input.filled, input.dtype),
    );
    const channels = node.shape[node.shape.length - 1];
    const perChannel = (name: string) => {
      if (layout === 'plain') return name;
      return this.reshape(name, layout === 'blocked' ? this.blockedShape([1, 1, 1, channels]).slice(1) : [channels, 1, 1]);
    };
    const output = emit({ operands: names, perChannel });
    return layout === 'plain' ? output : layout === 'blocked' ? { blocked: output } : { channelsFirst: output };
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

/** A shape of as many dimensions as an image's. */
const imageShape = (shape: Shape) => [1, 1, 1, 1, ...shape].slice(-4) as [number, number, number, number];

/** Whether an operand is the same for all channels, or for all places: as such it can be broadcast against blocks. */
function isSpreadOverBlocks({ shape }: Node): boolean {
  const [, height, width, channels] = imageShape(shape);
  return channels === 1 || (height === 1 && width === 1);
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
