/** A trained model as one ONNX file for other programs: weights inside, standard operators, any number of samples. */
import { optimize } from './optimize.ts';
import { makeNode, type Program, rewrite } from './graph.ts';
import { lowerGraph } from './lower.ts';
import { encodeOnnx, type OnnxGraph, type OnnxNode, type OnnxTensor } from './onnx.ts';

export interface InferenceModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Named values, such as weights, become part of the graph. */
function filledIn(program: Program, values: ReadonlyMap<string, Float32Array>): Program {
  return rewrite(program, (node) => {
    const known = node.op === 'input' ? values.get(node.attributes.name as string) : undefined;
    return known ? makeNode('constant', [], node, { values: known }) : node;
  });
}

/** Where shapes hold the number of samples that a program was traced for, whatever number there is. */
function withAnyBatch(graph: OnnxGraph, traced: number): OnnxGraph {
  const constants = new Map(graph.constants);
  const made: OnnxNode[] = [];
  const known = new Map<string, string>();
  const emit = (op: string, inputs: readonly string[], name: string, attributes: OnnxNode['attributes'] = {}) => {
    made.push({ op, domain: '', inputs, outputs: [name], attributes });
    return name;
  };
  const integers = (name: string, values: readonly number[]) => {
    constants.set(name, { values, shape: [values.length], dtype: 'int64' });
    return name;
  };
  const samples = () => {
    if (!known.has('samples')) {
      emit('Shape', [graph.inputs[0].name], 'samples_shape', { start: 0, end: 1 });
      known.set('samples', 'samples_shape');
    }
    return known.get('samples')!;
  };
  /** A vector of lengths, those that are times the traced number computed. */
  const lengths = (values: readonly number[]): string => {
    const key = values.join();
    const found = known.get(key);
    if (found) return found;
    const name = `lengths_${known.size}`;
    const parts = values.map((value, index) => {
      if (value === 0 || value % traced !== 0) return integers(`${name}_${index}`, [value]);
      return emit('Mul', [samples(), integers(`${name}_${index}_times`, [value / traced])], `${name}_${index}`);
    });
    known.set(key, emit('Concat', parts, name, { axis: 0 }));
    return name;
  };
  const depends = (values: ArrayLike<number>) => Array.from(values).some((value) => value !== 0 && value % traced === 0);
  const shapeOf = ({ op }: OnnxNode, values: readonly number[], name: string): string => {
    const open = values.filter((value) => value % traced === 0 && value !== 0);
    if (op !== 'Reshape' || open.length > 1) return lengths(values);
    return integers(
      `${name}_any`,
      values.map((value) => (open.includes(value) ? -1 : value)),
    );
  };
  /** What was spread over the samples when it was traced. */
  const spread = (name: string, content: OnnxTensor): string => {
    const values = Array.from(content.values);
    const key = `spread ${name}`;
    if (known.has(key)) return known.get(key)!;
    if (values.some((value) => value !== values[0])) return name;
    constants.set(`${name}_value`, { values: [values[0]], shape: [], dtype: content.dtype });
    known.set(key, emit('Expand', [`${name}_value`, lengths(content.shape)], `${name}_spread`));
    return known.get(key)!;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => {
      const content = graph.constants.get(name);
      if (!content) return name;
      if (content.dtype === 'int64' && content.shape.length === 1 && depends(content.values))
        return shapeOf(node, Array.from(content.values), name);
      return depends(content.shape) ? spread(name, content) : name;
    });
    made.push({ ...node, inputs });
  }
  const needed = new Set(made.flatMap(({ inputs }) => inputs));
  return {
    nodes: made,
    inputs: graph.inputs.map((value) => ({ ...value, anyFirst: 'samples' })),
    outputs: graph.outputs.map((value) => ({ ...value, anyFirst: 'samples' })),
    constants: new Map([...constants].filter(([name]) => needed.has(name))),
  };
}

/** Inputs and outputs under the program's own names. */
function named(graph: OnnxGraph, ports: readonly { name: string; onnxName: string }[]): OnnxGraph {
  const names = new Map(ports.map(({ name, onnxName }) => [onnxName, name]));
  const rename = (name: string) => names.get(name) ?? name;
  return {
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    inputs: graph.inputs.map((value) => ({ ...value, name: rename(value.name) })),
    outputs: graph.outputs.map((value) => ({ ...value, name: rename(value.name) })),
    constants: graph.constants,
  };
}

/** `program` is a prediction, traced for `traced` samples; with null, the model takes as many as that alone. */
export function inferenceModel(program: Program, weights: ReadonlyMap<string, Float32Array>, traced: number | null): InferenceModel {
  const { graph, inputs, outputs } = lowerGraph(optimize(filledIn(program, weights)), { standard: true });
  const open = traced === null ? graph : withAnyBatch(graph, traced);
  return {
    bytes: encodeOnnx(named(open, [...inputs, ...outputs]), { standard: true }),
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
  };
}

/** A number that no layer's length is likely to be a multiple of. */
export const tracedSamples = 1009;
