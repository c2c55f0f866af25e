/** From the list of layers to tfjs layers applied to each other, nested models and layers used several times included. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json, ModelSpec } from '#contract/spec.ts';
import { tf, tfl } from '../tfjs.ts';
import { addOptions, inTfjsWords } from './add-options.ts';
import { checkArrival, fillTarget } from './check-arrival.ts';
import { type Config, isModel, layerNames, type LayerSpec, layersOf, readLayer } from './layer-config.ts';
import { inputLayer } from './layer-types.ts';
import { reversible } from './layers/index.ts';
import { shapeText } from './names.ts';
import { fixInitializers, replaceComputation } from './own-layers.ts';
import { traceRandom } from './random-layers.ts';
import { withSeededWeights } from './seeded-weights.ts';
import { CarriedStates, checkInitialState } from './states.ts';

export type Symbolic = tfl.SymbolicTensor;

/** A layer applied once. */
export interface Call {
  readonly layer: tfl.layers.Layer;
  readonly inputs: readonly Symbolic[];
  readonly outputs: readonly Symbolic[];
  /** Applied backwards (ReversibleEmbedding). */
  readonly reverse?: true;
}

/** What stands in the model's own list: a layer, or a model as one. */
export interface Entry {
  readonly name: string;
  readonly className: string;
  readonly layers: readonly tfl.layers.Layer[];
  /** Of its first use. */
  readonly output: Symbolic;
  readonly index: number;
}

export interface Wiring {
  readonly inputs: readonly Symbolic[];
  readonly outputs: readonly Symbolic[];
  readonly calls: readonly Call[];
  readonly entries: readonly Entry[];
  readonly states: CarriedStates;
}

/** One of a model's inputs: its name and the shape of a sample. */
export interface InputShape {
  readonly name: string;
  readonly shape: readonly number[];
}

type LayerClass = tf.serialization.SerializableConstructor<tfl.layers.Layer>;

function makeLayer(className: string, config: Config, at: string): tfl.layers.Layer {
  const [layerClass] = tf.serialization.SerializationMap.getMap().classNameMap[className] as unknown as [LayerClass];
  try {
    const layer = (layerClass as unknown as { fromConfig(type: LayerClass, config: Config): tfl.layers.Layer }).fromConfig(
      layerClass,
      inTfjsWords(className, config),
    );
    traceRandom(layer);
    replaceComputation(layer, config);
    fixInitializers(layer, config);
    addOptions(layer, config);
    return layer;
  } catch (error) {
    if (error instanceof EpochbookError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new EpochbookError('engine.layerConfig', { layer: config.name as string, className, detail }, { at, cause: error });
  }
}

const sampleShape = (tensor: Symbolic) => tensor.shape.slice(1);

/** tfjs reads gamma and beta of a normalization even where it was told to have none. */
function fillNormalization(layer: tfl.layers.Layer, arrives: readonly (number | null)[]): void {
  if (layer.getClassName() !== 'BatchNormalization') return;
  const own = layer as unknown as { gamma?: unknown; beta?: unknown; axis: number };
  const shape = [arrives[(own.axis < 0 ? own.axis + arrives.length + 1 : own.axis) - 1]!];
  own.gamma ??= { read: () => tf.ones(shape) };
  own.beta ??= { read: () => tf.zeros(shape) };
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

/** Names of nested models' layers begin with the model's. */
const within = (model: string, layer: string) => (model === '' ? layer : `${model}/${layer}`);

/** `[layer name, call number, output number]`, as Keras 2 and tfjs write connections. */
type Connection = [string, number, number];

export function connectionsOf(value: Json | undefined): Connection[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  return typeof value[0] === 'string' ? [value as Connection] : (value as Connection[]);
}

/** What follows a connection's three numbers are options of the call. */
const isReversed = (connection: readonly Json[]) => (connection[3] as { reverse?: Json } | undefined)?.reverse === true;

export const inputConnections = (model: ModelSpec) => connectionsOf(model.config.input_layers ?? model.config.inputLayers);
export const outputConnections = (model: ModelSpec) => connectionsOf(model.config.output_layers ?? model.config.outputLayers);

class Wirer {
  readonly calls: Call[] = [];
  readonly states = new CarriedStates();
  /** Layers by their whole name, so that a layer or model used twice is one. */
  private readonly made = new Map<string, tfl.layers.Layer>();
  private readonly seed: number | null;

  constructor(seed: number | null) {
    this.seed = seed;
  }

  private applyLayer(
    layer: tfl.layers.Layer,
    inputs: readonly Symbolic[],
    className: string,
    config: Config,
    at: string,
    reverse: boolean,
  ): Symbolic[] {
    const arrives = sampleShape(inputs[0]);
    checkArrival(className, config, arrives, at);
    if (className === 'Reshape') fillTarget(layer, arrives);
    const failed = (detail: string, cause?: unknown) =>
      new EpochbookError('engine.layerFailed', { layer: layer.name, className, arrives: shapeText(arrives), detail }, { at, cause });
    let output: Symbolic | Symbolic[];
    checkInitialState(layer, inputs.map(sampleShape), at);
    try {
      if (className === reversible) Object.assign(layer, { reverse });
      output = withSeededWeights(this.seed, layer.name, () => layer.apply(inputs.length === 1 ? inputs[0] : [...inputs])) as
        | Symbolic
        | Symbolic[];
    } catch (error) {
      if (error instanceof EpochbookError)
        throw error.at === undefined ? new EpochbookError(error.code, error.values, { at, cause: error }) : error;
      const detail = error instanceof Error ? error.message : String(error);
      // What an engine says where an array is more than it can have.
      if (error instanceof RangeError && /allocation failed|Invalid (typed )?array length/i.test(detail))
        throw new EpochbookError('engine.layerTooLarge', { layer: layer.name, className }, { at, cause: error });
      throw failed(detail, error);
    }
    fillNormalization(layer, arrives);
    gatherPenalties(layer);
    this.states.add(layer, layer.name, config, arrives);
    const outputs = Array.isArray(output) ? output : [output];
    if (sampleShape(outputs[0]).some((length) => length !== null && !(length > 0))) throw failed(`→ ${shapeText(sampleShape(outputs[0]))}`);
    this.calls.push({ layer, inputs, outputs, ...(reverse && { reverse }) });
    return outputs;
  }

  /** A layer, or a nested model, on tensors. */
  apply(spec: LayerSpec, name: string, inputs: readonly Symbolic[], at: string, reverse = false): Symbolic[] {
    if (isModel(spec)) return [...this.applyModel(spec as unknown as ModelSpec, name, inputs, at).outputs];
    const { className, config } = readLayer(spec, at);
    const named: Config = { ...config, name };
    delete named.batchInputShape;
    const layer = this.made.get(name) ?? makeLayer(className, named, at);
    this.made.set(name, layer);
    return this.applyLayer(layer, inputs, className, named, at, reverse && className === reversible);
  }

  /** `name` is '' for the model itself; then `entries` says what became of its list. */
  applyModel(model: ModelSpec, name: string, inputs: readonly Symbolic[], at: string): Pick<Wiring, 'outputs' | 'entries'> {
    const specs = layersOf(model, at);
    const names = layerNames(specs, at).map((own) => within(name, own));
    const pointer = (index: number) => `${at}/config/layers/${index}`;
    const entries: Entry[] = [];
    const enter = (index: number, applied: () => Symbolic[]): Symbolic[] => {
      const from = this.calls.length;
      const outputs = applied();
      if (entries.some((entry) => entry.index === index)) return outputs;
      const layers = [...new Set(this.calls.slice(from).map(({ layer }) => layer))];
      entries.push({ name: names[index], className: specs[index].class_name, layers, output: outputs[0], index });
      return outputs;
    };
    const outputs =
      model.class_name === 'Sequential'
        ? this.chain(specs, names, inputs, pointer, enter)
        : this.graph(model, specs, names, inputs, at, enter);
    return { outputs, entries: entries.sort((a, b) => a.index - b.index) };
  }

  private chain(
    specs: readonly LayerSpec[],
    names: readonly string[],
    inputs: readonly Symbolic[],
    pointer: (index: number) => string,
    enter: (index: number, applied: () => Symbolic[]) => Symbolic[],
  ): readonly Symbolic[] {
    let current = inputs;
    specs.forEach((spec, index) => {
      if (spec.class_name === inputLayer) return;
      current = enter(index, () => this.apply(spec, names[index], current, pointer(index)));
      if (current.length > 1 && index < specs.length - 1)
        throw new EpochbookError('engine.severalOutputs', { layer: names[index] }, { at: pointer(index) });
    });
    return current;
  }

  private graph(
    model: ModelSpec,
    specs: readonly LayerSpec[],
    names: readonly string[],
    inputs: readonly Symbolic[],
    at: string,
    enter: (index: number, applied: () => Symbolic[]) => Symbolic[],
  ): readonly Symbolic[] {
    const pointer = (index: number) => `${at}/config/layers/${index}`;
    const own = layerNames(specs, at);
    const known = new Map<string, readonly Symbolic[]>();
    const key = (layer: string, call: number) => `${layer} ${call}`;
    const ends = inputConnections(model);
    // Old files name no inputs: they come in the order of the list.
    const starts = ends.length > 0 ? ends.map(([layer]) => layer) : own.filter((_, index) => specs[index].class_name === inputLayer);
    if (starts.length !== inputs.length)
      throw new EpochbookError('engine.inputCount', { wanted: starts.length, given: inputs.length }, { at });
    starts.forEach((layer, index) => known.set(key(layer, 0), [inputs[index]]));
    const waiting: { index: number; call: number; from: Connection[] }[] = [];
    specs.forEach((spec, index) => {
      if (spec.class_name === inputLayer) return;
      const calls = Array.isArray(spec.inbound_nodes) ? spec.inbound_nodes : [];
      calls.forEach((from, call) => waiting.push({ index, call, from: connectionsOf(from) }));
    });
    const locate = ([layer, call, output]: Connection) => known.get(key(layer, call))?.[output];
    while (waiting.length > 0) {
      const next = waiting.findIndex(({ from }) => from.length > 0 && from.every((connection) => locate(connection)));
      if (next < 0) {
        const { index, from } = waiting[0];
        const missing = from.find((connection) => !locate(connection))?.[0] ?? '';
        throw new EpochbookError('engine.connectionMissing', { layer: own[index], from: missing }, { at: pointer(index) });
      }
      const [{ index, call, from }] = waiting.splice(next, 1) as [(typeof waiting)[number]];
      const sources = from.map((connection) => locate(connection)!);
      known.set(
        key(own[index], call),
        enter(index, () => this.apply(specs[index], names[index], sources, pointer(index), isReversed(from[0]))),
      );
    }
    return outputConnections(model).map((connection) => {
      const output = locate(connection);
      if (!output) throw new EpochbookError('engine.connectionMissing', { layer: 'model', from: connection[0] }, { at });
      return output;
    });
  }
}

/** The tfjs layers of a completed model (see completeModel), with weights from the seed; with null they are 0. */
export function wire(model: ModelSpec, inputShapes: readonly InputShape[], seed: number | null): Wiring {
  const inputs = inputShapes.map(({ name, shape }) => tfl.input({ shape: [...shape], name }));
  const wirer = new Wirer(seed);
  const { outputs, entries } = wirer.applyModel(model, '', inputs, '/model');
  if (entries.length === 0) throw new EpochbookError('engine.modelEmpty', {}, { at: '/model' });
  return { inputs, outputs, calls: wirer.calls, entries, states: wirer.states };
}
