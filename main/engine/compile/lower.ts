/** From a program to an ONNX model. */
import { type Program, sorted, type Typed } from './graph.ts';
import { kernels } from './kernels/index.ts';
import { encodeOnnx, type OnnxGraph } from './onnx.ts';
import { type LowerOptions, OnnxBuilder } from './onnx-builder.ts';

/** An input or output: its name in the program and in the ONNX model. */
export interface Port extends Typed {
  readonly name: string;
  readonly onnxName: string;
}

export interface Lowered {
  readonly bytes: Uint8Array;
  /** Only those inputs that the outputs depend on. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodeCount: number;
}

export function lowerGraph(program: Program, options: LowerOptions = {}): Pick<Lowered, 'inputs' | 'outputs'> & { graph: OnnxGraph } {
  const builder = new OnnxBuilder(options);
  const inputs: Port[] = [];
  for (const node of sorted(program)) {
    if (node.op === 'input') {
      const port = { name: node.attributes.name as string, onnxName: `in${inputs.length}`, shape: node.shape, dtype: node.dtype };
      inputs.push(port);
      builder.set(node, port.onnxName);
    } else if (node.op === 'constant') {
      builder.set(node, builder.constant(node.values!, node.shape, node.dtype));
    } else if (node.op !== 'output') {
      const named = Object.fromEntries(node.keys.map((key, index) => [key, node.inputs[index]]));
      builder.set(node, kernels[node.op].lower(builder, node, named));
    }
  }
  const outputs = [...program.outputs].map(([name, node], index) => {
    const port = { name, onnxName: `out${index}`, shape: node.shape, dtype: node.dtype };
    builder.output(node, port.onnxName);
    return port;
  });
  const graph = builder.finish(inputs.map(({ onnxName, shape, dtype }) => ({ name: onnxName, shape, dtype })));
  return { graph, inputs, outputs };
}

export function lower(program: Program, options: LowerOptions = {}): Lowered {
  const { graph, inputs, outputs } = lowerGraph(program, options);
  return { bytes: encodeOnnx(graph), inputs, outputs, nodeCount: graph.nodes.length };
}
