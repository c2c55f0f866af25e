/** What every layer gives while the model is run. */
import type { BuiltModel } from '../model/build.ts';
import type { tf } from '../tfjs.ts';

type Call = (...given: unknown[]) => tf.Tensor | tf.Tensor[];

/** Runs `body` and keeps the first output of each layer that it runs, by the layer's name and in that order. */
export function withLayerOutputs<T>({ network }: BuiltModel, body: () => T): { result: T; outputs: Map<string, tf.Tensor> } {
  const outputs = new Map<string, tf.Tensor>();
  const undo: (() => void)[] = [];
  for (const layer of network.layers) {
    const object = layer as unknown as { call: Call };
    const own = Object.getOwnPropertyDescriptor(object, 'call');
    const { call } = object;
    object.call = function recorded(...given) {
      const output = call.apply(this, given);
      outputs.set(layer.name, Array.isArray(output) ? output[0] : output);
      return output;
    };
    undo.push(() => {
      if (own) Object.defineProperty(object, 'call', own);
      else delete (object as Partial<typeof object>).call;
    });
  }
  try {
    return { result: body(), outputs };
  } finally {
    for (const each of undo) each();
  }
}
