/** Runs a traced program kernel by kernel on one of tfjs' own backends, as it was recorded. */
import type { DataType, HostTensor, Node, Program, Values } from '../compile/graph.ts';
import { sorted } from '../compile/graph.ts';
import { tf } from '../tfjs.ts';
import type { Executable } from './backend.ts';

/** tfjs keeps some arrays it is given, and TensorFlow in Electron even shares their memory. */
function copied(values: Values): Values {
  return values.slice();
}

export function evaluateEagerly(program: Program, inputs: ReadonlyMap<string, HostTensor>, backendName: string): Map<string, HostTensor> {
  const home = tf.getBackend();
  tf.setBackend(backendName).catch(() => {}); // synchronous: the backend's factory is
  const results = new Map<string, HostTensor>();
  tf.engine().startScope();
  try {
    const made = new Map<Node, tf.Tensor | tf.Tensor[]>();
    for (const node of sorted(program)) {
      const { shape, dtype } = node;
      if (node.op === 'input') {
        made.set(node, tf.tensor(copied(inputs.get(node.attributes.name as string)!.data), [...shape], dtype));
      } else if (node.op === 'constant') {
        made.set(node, tf.tensor(copied(node.values!), [...shape], dtype));
      } else if (node.op === 'output') {
        made.set(node, (made.get(node.inputs[0]) as tf.Tensor[])[node.attributes.index as number]);
      } else {
        const tensors = node.inputs.map((input) => made.get(input) as tf.Tensor);
        // Kernels over a list of tensors have numbers as keys, and take an array.
        const isList = node.keys.length > 0 && node.keys.every((key, index) => key === String(index));
        const named = isList ? tensors : Object.fromEntries(node.keys.map((key, index) => [key, tensors[index]]));
        made.set(node, tf.engine().runKernel(node.op, named as tf.NamedTensorMap, { ...node.attributes } as tf.NamedAttrMap));
      }
    }
    for (const [name, node] of program.outputs) {
      const data = (made.get(node) as tf.Tensor).dataSync<DataType>();
      results.set(name, { data: copied(data), shape: node.shape, dtype: node.dtype });
    }
  } finally {
    tf.engine().endScope();
    tf.setBackend(home).catch(() => {});
  }
  return results;
}

/** `backendName` is tfjs' own name of the backend. */
export function runEagerly(program: Program, backendName: string): Executable {
  return {
    // A turn of the event loop, so that a stop is heard between two steps.
    run: async (inputs) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return evaluateEagerly(program, inputs, backendName);
    },
    release: () => Promise.resolve(),
  };
}
