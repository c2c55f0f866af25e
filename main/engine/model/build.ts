/** From Keras model JSON to tfjs layers with seeded weights. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, ModelSpec } from '#contract/spec.ts';
import { type Shape, sizeOf } from '../compile/graph.ts';
import { type RandomStream, randomStream } from '../loop/random.ts';
import { tf, tfl } from '../tfjs.ts';
import { modelInputShape } from './complete.ts';
import { initialValues, type InitializerLike } from './initialize.ts';
import { type Config, layerPointer, type LayerSpec, layersOf, layerNames, readLayer } from './layer-config.ts';
import { inputLayer, layerTypes, wantedRank } from './layer-types.ts';
import { shapeText } from './names.ts';
import { fixInitializers, replaceComputation } from './own-layers.ts';
import { traceRandom } from './random-layers.ts';

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

export interface BuiltModel {
  readonly network: tfl.LayersModel;
  readonly layers: readonly BuiltLayer[];
  /** In the order of the layers, as Keras lists them. */
  readonly weights: readonly Weight[];
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** The layer whose output is the model's. */
  readonly outputLayer: tfl.layers.Layer;
  /** Frees the weights. */
  dispose(): void;
}

type LayerClass = tf.serialization.SerializableConstructor<tfl.layers.Layer>;

/** What is not public of tfjs' layers. */
interface LayerInternals {
  addWeight: (
    this: tfl.layers.Layer,
    name: string,
    shape: Shape,
    dtype: string,
    initializer: InitializerLike,
    ...rest: unknown[]
  ) => unknown;
}
interface VariableInternals {
  readonly originalName: string;
  read(): tf.Variable;
  write(value: tf.Tensor): unknown;
}

/** What makes LSTM's bias: tfjs wraps the layer's own initializer in one that sets the forget gate's quarter to 1. */
interface GatedCell {
  readonly units: number;
  readonly biasInitializer: InitializerLike;
}
const gatedBias = 'CustomInit';

function seededValues(layer: tfl.layers.Layer, initializer: InitializerLike, shape: Shape, stream: RandomStream): Float32Array {
  if (initializer.getClassName() !== gatedBias) return initialValues(initializer, shape, stream);
  const { units, biasInitializer } = layer as unknown as GatedCell;
  return initialValues(biasInitializer, shape, stream).fill(1, units, 2 * units);
}

/** Of an initializer with a seed: the same values wherever it is used, as in Keras. */
function ownStream(initializer: InitializerLike): RandomStream | null {
  const { seed } = initializer.getConfig();
  return typeof seed === 'number' ? randomStream(seed, 'initializer') : null;
}

/**
 * Weights' values come from streams named by layer and weight while `build` runs. tfjs makes cells and wrapped layers
 * itself, under running numbers, so it is the method that all layers share that is replaced for as long.
 */
function withSeededWeights<T>(seed: number | null, layerName: string, build: () => T): T {
  const prototype = tfl.layers.Layer.prototype as unknown as LayerInternals;
  const original = Object.getOwnPropertyDescriptor(prototype, 'addWeight')!;
  const addWeight = original.value as LayerInternals['addWeight'];
  const counts = new Map<string, number>();
  prototype.addWeight = function addSeededWeight(this: tfl.layers.Layer, name, shape, dtype, initializer, ...rest) {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const values = () =>
      seed === null
        ? new Float32Array(sizeOf(shape))
        : seededValues(this, initializer, shape, ownStream(initializer) ?? randomStream(seed, 'initializers', layerName, name, count));
    const seeded = {
      getClassName: () => initializer.getClassName(),
      getConfig: () => initializer.getConfig(),
      apply: () => tf.tensor(values(), [...shape]),
    };
    return addWeight.call(this, name, shape, dtype, seeded, ...rest);
  };
  try {
    return build();
  } finally {
    Object.defineProperty(prototype, 'addWeight', original);
  }
}

function makeLayer(className: string, config: Config, index: number): tfl.layers.Layer {
  const [layerClass] = tf.serialization.SerializationMap.getMap().classNameMap[className] as unknown as [LayerClass];
  try {
    const layer = (layerClass as unknown as { fromConfig(type: LayerClass, config: Config): tfl.layers.Layer }).fromConfig(
      layerClass,
      config,
    );
    traceRandom(layer);
    replaceComputation(layer);
    fixInitializers(layer, config);
    return layer;
  } catch (error) {
    if (error instanceof EpochbookError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new EpochbookError(
      'engine.layerConfig',
      { layer: config.name as string, className, detail },
      { at: layerPointer(index), cause: error },
    );
  }
}

function layerFailed(layer: string, className: string, arrives: readonly (number | null)[], error: unknown, index: number): EpochbookError {
  const detail = error instanceof Error ? error.message : String(error);
  return new EpochbookError(
    'engine.layerFailed',
    { layer, className, arrives: shapeText(arrives), detail },
    { at: layerPointer(index), cause: error },
  );
}

type Symbolic = tfl.SymbolicTensor;
const sampleShape = (tensor: Symbolic) => tensor.shape.slice(1);

/** tfjs makes null of −1, for a length that follows from the others. */
const isOpen = (length: number | null) => length === null || length < 0;

function sizesOf(target: readonly (number | null)[], arrives: readonly (number | null)[]): { total: number; fixed: number; open: number } {
  const product = (lengths: readonly (number | null)[]) => lengths.reduce<number>((all, length) => all * (length ?? 1), 1);
  return { total: product(arrives), fixed: product(target.filter((length) => !isOpen(length))), open: target.filter(isOpen).length };
}

/** tfjs leaves an open length unknown, which the layers after it cannot take. */
function fillTarget(layer: tfl.layers.Layer, arrives: readonly (number | null)[]): void {
  const own = layer as unknown as { targetShape: (number | null)[] };
  const { total, fixed } = sizesOf(own.targetShape, arrives);
  own.targetShape = own.targetShape.map((length) => (isOpen(length) ? total / fixed : length));
}

/** Errors that say what arrives and what was wanted, before tfjs' own, which do not. */
function checkArrival(className: string, config: Config, arrives: readonly (number | null)[], index: number): void {
  const layer = config.name as string;
  const { wanted } = layerTypes[className];
  const rank = wantedRank[wanted];
  if (rank !== null && arrives.length !== rank) {
    throw new EpochbookError('engine.layerRank', { layer, className, wanted, arrives: shapeText(arrives) }, { at: layerPointer(index) });
  }
  if (className === 'Reshape') {
    const target = config.targetShape as (number | null)[];
    const { total, fixed, open } = sizesOf(target, arrives);
    const fits = open === 0 ? fixed === total : open === 1 && total % fixed === 0;
    if (!fits) {
      const values = { layer, arrives: shapeText(arrives), total, target: shapeText(target) };
      throw new EpochbookError('engine.layerReshape', values, { at: layerPointer(index) });
    }
  }
  const window = (config.kernelSize ??
    config.poolSize ??
    (className.includes('Pooling') && !className.startsWith('Global') ? 2 : undefined)) as number | number[] | undefined;
  if (window === undefined || config.padding === 'same' || className.includes('Transpose') || rank === null) return;
  const spatial = config.dataFormat === 'channelsFirst' ? arrives.slice(1) : arrives.slice(0, -1);
  const sides = Array.isArray(window) ? window : spatial.map(() => window);
  const dilation = config.dilationRate as number | number[] | undefined;
  const reach = sides.map((side, axis) => (side - 1) * (Array.isArray(dilation) ? dilation[axis] : (dilation ?? 1)) + 1);
  if (!spatial.some((length, axis) => length !== null && reach[axis] !== undefined && length < reach[axis])) return;
  const values = { layer, className, window: shapeText(reach), arrives: shapeText(spatial) };
  throw new EpochbookError('engine.layerWindow', values, { at: layerPointer(index) });
}

function applyLayer(
  layer: tfl.layers.Layer,
  inputs: Symbolic[],
  className: string,
  config: Config,
  seed: number | null,
  index: number,
): Symbolic {
  const arrives = sampleShape(inputs[0]);
  checkArrival(className, config, arrives, index);
  if (className === 'Reshape') fillTarget(layer, arrives);
  let output: Symbolic | Symbolic[];
  try {
    output = withSeededWeights(seed, layer.name, () => layer.apply(inputs.length === 1 ? inputs[0] : inputs)) as Symbolic | Symbolic[];
  } catch (error) {
    if (error instanceof EpochbookError) throw error;
    throw layerFailed(layer.name, className, arrives, error, index);
  }
  fillNormalization(layer, sampleShape(inputs[0]));
  gatherPenalties(layer);
  const result = Array.isArray(output) ? output[0] : output;
  if (sampleShape(result).some((length) => length !== null && !(length > 0))) {
    const values = { layer: layer.name, className, arrives: shapeText(arrives), detail: `→ ${shapeText(sampleShape(result))}` };
    throw new EpochbookError('engine.layerFailed', values, { at: layerPointer(index) });
  }
  return result;
}

/** tfjs reads gamma and beta of a normalization even where it was told to have none. */
function fillNormalization(layer: tfl.layers.Layer, arrives: readonly (number | null)[]): void {
  const className = layer.getClassName();
  if (className !== 'BatchNormalization' && className !== 'LayerNormalization') return;
  const own = layer as unknown as { gamma?: unknown; beta?: unknown; axis: number | number[]; scale: boolean; center: boolean };
  const shape = [own.axis].flat().map((axis) => arrives[(axis < 0 ? axis + arrives.length + 1 : axis) - 1]!);
  own.gamma ??= { read: () => tf.ones(shape) };
  own.beta ??= { read: () => tf.zeros(shape) };
  // One by layer has no gradient without them.
  if (className === 'LayerNormalization') Object.assign(own, { scale: true, center: true });
}

type Penalty = () => tf.Scalar;
interface WithInner {
  readonly losses: Penalty[];
  addLoss(losses: Penalty[]): void;
  readonly cell?: WithInner;
  readonly cells?: WithInner[];
  readonly layer?: WithInner;
  readonly forwardLayer?: WithInner;
  readonly backwardLayer?: WithInner;
}

/** The model asks its layers for their regularizers' penalties, which know nothing of those of cells and wrapped layers. */
function gatherPenalties(layer: tfl.layers.Layer): void {
  const penaltiesOf = (owner: WithInner): Penalty[] => [
    ...owner.losses,
    ...[owner.cell, ...(owner.cells ?? []), ...(owner.forwardLayer ? [owner.forwardLayer, owner.backwardLayer] : [owner.layer])].flatMap(
      (inner) => (inner ? penaltiesOf(inner) : []),
    ),
  ];
  const own = layer as unknown as WithInner;
  const known = new Set(own.losses);
  const missing = [...new Set(penaltiesOf(own))].filter((penalty) => !known.has(penalty));
  if (missing.length > 0) own.addLoss(missing);
}

interface Wiring {
  readonly inputs: Symbolic[];
  readonly outputs: Symbolic[];
  readonly layers: { layer: tfl.layers.Layer; className: string; output: Symbolic; index: number }[];
}

function wireSequential(specs: readonly LayerSpec[], names: readonly string[], inputShape: readonly number[], seed: number | null): Wiring {
  const input = tfl.input({ shape: [...inputShape], name: specs[0].class_name === inputLayer ? names[0] : 'input' });
  const layers: Wiring['layers'] = [];
  let current: Symbolic = input;
  specs.forEach((spec, index) => {
    const { className, config } = readLayer(spec, index);
    if (className === inputLayer) return;
    const named: Config = { ...config, name: names[index] };
    delete named.batchInputShape;
    const layer = makeLayer(className, named, index);
    current = applyLayer(layer, [current], className, named, seed, index);
    layers.push({ layer, className, output: current, index });
  });
  if (layers.length === 0) throw new EpochbookError('engine.modelEmpty', {}, { at: '/model' });
  return { inputs: [input], outputs: [current], layers };
}

/** `[layer name, call number, output number]`, as Keras 2 and tfjs write connections. */
type Connection = [string, number, number];

function connectionsOf(value: Json | undefined): Connection[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  return typeof value[0] === 'string' ? [value as Connection] : (value as Connection[]);
}

function wireFunctional(
  model: ModelSpec,
  specs: readonly LayerSpec[],
  names: readonly string[],
  inputShape: readonly number[],
  seed: number | null,
): Wiring {
  const known = new Map<string, Symbolic>();
  const layers: Wiring['layers'] = [];
  const key = (name: string, call: number) => `${name} ${call}`;
  const made = new Map<string, tfl.layers.Layer>();
  const waiting: { index: number; call: number; from: Connection[] }[] = [];
  const inputs: Symbolic[] = [];
  specs.forEach((spec, index) => {
    const { className } = readLayer(spec, index);
    const calls = Array.isArray(spec.inbound_nodes) ? spec.inbound_nodes : [];
    if (className === inputLayer) {
      const input = tfl.input({ shape: [...inputShape], name: names[index] });
      inputs.push(input);
      known.set(key(names[index], 0), input);
    } else {
      calls.forEach((from, call) => waiting.push({ index, call, from: connectionsOf(from) }));
    }
  });
  const locate = ([name, call]: Connection) => known.get(key(name, call));
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ from }) => from.length > 0 && from.every((connection) => locate(connection)));
    if (next < 0) {
      const { index, from } = waiting[0];
      const missing = from.find((connection) => !locate(connection))?.[0] ?? '';
      throw new EpochbookError('engine.connectionMissing', { layer: names[index], from: missing }, { at: layerPointer(index) });
    }
    const [{ index, call, from }] = waiting.splice(next, 1) as [(typeof waiting)[number]];
    const { className, config } = readLayer(specs[index], index);
    const named: Config = { ...config, name: names[index] };
    const layer = made.get(names[index]) ?? makeLayer(className, named, index);
    made.set(names[index], layer);
    const sources = from.map((connection) => locate(connection)!);
    const output = applyLayer(layer, sources, className, named, seed, index);
    known.set(key(names[index], call), output);
    if (call === 0) layers.push({ layer, className, output, index });
  }
  const outputs = connectionsOf(model.config.output_layers ?? model.config.outputLayers).map((connection) => {
    const output = locate(connection);
    if (!output) throw new EpochbookError('engine.connectionMissing', { layer: 'model', from: connection[0] }, { at: '/model' });
    return output;
  });
  return { inputs, outputs, layers: layers.sort((a, b) => a.index - b.index) };
}

/** Wrapped layers and cells carry tfjs' running numbers in their names: each weight gets one that says its layer. */
function weightsOf(wiring: Wiring): Weight[] {
  const weights: Weight[] = [];
  const taken = new Set<string>();
  for (const { layer } of wiring.layers) {
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

/**
 * Builds a completed model (see completeModel). The weights are a function of the seed and the layers' names; with
 * null they are 0, for a model that is only looked at or whose weights are given.
 * Throws EpochbookError with `at` where a layer cannot take what arrives.
 */
export function buildModel(model: ModelSpec, seed: number | null): BuiltModel {
  const specs = layersOf(model);
  const names = layerNames(specs);
  const inputShape = modelInputShape(model);
  const wiring =
    model.class_name === 'Sequential'
      ? wireSequential(specs, names, inputShape, seed)
      : wireFunctional(model, specs, names, inputShape, seed);
  if (wiring.inputs.length !== 1 || wiring.outputs.length !== 1) throw new EpochbookError('engine.oneInput', {}, { at: '/model' });
  const network = tfl.model({ inputs: wiring.inputs, outputs: wiring.outputs });
  const output = wiring.outputs[0];
  return {
    network,
    layers: wiring.layers.map(({ layer, className, output: result, index }) => ({
      name: layer.name,
      className,
      outputShape: sampleShape(result).map((length) => length ?? 0),
      parameters: layer.countParams(),
      index,
    })),
    weights: weightsOf(wiring),
    inputShape,
    outputShape: sampleShape(output).map((length) => length ?? 0),
    outputLayer: output.sourceLayer,
    dispose: () => network.dispose(),
  };
}
