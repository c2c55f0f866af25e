/** A layer's config as the text gives it, checked and in tfjs' spelling. */
import { layerElsewhere } from '#contract/layers-elsewhere.ts';
import { EpochbookError } from '#contract/errors.ts';
import type { Json, KerasObject, ModelSpec } from '#contract/spec.ts';
import { activations, initializers, inputLayer, inputLayerOptions, layerTypes } from './layer-types.ts';
import { camelCase, camelCaseKeys, snakeCase } from './names.ts';
import { nearest } from './nearest.ts';

export type Config = { [option: string]: Json };

/** One layer of a model's list; `inbound_nodes` in functional models. */
export interface LayerSpec extends KerasObject {
  readonly inbound_nodes?: Json;
  readonly name?: string;
}

/** The model's own list; `at` points to the model. */
export function layersOf(model: ModelSpec, at = '/model'): LayerSpec[] {
  const { layers } = model.config;
  if (!Array.isArray(layers) || layers.length === 0) throw new EpochbookError('engine.modelEmpty', {}, { at });
  return layers as unknown as LayerSpec[];
}
/** Where a layer stands in the list of the model that `at` points to. */
export const layerPointer = (index: number, at = '/model'): string => `${at}/config/layers/${index}`;

/** Whether a layer of the list is a model itself. */
export const isModel = ({ class_name }: KerasObject): boolean => class_name === 'Sequential' || class_name === 'Functional';

/** Words that Keras writes in snake case. */
function camelCaseWord(option: string, value: Json): Json {
  const isWord =
    option === 'dataFormat' ||
    ['activation', 'recurrentActivation', 'mode', 'outputMode'].includes(option) ||
    /(Initializer|Regularizer|Constraint)$/.test(option);
  return isWord && typeof value === 'string' ? camelCase(value.charAt(0).toLowerCase() + value.slice(1)) : value;
}

function checkWord(option: string, value: Json, at: string): void {
  if (typeof value !== 'string') return;
  if (option === 'activation' || option === 'recurrentActivation') {
    if (!activations.includes(value))
      throw new EpochbookError('engine.activationUnknown', { name: value, nearest: nearest(value, activations) }, { at });
  } else if (option.endsWith('Initializer') && !initializers.includes(value)) {
    throw new EpochbookError('engine.initializerUnknown', { name: value, nearest: nearest(value, initializers) }, { at });
  }
}

/** Keras 3's defaults where tfjs has others. */
const kerasDefaults: Readonly<Record<string, Config>> = {
  LSTM: { unitForgetBias: true, recurrentActivation: 'sigmoid' },
  GRU: { recurrentActivation: 'sigmoid', resetAfter: false },
  ConvLSTM1D: { unitForgetBias: true, recurrentActivation: 'sigmoid' },
  ConvLSTM2D: { unitForgetBias: true, recurrentActivation: 'sigmoid' },
  ConvLSTM3D: { unitForgetBias: true, recurrentActivation: 'sigmoid' },
  LSTMCell: { unitForgetBias: true, recurrentActivation: 'sigmoid' },
  GRUCell: { recurrentActivation: 'sigmoid', resetAfter: false },
  Softmax: { axis: -1 },
};

/** tfjs knows regularizers of both kinds at once only. */
function bothRegularizers(value: Json): Json {
  const { className, config } = (typeof value === 'string' ? { className: value, config: {} } : value) as {
    className: string;
    config: Config;
  };
  if (className === 'OrthogonalRegularizer') return { className, config };
  const name = className.toLowerCase();
  if (name === 'l1') return { className: 'L1L2', config: { l1: config.l1 ?? 0.01, l2: 0 } };
  if (name === 'l2') return { className: 'L1L2', config: { l1: 0, l2: config.l2 ?? 0.01 } };
  return { className: 'L1L2', config: { l1: 0.01, l2: 0.01, ...config } };
}

/** The layer or cell that another one wraps, or several. */
function wrapped(value: Json): Json {
  if (Array.isArray(value)) return value.map(wrapped);
  const { className, config } = value as { className: string; config: Config };
  const { cells } = config;
  return {
    className,
    config: { ...kerasDefaults[className], ...config, ...(cells !== undefined && { cells: wrapped(cells) }) },
  };
}

const wraps: readonly string[] = ['layer', 'cell'];

const spectrograms: readonly string[] = ['MelSpectrogram', 'STFTSpectrogram'];

/** Options of Keras' that tfjs lacks, harmless at these values. */
const harmless: Readonly<Record<string, readonly Json[]>> = { implementation: [1, 2], reverseDtype: ['float32'] };

/** Numbers that must lie in a range, by option. */
const counts = [
  'units',
  'filters',
  'inputDim',
  'outputDim',
  'n',
  'depthMultiplier',
  'numHeads',
  'keyDim',
  'headDim',
  'numQueryHeads',
  'numKeyValueHeads',
  'sequenceLength',
  'vocabularySize',
  'embeddingDim',
  'intermediateDim',
  'powerIterations',
  'bins',
  'numOps',
  'numChains',
  'chainDepth',
  'frameLength',
  'frameStep',
  'fftLength',
  'sequenceStride',
  'numMelBins',
  'samplingRate',
];
const positiveSizes = ['kernelSize', 'poolSize', 'strides', 'dilationRate'];
const isCount = (value: Json | undefined) => typeof value === 'number' && Number.isInteger(value) && value > 0;

function checkNumber(option: string, value: Json, layer: string, at: string): void {
  const fail = (wanted: 'count' | 'rate' | 'size') => {
    throw new EpochbookError('engine.optionValue', { layer, option, value: JSON.stringify(value), wanted }, { at });
  };
  if (counts.includes(option) && !isCount(value)) fail('count');
  if (option === 'rate' && !(typeof value === 'number' && value >= 0 && value < 1)) fail('rate');
  if (positiveSizes.includes(option) && !(Array.isArray(value) ? value.every(isCount) : isCount(value))) fail('size');
}

/**
 * Camel-case keys and words; null options left out. Errors: a layer or option that does not exist, a required option
 * that is missing, a value that cannot be. `pointer` is the layer's; errors point to it or to its option.
 */
export function readLayer(layer: LayerSpec, pointer: string): { className: string; config: Config } {
  const className = layer.class_name;
  const type = Object.hasOwn(layerTypes, className) ? layerTypes[className] : undefined;
  if (!type && className !== inputLayer) {
    const way = layerElsewhere(className);
    if (way) throw new EpochbookError('engine.layerElsewhere', { name: className, way }, { at: pointer });
    throw new EpochbookError(
      'engine.layerUnknown',
      { name: className, nearest: nearest(className, Object.keys(layerTypes)) },
      { at: pointer },
    );
  }
  const options = type?.options ?? inputLayerOptions;
  const config: Config = { ...kerasDefaults[className] };
  for (const [key, given] of Object.entries(layer.config)) {
    if (given === null) {
      // Keras: no window, no scaling.
      const meant = spectrograms.includes(className) && ['window', 'scaling'].includes(key);
      if (meant) config[key] = 'none';
      continue;
    }
    const option = camelCase(key);
    const at = `${pointer}/config/${key}`;
    if (!options.includes(option)) {
      throw new EpochbookError('engine.optionUnknown', { layer: className, option: key, nearest: nearest(option, options) }, { at });
    }
    const value = camelCaseWord(option, camelCaseKeys(given));
    checkWord(option, value, at);
    checkNumber(option, value, className, at);
    const allowed = harmless[option];
    if (allowed && !allowed.includes(value))
      throw new EpochbookError('engine.optionUnsupported', { layer: className, option: key }, { at });
    // Keras 3 writes a policy object where tfjs wants a name.
    if (option === 'dtype' && typeof value !== 'string') continue;
    config[option] = option.endsWith('Regularizer') ? bothRegularizers(value) : wraps.includes(option) ? wrapped(value) : value;
  }
  // Its steps are samples to the layer inside, and of another number than the batch's.
  const inner = className === 'TimeDistributed' ? (config.layer as { className: string; config: Config } | undefined) : undefined;
  if (inner?.config.stateful === true)
    throw new EpochbookError('engine.optionUnsupported', { layer: inner.className, option: 'stateful' }, { at: `${pointer}/config/layer` });
  return { className, config };
}

/** Every layer has a name of its own: the given one, or Keras' (`dense`, `dense_1`), the same each time. */
export function layerNames(layers: readonly LayerSpec[], at = '/model'): string[] {
  const given = layers.map((layer) => (layer.config.name as string | undefined) ?? layer.name);
  const taken = new Set<string>();
  given.forEach((name, index) => {
    if (name === undefined) return;
    if (taken.has(name)) throw new EpochbookError('engine.layerNameTwice', { name }, { at: layerPointer(index, at) });
    taken.add(name);
  });
  return given.map((name, index) => {
    if (name !== undefined) return name;
    const base = snakeCase(layers[index].class_name);
    let made = base;
    for (let count = 1; taken.has(made); count++) made = `${base}_${count}`;
    taken.add(made);
    return made;
  });
}
