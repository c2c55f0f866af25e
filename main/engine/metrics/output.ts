/** A model's outputs and, where an output's last step is a softmax or sigmoid, what goes into that step. */
import type { BuiltModel, BuiltOutput } from '../model/build.ts';
import { tf, tfl } from '../tfjs.ts';
import type { Outputs } from './losses.ts';

/** Name of the last activation in tfjs' spelling; `unknown` where the last layer is not one that has one. */
export type OutputActivation = string;

interface WithActivation {
  activation: { getClassName(): string };
}

const hasActivation = ['Dense', 'Activation', 'Conv1D', 'Conv2D'];

export function outputActivation({ layer, shared }: BuiltOutput): OutputActivation {
  if (shared) return 'unknown';
  if (layer.getClassName() === 'Softmax') return 'softmax';
  if (!hasActivation.includes(layer.getClassName())) return 'unknown';
  return (layer as unknown as WithActivation).activation.getClassName();
}

const linear = () => (tfl.layers.activation({ activation: 'linear' }) as unknown as WithActivation).activation;
const passOn = (inputs: tf.Tensor | tf.Tensor[]) => (Array.isArray(inputs) ? inputs[0] : inputs);
const hasLogits = (activation: OutputActivation) => activation === 'softmax' || activation === 'sigmoid';

/** Runs `body` with these last layers' activations taken off. */
function withoutActivation<T>([output, ...others]: readonly BuiltOutput[], body: () => T): T {
  if (!output) return body();
  // A softmax layer is nothing but its activation.
  const isSoftmax = output.layer.getClassName() === 'Softmax';
  const name = isSoftmax ? 'call' : 'activation';
  const layer = output.layer as unknown as Record<string, unknown>;
  const own = Object.getOwnPropertyDescriptor(layer, name);
  layer[name] = isSoftmax ? passOn : linear();
  try {
    return withoutActivation(others, body);
  } finally {
    if (own) Object.defineProperty(layer, name, own);
    else delete layer[name];
  }
}

/**
 * The model on a batch: each output, and what regularizers of activities add to the loss. Cross-entropies are computed
 * from the logits: their gradient is then right where a probability is so near 0 or 1 that its logarithm would have to
 * be cut off.
 */
export function outputsOf(
  model: BuiltModel,
  inputs: tf.Tensor,
  training: boolean,
): { outputs: Outputs[]; penalties: readonly tf.Tensor[] } {
  const activations = model.outputs.map(outputActivation);
  const { outputs, masks, penalties } = withoutActivation(
    model.outputs.filter((_, index) => hasLogits(activations[index])),
    () => model.forward(inputs, training),
  );
  return {
    outputs: outputs.map((output, index) => {
      const mask = masks[index];
      const padding = mask ? { mask } : {};
      if (!hasLogits(activations[index])) return { values: () => output, logits: null, ...padding };
      const values = () => (activations[index] === 'softmax' ? tf.softmax(output) : tf.sigmoid(output));
      return { values, logits: output, ...padding };
    }),
    penalties,
  };
}

/** The output itself, for predictions; of several, all their values one after another. */
export function predictionOf(model: BuiltModel, inputs: tf.Tensor): tf.Tensor {
  const { outputs } = model.forward(inputs, false);
  if (outputs.length === 1) return outputs[0];
  return tf.concat(
    outputs.map((output) => tf.reshape(output, [output.shape[0], -1])),
    1,
  );
}
