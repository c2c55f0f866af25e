/**
 * Symbolic tracing: a tfjs backend whose kernels record nodes instead of computing. A function over tensors runs once
 * and leaves the graph of what it would have computed.
 */
import { EpochbookError } from '#contract/errors.ts';
import { tf } from '../tfjs.ts';
import { type Attributes, type DataType, makeNode, type Node, type Program, type RandomInput, type Typed, type Values } from './graph.ts';
import { kernels } from './kernels/index.ts';
import { type RandomAttributes, randomKernel } from './kernels/random.ts';

/** A tfjs variable that the traced function may read and assign: an input, and an output if it was assigned. */
export interface TracedVariable {
  readonly name: string;
  readonly variable: tf.Variable;
}

export interface TraceRequest {
  readonly inputs: ReadonlyMap<string, Typed>;
  readonly variables: readonly TracedVariable[];
  readonly samples?: number;
}

interface Recording {
  readonly inputs: Map<string, Node>;
  readonly random: RandomInput[];
}

/** The trace in progress: kernels are registered once, for all traces. */
let recording: Recording | null = null;

function copied(values: tf.BackendValues, dtype: string): Values {
  const numbers = values as unknown as ArrayLike<number>;
  if (dtype === 'float32') return Float32Array.from(numbers);
  if (dtype === 'int32') return Int32Array.from(numbers);
  if (dtype === 'bool') return Uint8Array.from(numbers);
  throw new EpochbookError('engine.valueType', { type: dtype });
}

function constant(values: tf.BackendValues, shape: readonly number[], dtype: string): Node {
  return makeNode('constant', [], { shape: [...shape], dtype: dtype as DataType }, { values: copied(values, dtype) });
}

class RecordingBackend extends tf.KernelBackend {
  private readonly nodes = new WeakMap<object, Node>();

  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  /** Nodes are collected with the trace. */
  override disposeData(): boolean {
    return false;
  }
  override numDataIds(): number {
    return 0;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override read(): Promise<tf.BackendValues> {
    return Promise.reject(new EpochbookError('engine.valueRead'));
  }
  override readSync(): never {
    throw new EpochbookError('engine.valueRead');
  }
  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.bind(constant(values, shape, dtype));
  }
  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.nodes.set(dataId, constant(values, shape, dtype));
  }

  bind(node: Node): object {
    const dataId = {};
    this.nodes.set(dataId, node);
    return dataId;
  }
  tensor(node: Node): tf.Tensor {
    return tf.engine().makeTensorFromDataId(this.bind(node), [...node.shape], node.dtype, this);
  }
  nodeOf(tensor: tf.TensorInfo): Node {
    const known = this.nodes.get(tensor.dataId);
    if (known) return known;
    // Made on another backend before the trace.
    const info = tf.engine().state.tensorInfo.get(tensor.dataId);
    if (!info) throw new EpochbookError('internal', { detail: 'a traced tensor has no data' });
    const node = constant(info.backend.readSync(tensor.dataId), tensor.shape, tensor.dtype);
    this.nodes.set(tensor.dataId, node);
    return node;
  }
}

interface KernelCall {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs?: object;
  readonly backend: unknown;
}

function record(op: string, call: KernelCall): tf.TensorInfo | tf.TensorInfo[] {
  const backend = call.backend as RecordingBackend;
  const attributes = { ...call.attrs } as Attributes;
  const keys = Object.keys(call.inputs).filter((key) => call.inputs[key] !== undefined && call.inputs[key] !== null);
  const inputs = keys.map((key) => backend.nodeOf(call.inputs[key]!));
  const types = kernels[op].shape(Object.fromEntries(keys.map((key, index) => [key, inputs[index]])), attributes);
  const info = (node: Node) => ({ dataId: backend.bind(node), shape: [...node.shape], dtype: node.dtype });
  if (!Array.isArray(types)) return info(makeNode(op, inputs, types as Typed, { keys, attributes }));
  const outputs = types as readonly Typed[];
  const whole = makeNode(op, inputs, outputs[0], { keys, attributes, outputs });
  return outputs.map((type, index) => info(makeNode('output', [whole], type, { attributes: { index } })));
}

function recordRandom(call: KernelCall): tf.TensorInfo {
  const { shape, distribution, stream } = call.attrs as RandomAttributes;
  const { inputs, random } = recording!;
  let name = `random/${stream}`;
  for (let copy = 2; inputs.has(name); copy++) name = `random/${stream}/${copy}`;
  const node = makeNode('input', [], { shape, dtype: 'float32' }, { attributes: { name } });
  inputs.set(name, node);
  random.push({ name, shape, dtype: 'float32', distribution });
  return { dataId: (call.backend as RecordingBackend).bind(node), shape: [...shape], dtype: 'float32' };
}

const backendName = 'epochbook-recording';
tf.registerBackend(backendName, () => new RecordingBackend(), 0);
for (const kernelName of Object.keys(kernels)) {
  tf.registerKernel({ kernelName, backendName, kernelFunc: (call) => record(kernelName, call) });
}
tf.registerKernel({ kernelName: randomKernel, backendName, kernelFunc: (call) => recordRandom(call) });
tf.registerGradient({ kernelName: randomKernel, gradFunc: () => ({}) });

/** tfjs' own words for a kernel that this backend lacks. */
const unknownKernel = /Kernel '(\w+)' not registered for backend/;

/**
 * Runs `body` once on symbolic tensors. Variables are inputs under their names, and those assigned are outputs under
 * the same names (so no output of `body` may have one); all are left exactly as they were.
 */
export function trace(request: TraceRequest, body: (inputs: ReadonlyMap<string, tf.Tensor>) => ReadonlyMap<string, tf.Tensor>): Program {
  if (recording) throw new EpochbookError('internal', { detail: 'a trace inside a trace' });
  const home = tf.getBackend();
  const saved = request.variables.map(({ variable }) => tf.keep(tf.clone(variable)));
  const inputs = new Map<string, Node>();
  const random: RandomInput[] = [];
  const declare = (name: string, type: Typed): Node => {
    const node = makeNode('input', [], { shape: [...type.shape], dtype: type.dtype }, { attributes: { name } });
    inputs.set(name, node);
    return node;
  };
  recording = { inputs, random };
  tf.setBackend(backendName).catch(() => {}); // synchronous: the backend's factory is
  const backend = tf.backend() as RecordingBackend;
  try {
    const outputs = new Map<string, Node>();
    tf.engine().startScope();
    try {
      for (const { name, variable } of request.variables) {
        variable.assign(backend.tensor(declare(name, { shape: variable.shape, dtype: variable.dtype as DataType })));
      }
      const given = new Map([...request.inputs].map(([name, type]) => [name, backend.tensor(declare(name, type))]));
      for (const [name, tensor] of body(given)) outputs.set(name, backend.nodeOf(tensor));
      for (const { name, variable } of request.variables) {
        const node = backend.nodeOf(variable);
        if (node !== inputs.get(name)) outputs.set(name, node);
      }
    } finally {
      tf.engine().endScope();
    }
    return { inputs, random, outputs, ...(request.samples !== undefined && { samples: request.samples }) };
  } catch (error) {
    const kernel = error instanceof Error ? unknownKernel.exec(error.message)?.[1] : undefined;
    if (kernel) throw new EpochbookError('engine.kernelUnknown', { kernel }, { cause: error });
    throw error;
  } finally {
    recording = null;
    tf.setBackend(home).catch(() => {});
    request.variables.forEach(({ variable }, index) => {
      variable.assign(saved[index]);
      saved[index].dispose();
    });
  }
}
