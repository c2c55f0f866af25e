/** From Keras model JSON to tfjs layers with seeded weights. */
import type { ModelSpec } from '#contract/spec.ts';
import { type Shape, sizeOf } from '../compile/graph.ts';
import { tf, tfl } from '../tfjs.ts';
import { modelInputs } from './complete.ts';
import { type Forward, forward } from './forward.ts';
import type { CarriedState } from './states.ts';
import { type Entry, type InputShape, type Wiring, wire } from './wire.ts';

export interface Weight {
  /** Keras' name, e.g. `conv2d_1/kernel`. */
  readonly name: string;
  readonly variable: tf.Variable;
  readonly trainable: boolean;
  /** Assigns the variable, under the weight's constraint if it has one. */
  readonly write: (value: tf.Tensor) => void;
}

export interface BuiltLayer {
  readonly name: string;
  readonly className: string;
  /** Without the batch. */
  readonly outputShape: Shape;
  readonly parameters: number;
  /** Its place in the model's list. */
  readonly index: number;
}

/** One of the model's outputs. */
export interface BuiltOutput {
  /** Of the layer it comes from. */
  readonly name: string;
  /** Without the batch. */
  readonly shape: Shape;
  readonly layer: tfl.layers.Layer;
  /** Whether that layer is applied elsewhere as well. */
  readonly shared: boolean;
}

/** An embedding of the model's own input: which of a row's values it takes, and below what they must be. */
export interface NumberedInput {
  readonly layer: string;
  readonly index: number;
  readonly from: number;
  readonly length: number;
  readonly below: number;
}

export interface BuiltModel {
  readonly network: tfl.LayersModel;
  readonly layers: readonly BuiltLayer[];
  /** In the order of the layers, as Keras lists them. */
  readonly weights: readonly Weight[];
  /** Of one sample: of several inputs, all their values one after another. */
  readonly inputShape: Shape;
  readonly inputs: readonly InputShape[];
  /** Inputs that must be whole numbers below a limit. */
  readonly numbered: readonly NumberedInput[];
  /** Likewise, of several outputs. */
  readonly outputShape: Shape;
  readonly outputs: readonly BuiltOutput[];
  /** The model on a batch `[count, ...inputShape]`; its outputs, each `[count, ...shape]`. */
  forward(batch: tf.Tensor, training: boolean, watch?: (layer: tfl.layers.Layer, output: tf.Tensor) => void): Forward;
  /** The same on each input by itself. */
  forwardEach(inputs: readonly tf.Tensor[], training: boolean): Forward;
  /** What recurrent layers carry from batch to batch. */
  readonly states: readonly CarriedState[];
  /** Runs `body`, in which the model is, with these states; without, they are 0. `next`: what they became, by name. */
  withStates<T>(given: ReadonlyMap<string, tf.Tensor> | null, body: () => T): { result: T; next: Map<string, tf.Tensor> };
  /** Frees the weights. */
  dispose(): void;
}

interface VariableInternals {
  readonly originalName: string;
  read(): tf.Variable;
  write(value: tf.Tensor): unknown;
}

/** Wrapped layers and cells carry tfjs' running numbers in their names: each weight gets one that says its layer. */
function weightsOf(layers: readonly tfl.layers.Layer[]): Weight[] {
  const weights: Weight[] = [];
  const taken = new Set<string>();
  for (const layer of layers) {
    const trainable = new Set(layer.trainableWeights as unknown[]);
    for (const weight of layer.weights as unknown as VariableInternals[]) {
      const own = weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1);
      let name = `${layer.name}/${own}`;
      for (let count = 1; taken.has(name); count++) name = `${layer.name}/${own}_${count}`;
      taken.add(name);
      weights.push({ name, variable: weight.read(), trainable: trainable.has(weight), write: (value) => void weight.write(value) });
    }
  }
  return weights;
}

const sampleShape = (tensor: tfl.SymbolicTensor) => tensor.shape.slice(1).map((length) => length ?? 0);

/** The shape of one, or the length of all together. */
const packedShape = (parts: readonly { shape: Shape }[]): Shape =>
  parts.length === 1 ? parts[0].shape : [parts.reduce((total, { shape }) => total + sizeOf(shape), 0)];

/** The parts of rows that hold them one after another. */
function unpacked(batch: tf.Tensor, parts: readonly { shape: Shape }[]): tf.Tensor[] {
  if (parts.length === 1) return [batch];
  const [count] = batch.shape;
  let from = 0;
  return parts.map(({ shape }) => {
    const size = sizeOf(shape);
    const part = tf.reshape(tf.slice(batch, [0, from], [count, size]), [count, ...shape]);
    from += size;
    return part;
  });
}

/** Layers that look up a vector for each whole number. */
const lookUp = ['Embedding', 'ReversibleEmbedding', 'TokenAndPositionEmbedding'];

function numberedInputs({ calls, inputs, entries }: Wiring, shapes: readonly InputShape[]): NumberedInput[] {
  const from = shapes.map((_, index) => shapes.slice(0, index).reduce((total, { shape }) => total + sizeOf(shape), 0));
  return calls.flatMap(({ layer, inputs: given, reverse }) => {
    const input = inputs.indexOf(given[0]);
    if (input < 0 || reverse || !lookUp.includes(layer.getClassName())) return [];
    const { inputDim, vocabularySize } = layer.getConfig() as { inputDim?: number; vocabularySize?: number };
    const { index } = entries.find(({ layers }) => layers.includes(layer))!;
    return [{ layer: layer.name, index, from: from[input], length: sizeOf(shapes[input].shape), below: (inputDim ?? vocabularySize)! }];
  });
}

function layersInOrder(entries: readonly Entry[]): tfl.layers.Layer[] {
  return [...new Set(entries.flatMap(({ layers }) => layers))];
}

/**
 * Builds a completed model (see completeModel). The weights are a function of the seed and the layers' names; with
 * null they are 0, for a model that is only looked at or whose weights are given.
 * Throws EpochbookError with `at` where a layer cannot take what arrives.
 */
export function buildModel(model: ModelSpec, seed: number | null): BuiltModel {
  const inputs = modelInputs(model);
  const wiring = wire(model, inputs, seed);
  const network = tfl.model({ inputs: [...wiring.inputs], outputs: [...wiring.outputs] });
  const outputs = wiring.outputs.map((output): BuiltOutput => {
    const { sourceLayer: layer } = output;
    const shared = wiring.calls.filter((call) => call.layer === layer).length > 1;
    // The further outputs of a layer that returns its states have names of their own.
    const place = (output as unknown as { readonly outputTensorIndex?: number }).outputTensorIndex ?? 0;
    return { name: place > 0 ? `${layer.name}_${place}` : layer.name, shape: sampleShape(output), layer, shared };
  });
  return {
    network,
    layers: wiring.entries.map(({ name, className, layers, output, index }) => ({
      name,
      className,
      outputShape: sampleShape(output),
      parameters: layers.reduce((total, layer) => total + layer.countParams(), 0),
      index,
    })),
    weights: weightsOf(layersInOrder(wiring.entries)),
    inputShape: packedShape(inputs),
    inputs,
    numbered: numberedInputs(wiring, inputs),
    outputShape: packedShape(outputs),
    outputs,
    forward: (batch, training, watch) => forward(wiring, unpacked(batch, inputs), training, watch),
    forwardEach: (each, training) => forward(wiring, each, training),
    states: wiring.states.all,
    withStates: (given, body) => wiring.states.around(given, body),
    dispose: () => network.dispose(),
  };
}
