/** What the compiler knows about a tfjs kernel. */
import type { Attributes, Node, Typed } from '../graph.ts';
import type { OnnxBuilder, Value } from '../onnx-builder.ts';

export type Inputs = Readonly<Record<string, Node>>;

export interface Kernel {
  /** Shape and type of the output, or of each of them. */
  shape(inputs: Inputs, attributes: Attributes): Typed | readonly Typed[];
  /** Emits ONNX operators; `inputs` are the node's by the kernel's own names. */
  lower(builder: OnnxBuilder, node: Node, inputs: Inputs): Value | readonly Value[];
}

export type Kernels = Readonly<Record<string, Kernel>>;

export const first = (inputs: Inputs): Node => Object.values(inputs)[0];
export const typeOf = ({ shape, dtype }: Typed): Typed => ({ shape, dtype });
/** The output is like the first input. */
export const like = (inputs: Inputs): Typed => typeOf(first(inputs));
