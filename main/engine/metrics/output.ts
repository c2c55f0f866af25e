/** A model's output and, where its last step is a softmax or sigmoid, what goes into that step. */
import type { BuiltModel } from '../model/build.ts';
import { tf, tfl } from '../tfjs.ts';
import type { Outputs } from './losses.ts';

/** Name of the last activation in tfjs' spelling; `unknown` where the last layer is not one that has one. */
export type OutputActivation = string;

interface WithActivation {
  activation: { getClassName(): string };
}

const hasActivation = ['Dense', 'Activation', 'Conv1D', 'Conv2D'];

export function outputActivation({ outputLayer }: BuiltModel): OutputActivation {
  if (outputLayer.getClassName() === 'Softmax') return 'softmax';
  if (!hasActivation.includes(outputLayer.getClassName())) return 'unknown';
  return (outputLayer as unknown as WithActivation).activation.getClassName();
}

const linear = () => (tfl.layers.activation({ activation: 'linear' }) as unknown as WithActivation).activation;
const passOn = (inputs: tf.Tensor | tf.Tensor[]) => (Array.isArray(inputs) ? inputs[0] : inputs);

/** Runs `body` with the last layer's activation taken off. */
function withoutActivation<T>({ outputLayer }: BuiltModel, body: () => T): T {
  // A softmax layer is nothing but its activation.
  const isSoftmax = outputLayer.getClassName() === 'Softmax';
  const name = isSoftmax ? 'call' : 'activation';
  const layer = outputLayer as unknown as Record<string, unknown>;
  const own = Object.getOwnPropertyDescriptor(layer, name);
  layer[name] = isSoftmax ? passOn : linear();
  try {
    return body();
  } finally {
    if (own) Object.defineProperty(layer, name, own);
    else delete layer[name];
  }
}

function applied(model: BuiltModel, inputs: tf.Tensor, training: boolean): tf.Tensor {
  const output = model.network.call(inputs, { training });
  return Array.isArray(output) ? output[0] : output;
}

/**
 * The model on a batch. Cross-entropies are computed from the logits: their gradient is then right where a
 * probability is so near 0 or 1 that its logarithm would have to be cut off.
 */
export function outputsOf(model: BuiltModel, inputs: tf.Tensor, training: boolean): Outputs {
  const activation = outputActivation(model);
  if (activation !== 'softmax' && activation !== 'sigmoid') {
    const output = applied(model, inputs, training);
    return { values: () => output, logits: null };
  }
  const logits = withoutActivation(model, () => applied(model, inputs, training));
  return { values: () => (activation === 'softmax' ? tf.softmax(logits) : tf.sigmoid(logits)), logits };
}

/** The output itself, for predictions. */
export const predictionOf = (model: BuiltModel, inputs: tf.Tensor): tf.Tensor => applied(model, inputs, false);
