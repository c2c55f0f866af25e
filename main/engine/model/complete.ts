/** Fills in what a model's text may leave to the data. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset, TargetPart } from '#contract/samples.ts';
import type { Json, ModelSpec } from '#contract/spec.ts';
import { sizeOf } from '../compile/graph.ts';
import { type Config, isModel, layerNames, layerPointer, type LayerSpec, layersOf, readLayer } from './layer-config.ts';
import { inputLayer, keepsShape, layerTypes } from './layer-types.ts';
import { shapeText } from './names.ts';
import { connectionsOf, inputConnections, type InputShape, outputConnections } from './wire.ts';

/** What the data says about the model: a data set will do. */
export type DataFacts = Pick<Dataset, 'inputShape' | 'targetShape' | 'task' | 'classes' | 'inputs' | 'targets' | 'text'>;
type TargetFacts = Pick<TargetPart, 'shape' | 'task' | 'classes'>;

/** Shape of a sample that a layer's config gives, if it does. */
function givenInputShape(config: Config): (number | null)[] | null {
  const batched = config.batchInputShape ?? config.batchShape;
  if (Array.isArray(batched)) return batched.slice(1) as (number | null)[];
  const shape = config.inputShape ?? config.shape;
  if (Array.isArray(shape)) return shape as (number | null)[];
  return null;
}

function checkInputShape(given: readonly (number | null)[], inputShape: readonly number[], at: string): void {
  const fits = given.length === inputShape.length && given.every((length, axis) => length === null || length === inputShape[axis]);
  if (fits) return;
  throw new EpochbookError('engine.inputShape', { given: shapeText(given), arrives: shapeText(inputShape) }, { at });
}

/** The layers that take the data, by their place in the list. */
function startsOf(model: ModelSpec, specs: readonly LayerSpec[], names: readonly string[]): number[] {
  if (model.class_name === 'Sequential') return [0];
  const connected = inputConnections(model).map(([name]) => names.indexOf(name));
  return connected.length > 0 ? connected : specs.flatMap(({ class_name }, index) => (class_name === inputLayer ? [index] : []));
}

/** The layers that decide how many values come out, behind those that keep the shape. */
function endsOf(model: ModelSpec, specs: readonly LayerSpec[], names: readonly string[]): number[] {
  const before = (index: number) =>
    model.class_name === 'Sequential'
      ? index - 1
      : names.indexOf(connectionsOf((specs[index].inbound_nodes as Json[] | undefined)?.[0])[0]?.[0]);
  const back = (index: number): number => {
    let at = index;
    while (at > 0 && keepsShape.includes(specs[at].class_name)) at = before(at);
    return at;
  };
  const last = model.class_name === 'Sequential' ? [specs.length - 1] : outputConnections(model).map(([name]) => names.indexOf(name));
  return last.map(back);
}

function outputUnits(facts: TargetFacts, activation: Json | undefined): number {
  if (facts.task === 'regression') return Math.max(1, sizeOf(facts.shape));
  const classes = facts.classes?.length ?? 0;
  return classes === 2 && activation === 'sigmoid' ? 1 : Math.max(1, classes);
}

/** What of the data each input takes: all of it, or the part of its name. */
function inputShapes(facts: DataFacts, names: readonly string[], at: string): (readonly number[])[] {
  if (names.length === 1 && !facts.inputs) return [facts.inputShape];
  const parts = facts.inputs ?? [];
  const fits = parts.length === names.length && names.every((name) => parts.some((part) => part.name === name));
  if (!fits) {
    const given = parts.map(({ name }) => name).join(', ');
    throw new EpochbookError('engine.inputNames', { wanted: names.join(', '), given: given === '' ? 'none' : given }, { at });
  }
  return names.map((name) => parts.find((part) => part.name === name)!.shape);
}

/** The inputs in the order in which the data's rows hold them. */
function inDataOrder(model: ModelSpec, { inputs }: DataFacts): ModelSpec {
  const connections = inputConnections(model);
  if (!inputs || connections.length < 2) return model;
  const placeOf = ([name]: (typeof connections)[number]) => inputs.findIndex((input) => input.name === name);
  return { ...model, config: { ...model.config, input_layers: connections.toSorted((a, b) => placeOf(a) - placeOf(b)) } };
}

/** What each output is to say: all of the target, or the part of its name. */
function targetFacts(facts: DataFacts, names: readonly string[]): (TargetFacts | undefined)[] {
  if (!facts.targets)
    return names.map(() => ({ shape: facts.targetShape, task: facts.task, ...(facts.classes && { classes: facts.classes }) }));
  return names.map((name) => facts.targets!.find((target) => target.name === name));
}

/** What an embedding may leave to tokenized text. */
function fillVocabulary(className: string, config: Config, { tokens, length }: NonNullable<DataFacts['text']>): void {
  if (className === 'Embedding' || className === 'ReversibleEmbedding') config.inputDim ??= tokens.length;
  if (className !== 'TokenAndPositionEmbedding') return;
  config.vocabularySize ??= tokens.length;
  config.sequenceLength ??= length;
}

/** `shapes` is null inside a nested model, whose input is another layer's output. */
function completeList(
  model: ModelSpec,
  at: string,
  shapes: ((names: readonly string[]) => (readonly number[])[]) | null,
  targets: (names: readonly string[]) => (TargetFacts | undefined)[],
  text: DataFacts['text'],
): ModelSpec {
  const specs = layersOf(model, at);
  const names = layerNames(specs, at);
  const starts = startsOf(model, specs, names);
  const inputs = shapes?.(starts.map((index) => names[index]));
  const ends = endsOf(model, specs, names);
  const wanted = targets(model.class_name === 'Sequential' ? [names[names.length - 1]] : outputConnections(model).map(([name]) => name));
  const completed = specs.map((spec, index): LayerSpec => {
    const pointer = layerPointer(index, at);
    const end = ends.indexOf(index);
    if (isModel(spec)) {
      const last = end < 0 ? undefined : wanted[end];
      const inner = completeList(spec as unknown as ModelSpec, pointer, null, (own) => own.map(() => last), text);
      const start = inputs?.[starts.indexOf(index)];
      return { ...spec, config: { ...inner.config, name: names[index], ...(start && { batchInputShape: [null, ...start] }) } };
    }
    const { className, config } = readLayer(spec, pointer);
    const filled: Config = { name: names[index], ...config };
    const start = starts.indexOf(index);
    if (start >= 0 && inputs) {
      const given = givenInputShape(config);
      if (given) checkInputShape(given, inputs[start], pointer);
      for (const key of ['batchShape', 'shape', 'inputShape']) delete filled[key];
      filled.batchInputShape = [null, ...inputs[start]];
    }
    const facts = end < 0 ? undefined : wanted[end];
    if (facts && className === 'Dense' && filled.units === undefined) filled.units = outputUnits(facts, config.activation);
    if (text) fillVocabulary(className, filled, text);
    for (const option of layerTypes[className]?.required ?? []) {
      if (filled[option] !== undefined) continue;
      throw new EpochbookError('engine.optionMissing', { layer: names[index], className, option }, { at: pointer });
    }
    return { ...spec, class_name: className, config: filled };
  });
  return { class_name: model.class_name, config: { ...model.config, layers: completed as unknown as Json } };
}

/**
 * The model with every layer named, the data's shape at its start and, where the last dense layer of an output has no
 * `units`, as many as there are classes (one for two classes behind a sigmoid) or target values; an embedding without
 * the number of its inputs takes that of the vocabulary. Idempotent. Throws EpochbookError with `at` for unknown layers and options, missing ones, and an input shape other than the data's.
 */
export function completeModel(model: ModelSpec, facts: DataFacts): ModelSpec {
  return completeList(
    inDataOrder(model, facts),
    '/model',
    (names) => inputShapes(facts, names, '/model'),
    (names) => targetFacts(facts, names),
    facts.text,
  );
}

/** The inputs of a completed model, in its own order. */
export function modelInputs(model: ModelSpec): InputShape[] {
  const specs = layersOf(model);
  const names = layerNames(specs);
  return startsOf(model, specs, names).map((index) => {
    const shape = specs[index].config.batchInputShape;
    if (!Array.isArray(shape)) throw new EpochbookError('internal', { detail: 'a model without an input shape' });
    const name = specs[index].class_name === inputLayer ? names[index] : 'input';
    return { name, shape: shape.slice(1) as number[] };
  });
}
