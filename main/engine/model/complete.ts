/** Fills in what a model's text may leave to the data. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset } from '#contract/samples.ts';
import type { Json, ModelSpec } from '#contract/spec.ts';
import { sameShape, sizeOf } from '../compile/graph.ts';
import { type Config, layerNames, layerPointer, type LayerSpec, layersOf, readLayer } from './layer-config.ts';
import { inputLayer, keepsShape, layerTypes } from './layer-types.ts';
import { shapeText } from './names.ts';

/** What the data says about the model: a data set will do. */
export type DataFacts = Pick<Dataset, 'inputShape' | 'targetShape' | 'task' | 'classes' | 'text'>;

/** Shape of a sample that a layer's config gives, if it does. */
function givenInputShape(config: Config): (number | null)[] | null {
  const batched = config.batchInputShape ?? config.batchShape;
  if (Array.isArray(batched)) return batched.slice(1) as (number | null)[];
  const shape = config.inputShape ?? config.shape;
  if (Array.isArray(shape)) return shape as (number | null)[];
  return null;
}

function checkInputShape(given: readonly (number | null)[], inputShape: readonly number[], index: number): void {
  const fits = given.length === inputShape.length && given.every((length, axis) => length === null || length === inputShape[axis]);
  if (fits) return;
  throw new EpochbookError('engine.inputShape', { given: shapeText(given), arrives: shapeText(inputShape) }, { at: layerPointer(index) });
}

/** The last layer that decides how many values come out, if it is a dense one. */
function outputLayer(layers: readonly { className: string }[]): number {
  let index = layers.length - 1;
  while (index > 0 && keepsShape.includes(layers[index].className)) index--;
  return layers[index]?.className === 'Dense' ? index : -1;
}

function outputUnits(facts: DataFacts, activation: Json | undefined): number {
  if (facts.task === 'regression') return Math.max(1, sizeOf(facts.targetShape));
  const classes = facts.classes?.length ?? 0;
  return classes === 2 && activation === 'sigmoid' ? 1 : Math.max(1, classes);
}

/**
 * The model with every layer named, the data's shape at its start and, where its last dense layer has no `units`, as
 * many as there are classes (one for two classes behind a sigmoid) or target values; an embedding without `inputDim`
 * takes the size of the vocabulary. Idempotent. Throws
 * EpochbookError with `at` for unknown layers and options, missing ones, and an input shape other than the data's.
 */
export function completeModel(model: ModelSpec, facts: DataFacts): ModelSpec {
  const specs = layersOf(model);
  const names = layerNames(specs);
  const layers = specs.map((spec, index) => ({ ...readLayer(spec, index), spec }));
  const end = outputLayer(layers);
  const completed = layers.map(({ className, config, spec }, index): LayerSpec => {
    const filled: Config = { name: names[index], ...config };
    const starts = model.class_name === 'Sequential' ? index === 0 : className === inputLayer;
    if (starts) {
      const given = givenInputShape(config);
      if (given) checkInputShape(given, facts.inputShape, index);
      for (const key of ['batchShape', 'shape', 'inputShape']) delete filled[key];
      filled.batchInputShape = [null, ...facts.inputShape];
    }
    if (index === end && filled.units === undefined) filled.units = outputUnits(facts, config.activation);
    if (className === 'Embedding' && filled.inputDim === undefined && facts.text) filled.inputDim = facts.text.tokens.length;
    for (const option of layerTypes[className]?.required ?? []) {
      if (filled[option] !== undefined) continue;
      throw new EpochbookError('engine.optionMissing', { layer: names[index], className, option }, { at: layerPointer(index) });
    }
    return { ...spec, class_name: className, config: filled };
  });
  return { class_name: model.class_name, config: { ...model.config, layers: completed as unknown as Json } };
}

/** Shape of one sample of a completed model. */
export function modelInputShape(model: ModelSpec): number[] {
  const shapes = layersOf(model)
    .map((layer) => layer.config.batchInputShape)
    .filter((shape): shape is number[] => Array.isArray(shape))
    .map((shape) => shape.slice(1));
  const [shape, ...others] = shapes;
  if (!shape || others.some((other) => !sameShape(shape, other))) throw new EpochbookError('engine.oneInput', {}, { at: '/model' });
  return shape;
}
