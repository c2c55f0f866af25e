/**
 * The host's side of the builders: takes what a cell passed to one, checks it against the tables and makes the
 * plain data that goes into the spec, remembering where in the notebook each part was made.
 */
import { layerElsewhere } from '#contract/layers-elsewhere.ts';
import { EpochbookError } from '#contract/errors.ts';
import {
  type DataKind,
  type DataSpec,
  dataStep,
  kindOf,
  type Json,
  type Knob,
  type KnobValue,
  type ModelSpec,
  type TrainSpec,
} from '#contract/spec.ts';
import type { MessageKey, MessageValues } from '#contract/words/message.ts';
import { checkOptions, decode, describe, pointer } from './arguments.ts';
import { dataMethods, dataSources } from './data.ts';
import { buildModel, type Tensor } from './functional.ts';
import { type Builder, type Builders } from './kinds.ts';
import { anyLayer, layers } from './layers.ts';
import { nearest } from '#contract/nearest.ts';
import { Built, check, found, Odd, type Options, type OptionType, type Value, wanted } from './option.ts';
import { constraints, initializers, regularizers } from './parts.ts';
import { callbacks, type LossBuilder, losses, metrics, type Named, optimizers, schedules } from './training.ts';

/** Where a builder was called. Lines and columns count from 1, within the cell; `cell` is its index. */
export interface Place {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Places by JSON pointer into the value they belong to. */
export type Places = readonly (readonly [pointer: string, place: Place])[];

export type Family = Built['family'];

/** All that was made during one evaluation, by number. */
export interface Node {
  readonly family: Family;
  readonly value: Json;
  readonly places: Places;
  /** For an output of a layer in a functional model. */
  readonly tensor?: Tensor;
  /** Of `train(…)`: the data and model it names. */
  readonly data?: number;
  readonly model?: number;
  /** The builder's name as it is written, for messages. */
  readonly called: string;
}

/** Namespaces of builders that make `{ class_name, config }`. */
export const families: Readonly<Record<string, { family: Family; builders: Builders }>> = {
  layers: { family: 'layer', builders: layers },
  optimizers: { family: 'optimizer', builders: optimizers },
  losses: { family: 'loss', builders: losses },
  metrics: { family: 'metric', builders: metrics },
  callbacks: { family: 'callback', builders: callbacks },
  schedules: { family: 'schedule', builders: schedules },
  initializers: { family: 'initializer', builders: initializers },
  regularizers: { family: 'regularizer', builders: regularizers },
  constraints: { family: 'constraint', builders: constraints },
};
/** At most this many parts are made in one evaluation. */
export const callLimit = 20_000;

export interface Session {
  readonly knobs: Knob[];
  readonly nodes: Node[];
  /** Does one builder call; throws an `EpochbookError` without a place. */
  call(name: string, encodedArguments: unknown, place: Place): { node: number } | { value: KnobValue };
}

const fail = (code: MessageKey, values: MessageValues): EpochbookError => new EpochbookError(code, values);

/** `set`: values of knobs from outside. `cellIds`: ids by cell index. */
export function startSession(set: Readonly<Record<string, KnobValue>>, cellIds: readonly string[]): Session {
  const nodes: Node[] = [];
  const knobs: Knob[] = [];
  const add = (node: Node): { node: number } => {
    nodes.push(node);
    return { node: nodes.length - 1 };
  };

  const keras = (namespace: string, name: string, args: Value[], place: Place): { node: number } => {
    const { family, builders } = families[namespace];
    const entry = builders[name];
    const called = `${namespace}.${name}`;
    const { value, places } = kerasObject(entry, family, called, args, place, nodes);
    return add({ family, value, places, called });
  };

  const call = (name: string, encoded: unknown, place: Place): { node: number } | { value: KnobValue } => {
    if (nodes.length + knobs.length >= callLimit) throw fail('notebook.tooManyCalls', { limit: callLimit });
    const args = decode(encoded, nodes) as Value[];
    const [namespace = '', member = ''] = name.split('.');
    if (families[namespace]) return keras(namespace, member, args, place);
    switch (namespace) {
      case 'data':
        return add({ family: 'data', called: name, ...dataSource(member, args, place) });
      case 'step':
        return add({ family: 'data', called: `.${member}`, ...withStep(nodes, member, args, place) });
      case 'sequential':
        return add({ family: 'model', called: 'sequential', ...sequential(args, place, nodes) });
      case 'input':
        return add(inputNode(args, place, nodes));
      case 'apply':
        return add(applied(args, place, nodes));
      case 'outputs':
        return { value: outputCount((args[0] as Built).value as LayerObject) };
      case 'output':
        return add(furtherOutput(args, nodes));
      case 'model':
        return add({ family: 'model', called: 'model', ...buildModel(args, place, nodes) });
      case 'train':
        return add({ family: 'train', called: 'train', ...train(args, place, nodes) });
      case 'param': {
        const knob = param(args, set, cellIds[place.cell] ?? '');
        const before = knobs.find((other) => other.name === knob.name);
        if (!before) knobs.push(knob);
        else if (!sameKnob(before, knob)) throw fail('notebook.paramTwice', { name: knob.name, cell: before.cell });
        return { value: knob.value };
      }
      default:
        throw fail('notebook.notDefined', { name });
    }
  };
  return { knobs, nodes, call };
}

/**
 * Adds a child's places under `at`. As every part of a value has at least one place, this also bounds how large a
 * value may get by being put into itself over and over.
 */
export function adopt(places: [string, Place][], at: string, child: Places): void {
  if (places.length + child.length > callLimit) throw fail('notebook.tooManyCalls', { limit: callLimit });
  for (const [pointer, place] of child) places.push([at + pointer, place]);
}

function kerasObject(
  entry: Builder,
  family: Family,
  called: string,
  args: Value[],
  place: Place,
  nodes: readonly Node[],
): { value: Json; places: Places } {
  if (args.length > 1) throw fail('notebook.wrongArgument', { builder: `${called}(…)`, wanted: '{…}', found: describe(args[1]) });
  const options = family === 'layer' ? { ...entry.options, ...anyLayer } : entry.options;
  const given = checkOptions(`${called}(…)`, options, args[0]);
  const places: [string, Place][] = [['', place]];
  for (const [key, value] of Object.entries(given.raw)) {
    const items = Array.isArray(value) ? value : [value];
    for (const [index, item] of items.entries()) {
      if (item instanceof Built) adopt(places, pointer('config', key, ...(Array.isArray(value) ? [index] : [])), nodes[item.node].places);
    }
  }
  // Layers keep to what the text says; what shapes a run (optimizers, callbacks, …) is written out in full.
  const config = family === 'layer' ? given.values : { ...defaults(options), ...given.values };
  return { value: { class_name: entry.className, config: { ...config, ...entry.fixed } }, places };
}

function defaults(options: Builder['options']): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => (option.default === undefined ? [] : [[name, option.default]])),
  );
}

// Data

function dataSource(format: string, args: Value[], place: Place): { value: Json; places: Places } {
  const source = dataSources[format];
  const builder = `data.${format}(…)`;
  let options = args[0];
  const value: Record<string, Json> = { ...source.fixed };
  if (source.path) {
    if (typeof args[0] !== 'string' || args[0] === '')
      throw fail('notebook.wrongArgument', { builder, wanted: 'string, {…}', found: describe(args[0]) });
    value[source.first ?? 'path'] = args[0];
    options = args[1];
  }
  const spec: DataSpec = {
    source: { ...value, ...checkOptions(builder, source.options, options).values } as DataSpec['source'],
    steps: [],
  };
  return {
    value: spec,
    places: [
      ['', place],
      ['/source', place],
    ],
  };
}

function withStep(nodes: readonly Node[], op: string, args: Value[], place: Place): { value: Json; places: Places } {
  const self = args[0];
  if (!(self instanceof Built) || self.family !== 'data')
    throw fail('notebook.wrongArgument', { builder: `.${op}(…)`, wanted: 'data.NAME(…)', found: describe(self) });
  const before = nodes[self.node];
  const spec = before.value as unknown as DataSpec;
  const method = dataMethods[op];
  const kind = kindOf(spec.source);
  if (method.of && !method.of.includes(kind)) throw fail('notebook.wrongStep', { step: op, kind });
  if (method.once && spec.steps.some((step) => step.op === op)) throw fail('notebook.stepTwice', { step: op });
  const builder = `.${op}(…)`;
  const rest = args.slice(1);
  const fields: Record<string, Value> = {};
  const inner: [string, Place][] = [];
  let options: Value | undefined = rest[method.positional ? 1 : 0];
  if (method.positional) {
    const { name, type, spread } = method.positional;
    // `.clip('a', 'b', { min: 0 })`
    const spreads = spread && !Array.isArray(rest[0]) && rest.length > 0;
    const last = rest.length > 1 && isPlain(rest[rest.length - 1]) ? rest[rest.length - 1] : undefined;
    const value = spreads ? (last === undefined ? rest : rest.slice(0, -1)) : rest[0];
    // `.normalize({ method: … })` and `.normalize('a')` are both natural; the first argument tells them apart.
    if (method.optional && (rest.length === 0 || (rest.length === 1 && isPlain(rest[0])))) options = rest[0];
    else {
      const checked = check(type, value ?? new Odd('undefined'));
      if (!checked.ok) throw fail('notebook.wrongArgument', { builder, wanted: wanted(type), found: describe(value) });
      fields[name] = checked.value;
      if (spreads) options = last;
      if (method.second) {
        const more = check(method.second.type, rest[1] ?? new Odd('undefined'));
        if (!more.ok) throw fail('notebook.wrongArgument', { builder, wanted: wanted(method.second.type), found: describe(rest[1]) });
        fields[method.second.name] = more.value;
        options = rest[2];
      }
      if (value instanceof Built) adopt(inner, `/steps/${spec.steps.length}/${name}`, nodes[value.node].places);
    }
  }
  const step = {
    op: method.makes?.op ?? op,
    ...method.makes?.fixed,
    ...fields,
    ...checkOptions(builder, method.options, options).values,
  } as Record<string, Json>;
  if (op === 'filter' && Object.keys(step).length === 2) Object.assign(step, { op: 'where', expression: step['column'] });
  if (op === 'split') splitByColumn(step);
  if (op === 'split') checkSplit(step, kind);
  if (op === 'kFold') checkFolds(step, kind);
  const parsed = dataStep.safeParse(step);
  if (!parsed.success) throw fail('notebook.specInvalid', { kind: 'data', detail: parsed.error.issues[0]?.message ?? '' });
  const made: DataSpec = { source: spec.source, steps: [...spec.steps, parsed.data] };
  return { value: made, places: [...before.places, [`/steps/${spec.steps.length}`, place], ...inner] };
}

const isPlain = (value: Value | undefined): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Built) && !(value instanceof Odd);

/** By a column, a value may stand alone; without one there are none. */
function splitByColumn(step: Record<string, Json>): void {
  for (const part of ['validation', 'test']) {
    const given = step[part];
    if (given === undefined) continue;
    if (step['column'] !== undefined) step[part] = Array.isArray(given) ? given : [given];
    else if (typeof given !== 'number') throw fail('notebook.splitValues', { part });
  }
}

function checkFolds(step: Record<string, Json>, kind: DataKind): void {
  if ((kind !== 'table' && step['group'] !== undefined) || (kind === 'text' && step['stratify'] === true))
    throw fail('notebook.wrongStep', { step: 'kFold', kind });
  const [fold, folds] = [Number(step['fold']), Number(step['folds'])];
  if (fold > folds) throw fail('notebook.foldOutside', { fold, folds });
}

function checkSplit(step: Record<string, Json>, kind: DataKind): void {
  if (kind !== 'table' && (step['group'] !== undefined || step['time'] !== undefined || step['column'] !== undefined))
    throw fail('notebook.wrongStep', { step: 'split', kind });
  if (kind === 'text' && step['stratify'] === true) throw fail('notebook.wrongStep', { step: 'split', kind });
  if (step['column'] !== undefined) return;
  const shares = ['validation', 'test'].map((part) => step[part]).filter((share): share is number => typeof share === 'number');
  if (shares.some((share) => share >= 1 && !Number.isInteger(share)) || shares.every((share) => share === 0))
    throw fail('notebook.splitNothing', {});
  const sum = shares.filter((share) => share < 1).reduce((total, share) => total + share, 0);
  if (sum >= 1) throw fail('notebook.splitTooMuch', { sum });
}

// Models

/** `conv2d`, `max_pooling2d`: Keras' way from a class name to a layer's name. */
export function snakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The layers' own names by index; undefined where the text gives none. Throws where two are the same. */
function ownNames(objects: readonly LayerObject[]): (string | undefined)[] {
  const names = objects.map(({ config }) => (typeof config['name'] === 'string' ? config['name'] : undefined));
  const twice = names.find((name, index) => name !== undefined && names.indexOf(name) < index);
  if (twice !== undefined) throw fail('notebook.layerNameTwice', { name: twice });
  return names;
}

/** A name for every layer: its own, or Keras' (`dense`, `dense_1`, …). */
export function nameLayers(objects: readonly LayerObject[]): string[] {
  const own = ownNames(objects);
  const taken = new Set(own);
  return objects.map(({ class_name }, index) => {
    const stem = snakeCase(class_name);
    let name = own[index] ?? stem;
    for (let count = 1; own[index] === undefined && taken.has(name); count += 1) name = `${stem}_${count}`;
    taken.add(name);
    return name;
  });
}

type LayerObject = { class_name: string; config: Record<string, Json> };

/** A layer, a model used as one, or a plain `{ class_name, config }`. */
export function asLayer(value: Value, builder: string): LayerObject {
  if (value instanceof Built && (value.family === 'layer' || value.family === 'model')) return value.value as LayerObject;
  if (value instanceof Odd && value.what.startsWith('layers.'))
    throw fail('notebook.layerFunction', { builder, name: value.what.slice('layers.'.length) });
  if (isPlain(value)) {
    const { class_name: className, config } = value as Record<string, Value>;
    if (typeof className === 'string' && isPlain(config)) {
      const checked = plainJson(config);
      if (checked) return { class_name: className, config: checked as Record<string, Json> };
    }
  }
  throw fail('notebook.wrongArgument', { builder, wanted: '[layers.NAME(…), …]', found: found(value) });
}

/** The value as JSON; undefined where something in it is not. */
function plainJson(value: Value): Json | undefined {
  if (value instanceof Odd) return undefined;
  if (value instanceof Built) return value.value;
  if (Array.isArray(value)) {
    const items = value.map(plainJson);
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, plainJson(item)] as const);
  return entries.some(([, item]) => item === undefined) ? undefined : (Object.fromEntries(entries) as Json);
}

function sequential(args: Value[], place: Place, nodes: readonly Node[]): { value: Json; places: Places } {
  const builder = 'sequential(…)';
  const first = args[0];
  const options = isPlain(first)
    ? { list: (first as Record<string, Value>)['layers'], name: (first as Record<string, Value>)['name'] }
    : { list: first, name: undefined };
  const { list } = options;
  if (!Array.isArray(list)) throw fail('notebook.wrongArgument', { builder, wanted: '[layers.NAME(…), …]', found: describe(list) });
  if (list.length === 0) throw fail('notebook.emptyModel', {});
  const objects = list.map((item) => asLayer(item, builder));
  ownNames(objects); // unique; the engine names the others, so that a spec says no more than the text
  const places: [string, Place][] = [['', place]];
  for (const [index, item] of list.entries()) {
    if (item instanceof Built) adopt(places, pointer('config', 'layers', index), nodes[item.node].places);
  }
  const config = { ...(typeof options.name === 'string' && { name: options.name }), layers: objects };
  return { value: { class_name: 'Sequential', config } satisfies ModelSpec, places };
}

function inputNode(args: Value[], place: Place, nodes: readonly Node[]): Node {
  const shapeOf: OptionType = { is: 'shape' };
  const options = {
    shape: { type: shapeOf, doc: '' },
    name: { type: { is: 'text' }, doc: '' },
    dtype: { type: { is: 'name', of: ['float32', 'int32', 'bool'] }, doc: '' },
  } as const;
  const { values } = checkOptions('input(…)', options, args[0]);
  const { shape, ...rest } = values;
  const config: Record<string, Json> = { ...rest, ...(shape !== undefined && { batchInputShape: [null, ...(shape as Json[])] }) };
  const value = { class_name: 'InputLayer', config };
  return { family: 'tensor', value, places: [['', place]], called: 'input', tensor: { layer: nodes.length, inputs: [], object: value } };
}

/** How many states a recurrent layer, or a cell, keeps; 0 for others. */
function stateCount({ class_name: className, config }: LayerObject): number {
  const inside = [config['layer'] ?? config['cell'] ?? config['cells'] ?? []].flat() as unknown as LayerObject[];
  const inner = () => inside.reduce((total, each) => total + stateCount(each), 0);
  if (className === 'Bidirectional') return 2 * inner();
  if (className === 'RNN' || className === 'StackedRNNCells') return inner();
  if (className === 'LSTM' || className === 'LSTMCell' || className.startsWith('ConvLSTM')) return 2;
  return /^(GRU|SimpleRNN)(Cell)?$/.test(className) ? 1 : 0;
}

/** Of a layer that returns its states, these as well. */
function outputCount(object: LayerObject): number {
  const inner = object.class_name === 'Bidirectional' ? (object.config['layer'] as unknown as LayerObject) : object;
  return inner.config['returnState'] === true ? 1 + stateCount(object) : 1;
}

function furtherOutput(args: Value[], nodes: readonly Node[]): Node {
  const first = (args[0] as Built).node;
  const { tensor, ...node } = nodes[first];
  return { ...node, tensor: { ...tensor!, further: { index: args[1] as number, first } } };
}

interface Application {
  /** The tensors that a recurrent layer begins with. */
  readonly states: readonly Value[];
  /** From vectors back to scores (reversibleEmbedding). */
  readonly reverse: boolean;
}

function applicationOf(builder: string, object: LayerObject, options: Value | undefined): Application {
  if (options === undefined) return { states: [], reverse: false };
  const { initialState, ...rest } = (isPlain(options) ? options : {}) as Record<string, Value>;
  const known: Options = { reverse: { type: { is: 'boolean' }, doc: '' } };
  const { values } = checkOptions(builder, known, isPlain(options) ? rest : options, ['initialState']);
  const reverse = values['reverse'] === true;
  if (reverse && object.class_name !== 'ReversibleEmbedding') throw fail('notebook.notReversible', { layer: builder });
  if (initialState === undefined) return { states: [], reverse };
  if (stateCount(object) === 0) throw fail('notebook.noStates', { layer: builder });
  return { states: Array.isArray(initialState) ? initialState : [initialState], reverse };
}

function applied(args: Value[], place: Place, nodes: readonly Node[]): Node {
  const [self, on, options] = args;
  if (!(self instanceof Built))
    throw fail('notebook.wrongArgument', { builder: '.apply(…)', wanted: 'layers.NAME(…)', found: describe(self) });
  const layer = nodes[self.node];
  const object = layer.value as LayerObject;
  const { states, reverse } = applicationOf(`${layer.called}(…).apply`, object, options);
  const inputs = Array.isArray(on) ? on : [on];
  const numbers = [...inputs, ...states].map((input) => {
    if (input instanceof Built && input.family === 'tensor') return input.node;
    throw fail('notebook.layerInputs', { builder: layer.called, wanted: 'input(…) | layers.NAME(…).apply(…)', found: describe(input) });
  });
  if (numbers.length === 0)
    throw fail('notebook.layerInputs', { builder: layer.called, wanted: 'input(…) | layers.NAME(…).apply(…)', found: '[]' });
  // The layer's own place, so that a message about the layer points at what it says rather than at where it is used.
  return {
    family: 'tensor',
    value: object,
    places: [...layer.places, ['/inbound_nodes', place]],
    called: `${layer.called}(…).apply`,
    tensor: { layer: self.node, inputs: numbers, object, ...(reverse && { reverse }) },
  };
}

// Training

const watchDefaults = { every: 1, histograms: true };
const epochs: OptionType = { is: 'integer', min: 1, max: 1_000_000 };

const lossType: OptionType = { is: 'either', of: [nameType('LossName', losses), { is: 'built', family: 'loss', names: [] }] };
const metricType: OptionType = {
  is: 'list',
  of: { is: 'either', of: [nameType('MetricName', metrics), { is: 'built', family: 'metric', names: [] }] },
};

/** train()'s own options; `data` and `model` name what it trains, by value. */
export const trainOptions = {
  epochs: { type: epochs, doc: 'How often all training samples are gone through.', default: 10 },
  batchSize: { type: { is: 'integer', min: 1 }, doc: 'Samples in one step.', default: 32 },
  optimizer: {
    type: { is: 'built', family: 'optimizer', names: Object.keys(optimizers) },
    doc: 'How weights are changed.',
    default: 'adam',
  },
  loss: {
    type: { is: 'either', of: [lossType, { is: 'map', of: lossType }] },
    doc: 'What is made small; of several outputs, by the name of each: { price: losses.meanSquaredError }.',
    required: true,
  },
  lossWeights: {
    type: { is: 'map', of: { is: 'number', min: 0 } },
    doc: 'How much the loss of each output counts, by its name; 1 where it is left out.',
  },
  metrics: {
    type: { is: 'either', of: [metricType, { is: 'map', of: metricType }] },
    doc: 'What is measured besides the loss; of several outputs, by the name of each where they differ.',
    default: [],
  },
  weightedMetrics: {
    type: { is: 'either', of: [metricType, { is: 'map', of: metricType }] },
    doc: 'What is measured of samples that count by their weights (.sampleWeight) and, while training, by their class’ (classWeight).',
  },
  callbacks: {
    type: { is: 'list', of: { is: 'built', family: 'callback', names: [] } },
    doc: 'What may end or change training on its way.',
    default: [],
  },
  seed: {
    type: { is: 'integer', min: 0, max: 0xffff_ffff },
    doc: 'Starts every random stream: the same seed gives the same run.',
    default: 0,
  },
  shuffle: {
    type: { is: 'boolean' },
    doc: 'Whether samples come in a new order every epoch; beyond memory, 4 MB blocks of them do, shuffled within every sixteen.',
    default: true,
  },
  classWeight: {
    type: {
      is: 'either',
      of: [
        { is: 'name', of: ['balanced'] },
        { is: 'map', of: { is: 'number', min: 0 } },
      ],
    },
    doc: 'How much samples count, by class; balanced: all classes the same, however many samples they have.',
  },
  watch: {
    type: {
      is: 'either',
      of: [
        { is: 'boolean' },
        {
          is: 'options',
          of: {
            every: { type: { is: 'integer', min: 1 }, doc: 'How many epochs lie between two looks.', default: watchDefaults.every },
            histograms: { type: { is: 'boolean' }, doc: 'Whether values are counted into histograms.', default: watchDefaults.histograms },
          },
        },
      ],
    },
    doc: 'Whether gradients, weights, steps and dead units of every layer are looked at, in the last whole step of each epoch: true, or { every, histograms }.',
  },
} as const satisfies Builder['options'];

function nameType(typeName: string, table: Readonly<Record<string, Named>>): OptionType {
  return { is: 'name', of: Object.entries(table).flatMap(([name, { aliases = [] }]) => [name].concat(aliases)), typeName };
}

function fullName(table: Readonly<Record<string, Named>>, name: string): string {
  return Object.entries(table).find(([full, { aliases }]) => full === name || aliases?.includes(name))?.[0] ?? name;
}

/** The name alone where that says it all: the same spec however it is written. */
function nameAlone(table: Readonly<Record<string, LossBuilder>>, given: { class_name: string; config: Record<string, Json> }): Json {
  const { class_name: className, config } = given;
  const [name, entry] = Object.entries(table).find(([, { className: known }]) => known === className)!;
  const plain = defaults(entry.options);
  return Object.keys(config).every((option) => config[option] === plain[option]) ? name : given;
}

const lossValue = (given: Json): Json =>
  typeof given === 'string' ? fullName(losses, given) : nameAlone(losses, given as Parameters<typeof nameAlone>[1]);

/** Names as they are written: epochs report them so. */
const metricValue = (given: Json): Json =>
  typeof given === 'string' ? given : nameAlone(metrics, given as Parameters<typeof nameAlone>[1]);

/** `losses.huber` is the loss without options, `losses.huber({ … })` with some. */
function called(value: Value | undefined, namespace: string): Value | undefined {
  return value instanceof Odd && value.what.startsWith(`${namespace}.`) ? value.what.slice(namespace.length + 1) : value;
}

/** Done to the value, or to each under the name of an output. */
function ofEach(value: Json, isOne: (value: object) => boolean, change: (value: Json) => Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isOne(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item)]));
}

/** Metrics as the spec has them: none twice, each with its place. */
function measure(
  option: string,
  merged: Record<string, Json>,
  raw: Value | undefined,
  places: [string, Place][],
  nodes: readonly Node[],
): void {
  const given = merged[option];
  if (given === undefined) return;
  if (!Array.isArray(given)) {
    merged[option] = ofEach(
      given,
      () => false,
      (each) => (each as Json[]).map(metricValue),
    );
    return;
  }
  const measured = given.map(metricValue);
  const isRepeated = (one: Json | undefined, index: number): boolean => typeof one === 'string' && measured.indexOf(one) < index;
  merged[option] = measured.filter((one, index) => !isRepeated(one, index));
  const distinct = (Array.isArray(raw) ? raw : []).filter((_, index) => !isRepeated(measured[index], index));
  for (const [index, metric] of distinct.entries())
    if (metric instanceof Built) adopt(places, pointer(option, index), nodes[metric.node].places);
}

function train(args: Value[], place: Place, nodes: readonly Node[]): Pick<Node, 'value' | 'places' | 'data' | 'model'> {
  const builder = 'train(…)';
  const given = args[0];
  if (!isPlain(given)) throw fail('notebook.wrongArgument', { builder, wanted: '{…}', found: describe(given) });
  const { data, model, ...rest } = given as Record<string, Value>;
  for (const [option, value] of [
    ['data', data],
    ['model', model],
  ] as const) {
    if (value !== undefined && !(value instanceof Built && value.family === option)) {
      throw fail('notebook.wrongOption', {
        builder,
        option,
        wanted: option === 'data' ? 'data.NAME(…)' : 'sequential([…]) | model(…)',
        found: describe(value),
      });
    }
  }
  for (const [option, namespace] of [
    ['loss', 'losses'],
    ['metrics', 'metrics'],
    ['weightedMetrics', 'metrics'],
  ] as const) {
    const value = rest[option];
    if (value === undefined) continue;
    const all = (given: Value): Value => (Array.isArray(given) ? given.map((item) => called(item, namespace)!) : called(given, namespace)!);
    // Of several outputs: under their names.
    rest[option] = isPlain(value)
      ? Object.fromEntries(Object.entries(value as Record<string, Value>).map(([name, item]) => [name, all(item)]))
      : all(value);
  }
  const { values, raw } = checkOptions(builder, trainOptions, rest, ['data', 'model']);
  const merged: Record<string, Json> = { ...defaults(trainOptions), ...values };
  const { optimizer } = merged;
  if (typeof optimizer === 'string') {
    const entry = optimizers[optimizer];
    merged['optimizer'] = { class_name: entry.className, config: { ...defaults(entry.options), ...entry.fixed } };
  }
  merged['loss'] = ofEach(merged['loss'], (given) => 'class_name' in given, lossValue);
  const watch = merged['watch'] as boolean | Record<string, Json> | undefined;
  if (watch === false) delete merged['watch'];
  else if (watch !== undefined) merged['watch'] = { ...watchDefaults, ...(watch === true ? {} : watch) };
  const places: [string, Place][] = [['', place]];
  for (const [name, loss] of Object.entries(isPlain(raw['loss']) ? (raw['loss'] as Record<string, Value>) : {}))
    if (loss instanceof Built) adopt(places, pointer('loss', name), nodes[loss.node].places);
  for (const option of ['metrics', 'weightedMetrics']) measure(option, merged, raw[option], places, nodes);
  if (raw['optimizer'] instanceof Built) adopt(places, '/optimizer', nodes[raw['optimizer'].node].places);
  if (raw['loss'] instanceof Built) adopt(places, '/loss', nodes[raw['loss'].node].places);
  for (const [index, callback] of (Array.isArray(raw['callbacks']) ? raw['callbacks'] : []).entries()) {
    if (callback instanceof Built) adopt(places, pointer('callbacks', index), nodes[callback.node].places);
  }
  const spec = merged as unknown as TrainSpec;
  return {
    value: spec,
    places,
    ...(data instanceof Built && { data: data.node }),
    ...(model instanceof Built && { model: model.node }),
  };
}

// Knobs

const paramOptions = {
  min: { type: { is: 'number' }, doc: 'The least value.' },
  max: { type: { is: 'number' }, doc: 'The largest value.' },
  step: { type: { is: 'number', above: 0 }, doc: 'The distance between two values.' },
  log: { type: { is: 'boolean' }, doc: 'Whether values are spread evenly by their logarithm.' },
  choices: {
    type: { is: 'list', of: { is: 'either', of: [{ is: 'number' }, { is: 'text' }, { is: 'boolean' }] }, min: 1 },
    doc: 'The only values it may have.',
  },
} as const satisfies Builder['options'];
export { paramOptions };

/** The range of a knob in signs: `1…10`, `≥ 1`, `'a' | 'b'`. */
function rangeText(knob: Pick<Knob, 'min' | 'max' | 'choices'>): string {
  if (knob.choices) return knob.choices.map((choice) => JSON.stringify(choice)).join(' | ');
  if (knob.min !== undefined && knob.max !== undefined) return `${knob.min}…${knob.max}`;
  return knob.min !== undefined ? `≥ ${knob.min}` : `≤ ${knob.max}`;
}

function inRange(knob: Pick<Knob, 'min' | 'max' | 'choices'>, value: KnobValue): boolean {
  if (knob.choices) return knob.choices.includes(value);
  if (typeof value !== 'number') return true;
  return value >= (knob.min ?? -Infinity) && value <= (knob.max ?? Infinity);
}

function param(args: Value[], set: Readonly<Record<string, KnobValue>>, cell: string): Knob {
  const [name, value, options, ...more] = args;
  if (typeof name !== 'string' || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) throw fail('notebook.paramName', {});
  const builder = `param('${name}')`;
  if ((typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') || more.length > 0) {
    throw fail('notebook.wrongArgument', { builder, wanted: 'string, number | string | boolean, {…}', found: describe(more[0] ?? value) });
  }
  const limits = checkOptions(builder, paramOptions, options).values as Pick<Knob, 'min' | 'max' | 'step' | 'log' | 'choices'>;
  if (limits.min !== undefined && limits.max !== undefined && limits.min > limits.max) {
    throw fail('notebook.paramRange', { name, min: limits.min, max: limits.max });
  }
  if (!inRange(limits, value)) throw fail('notebook.paramValue', { name, value: JSON.stringify(value), range: rangeText(limits) });
  if (limits.log && (typeof value !== 'number' || value <= 0 || (limits.min ?? 1) <= 0)) throw fail('notebook.paramLog', { name });
  let now: KnobValue = value;
  if (Object.hasOwn(set, name)) {
    now = set[name]!;
    if (typeof now !== typeof value || Number.isNaN(now))
      throw fail('notebook.knobType', { name, wanted: typeof value, found: JSON.stringify(now) });
    if (!inRange(limits, now)) throw fail('notebook.knobRange', { name, value: JSON.stringify(now), range: rangeText(limits) });
  }
  return { name, value: now, default: value, ...limits, cell };
}

function sameKnob(one: Knob, other: Knob): boolean {
  const { cell: _one, ...first } = one;
  const { cell: _other, ...second } = other;
  return JSON.stringify(first) === JSON.stringify(second);
}

/** An error for a member that a namespace or value does not have. */
export function unknownMember(owner: string, name: string, known: readonly string[]): EpochbookError {
  const way = owner === 'layers' ? layerElsewhere(name) : null;
  if (way) return fail('engine.layerElsewhere', { name, way });
  const near = nearest(name, known);
  if (near === undefined) return fail('notebook.unknownMethod', { owner, name, known: known.slice(0, 60).join(', ') });
  return fail('notebook.unknownMethodNearest', { owner, name, nearest: near });
}
