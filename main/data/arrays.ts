/** From arrays (IDX, NumPy, pictures) to samples. */
import { EpochbookError } from '#contract/errors.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { Dataset, InputPart, Part, Preparation, TargetPart } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { shapeParts } from './array-steps.ts';
import { augmentationOf } from './augmentation.ts';
import { distinctRows } from './distinct.ts';
import { chooseSamples, isOfLabels } from './label-steps.ts';
import type { OtherSteps } from './other-data.ts';
import { checkTrainWeights } from './sample-weights.ts';
import { storedPart, type StoredSamples } from './stored-arrays.ts';
import { split } from './split.ts';
import { place, splitOf, stepOf } from './steps.ts';

/** Samples as a file holds them, before any step. */
export interface Arrays {
  /** As the notebook says it; of several files, the one with the inputs. */
  readonly path: string;
  readonly inputShape: readonly number[];
  readonly count: number;
  /** `[count, ...inputShape]` */
  readonly values: Uint8Array | Float32Array | Float64Array;
  /** Where they do not fit into memory; `values` is then empty. */
  readonly stored?: StoredSamples;
  /** Of what is stored: the first samples to be shown, by their rows. */
  readonly firstBytes?: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  /** What each value is multiplied with. */
  readonly scale: number;
  /** Class indices, or numbers. */
  readonly targets: ArrayLike<number>;
  readonly targetShape: readonly number[];
  readonly classes?: readonly string[];
  /** Of several inputs, or targets: `inputShape`, or `targetShape`, is then the length of a row. */
  readonly inputs?: readonly InputPart[];
  readonly targetParts?: readonly TargetPart[];
  /** Where a row holds more than a picture: the pictures by themselves. */
  readonly pictures?: { readonly shape: readonly number[]; readonly values: Uint8Array };
  /** How much each sample counts. */
  readonly weights?: ArrayLike<number>;
  /** Files that lay between the pictures and are none. */
  readonly ignored?: readonly string[];
  /** Pictures that could not be decoded and were to be left out. */
  readonly skipped?: readonly string[];
  readonly skippedRows?: readonly number[];
  /** Place of each in the source, where some are left out. */
  readonly sourceRows?: Uint32Array;
}

export interface PreparedArrays {
  readonly dataset: Omit<Dataset, 'hash'>;
  readonly images?: NonNullable<DataPreview['images']>;
}

export const thumbnailCount = 24;
const mostBytes = 8 * 2 ** 30;

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1);

/** Other data that is a part. `at` points at the step. */
export interface OtherArrays {
  readonly part: 'validation' | 'test';
  readonly arrays: Arrays;
  /** What is done to it as to the training data, and what it does of its own. */
  readonly steps: OtherSteps;
  readonly at: string;
}

/** `known`: what was fitted before, to be done alike. `distinct`: of what is stored, the samples that are left by that step. Throws `data.tableStep`, `data.notFinite`, `data.tooLarge`, `data.partTwice`, `data.otherShape`, and what `split` throws. */
export function prepareArrays(
  found: Arrays,
  spec: DataSpec,
  others: readonly OtherArrays[] = [],
  known?: Preparation,
  distinct?: Uint32Array,
): PreparedArrays {
  const chosen = chooseSamples(found, spec.steps);
  const arrays = known
    ? alike(
        chosen.arrays,
        { ...chosen.arrays, ...(known.classes && { classes: known.classes }), targetShape: known.targetShape },
        '/data/source',
      )
    : chosen.arrays;
  for (const [index, step] of spec.steps.entries()) {
    const { op } = step;
    const fits =
      op === 'take' ||
      op === 'memory' ||
      op === 'withValidation' ||
      op === 'withTest' ||
      op === 'augment' ||
      op === 'reshape' ||
      op === 'resize' ||
      (op === 'normalize' && (step.columns === undefined || arrays.inputs !== undefined)) ||
      op === 'distinct' ||
      isOfLabels(step) ||
      (op === 'kFold' && step.group === undefined) ||
      (op === 'split' && step.group === undefined && step.time === undefined && step.column === undefined);
    if (!fits) throw new EpochbookError('data.tableStep', { step: op }, { at: place({ index }) });
    if (arrays.inputs && (op === 'augment' || op === 'reshape' || op === 'resize'))
      throw new EpochbookError('data.stepOfSeveral', { step: op }, { at: place({ index }) });
  }
  const { path, inputShape, values, scale, targets, targetShape, classes } = arrays;
  const count = chosen.rows.length;
  const size = sizeOf(inputShape);
  const targetSize = sizeOf(targetShape);
  const { stored } = arrays;
  if (!stored && count * size * 4 > mostBytes)
    throw new EpochbookError('data.tooLarge', { path, gigabytes: mostBytes / 2 ** 30 }, { at: '/data/source' });
  const splitStep = splitOf(spec);
  const kept = distinct ?? keptOf(arrays, chosen.rows, spec);
  const places = split(kept.length, splitStep?.step, splitStep ? place(splitStep) : '/data', {
    ...(classes && targetSize === 1 && { classOf: (row: number) => targets[kept[row]] }),
    idOf: (row) => kept[row],
  });
  const rowsOf = (part: Uint32Array) => part.map((row) => kept[row]);
  const partOf = (
    {
      path,
      values,
      targets,
      weights,
      sourceRows,
      stored: file,
    }: Pick<Arrays, 'path' | 'values' | 'targets' | 'weights' | 'sourceRows' | 'stored'>,
    rows: Uint32Array,
  ): Part => {
    const counts = weights && { weights: Float32Array.from(rows, (row) => weights[row]) };
    if (file) {
      const wanted = Float32Array.from({ length: rows.length * targetSize }, (_, index) => {
        return targets[rows[Math.floor(index / targetSize)] * targetSize + (index % targetSize)];
      });
      checkFinite(wanted, targetSize, rows, path);
      const own = { count: rows.length, targets: wanted, ...counts, rows: sourceRows ? rows.map((row) => sourceRows[row]) : rows };
      return storedPart(own, file, { size, scale, rows: own.rows });
    }
    const inputs = new Float32Array(rows.length * size);
    const wanted = new Float32Array(rows.length * targetSize);
    rows.forEach((row, index) => {
      const [from, to] = [row * size, index * size];
      for (let offset = 0; offset < size; offset += 1) inputs[to + offset] = values[from + offset] * scale;
      for (let offset = 0; offset < targetSize; offset += 1) wanted[index * targetSize + offset] = targets[row * targetSize + offset];
    });
    if (!(values instanceof Uint8Array)) checkFinite(inputs, size, rows, path);
    checkFinite(wanted, targetSize, rows, path);
    return { count: rows.length, inputs, targets: wanted, ...counts, rows: sourceRows ? rows.map((row) => sourceRows[row]) : rows };
  };
  const gather = (part: Uint32Array): Part => partOf(arrays, rowsOf(part));
  const made: { validation?: Part; test?: Part } = {
    ...(places.validation && { validation: gather(places.validation) }),
    ...(places.test && { test: gather(places.test) }),
  };
  for (const { part, arrays: other, steps, at } of others) {
    if (made[part]) throw new EpochbookError('data.partTwice', { part }, { at });
    const { arrays: own, rows } = chooseSamples(other, steps, (index) => `${at}/data/steps/${index}`);
    made[part] = partOf(alike(own, arrays, at), rows);
  }
  const train = gather(places.train);
  checkTrainWeights(train, '/data/source');
  const isStored = [train, made.validation, made.test].some((part) => part?.stored);
  const shaped = isStored
    ? { ...made, train, inputShape }
    : shapeParts(spec, inputShape, { train, ...made }, ['reshape', 'resize', 'normalize'], {
        known: known?.arraySteps,
        inputs: arrays.inputs,
      });
  if (!isStored) checkKnownShape(shaped.inputShape, known, path);
  const seen = arrays.pictures ?? { shape: inputShape, values };
  const [height, width, channels] = seen.shape;
  const shown = (seen.values instanceof Uint8Array || arrays.firstBytes) && seen.shape.length === 3 && (channels === 1 || channels === 3);
  const pixelsOf = (row: number) => Uint8Array.from(seen.values.subarray(row * sizeOf(seen.shape), (row + 1) * sizeOf(seen.shape)));
  return {
    dataset: {
      ...shaped,
      targetShape,
      task: classes ? 'classification' : 'regression',
      ...(classes && { classes }),
      ...(arrays.inputs && { inputs: arrays.inputs }),
      ...(arrays.targetParts && { targets: arrays.targetParts }),
      scale,
      // What is stored gets its shape later.
      ...(!isStored && augmentationOf(spec, shaped.inputShape)),
    },
    ...(shown && {
      images: {
        height,
        width,
        channels,
        thumbnails: shownRows(arrays, chosen.rows).map((row) => {
          const label = classes ? classes[targets[row]] : String(targets[row * targetSize]);
          return { label, pixels: arrays.firstBytes?.get(row) ?? pixelsOf(row) };
        }),
      },
    }),
  };
}

/** Pictures in folders come a class after the other: steps through them show each. */
function shownRows({ firstBytes, ignored }: Arrays, rows: Uint32Array): number[] {
  const count = rows.length;
  if (firstBytes) {
    const taken = new Set(rows);
    return [...firstBytes.keys()].filter((row) => taken.has(row));
  }
  const shown = Math.min(count, thumbnailCount);
  return Array.from({ length: shown }, (_, index) => rows[ignored ? Math.floor((index * count) / shown) : index]);
}

/** Samples have the shape of those that were trained on. Throws `data.otherShape`. */
export function checkKnownShape(shape: readonly number[], known: Preparation | undefined, path: string): void {
  if (!known || shape.join() === known.inputShape.join()) return;
  throw new EpochbookError(
    'data.otherShape',
    { path, found: shape.join(' × '), wanted: known.inputShape.join(' × ') },
    { at: '/data/source' },
  );
}

/** Of these rows all, or the first of those that are equal as a model sees them. */
function keptOf({ values, inputShape, scale, targets, targetShape }: Arrays, rows: Uint32Array, spec: DataSpec): Uint32Array {
  const found = stepOf(spec, 'distinct');
  if (!found) return rows;
  const [size, targetSize] = [sizeOf(inputShape), sizeOf(targetShape)];
  const bytes = (index: number) => {
    const own = values.subarray(rows[index] * size, (rows[index] + 1) * size);
    const part = own instanceof Uint8Array ? own : Float32Array.from(own, (value) => value * scale);
    return Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1');
  };
  const target = (index: number) => Array.from({ length: targetSize }, (_, place) => targets[rows[index] * targetSize + place]).join();
  return Uint32Array.from(distinctRows(rows.length, bytes, found.step.contrary === 'drop' ? target : undefined), (index) => rows[index]);
}

/** The other data with the classes numbered as in the training data. */
function alike(other: Arrays, { inputShape, targetShape, targetParts, classes, weights }: Arrays, at: string): Arrays {
  const shapes = { found: [...other.inputShape].join(' × '), wanted: [...inputShape].join(' × ') };
  if (shapes.found !== shapes.wanted) throw new EpochbookError('data.otherShape', { path: other.path, ...shapes }, { at });
  if ((other.weights === undefined) !== (weights === undefined))
    throw new EpochbookError('data.otherWeights', { path: other.path }, { at });
  const partsOf = (parts: Arrays['targetParts']) => JSON.stringify(parts?.map(({ name, shape, classes: names }) => [name, shape, names]));
  if (partsOf(other.targetParts) !== partsOf(targetParts)) throw new EpochbookError('data.otherTargets', { path: other.path }, { at });
  if ((other.classes === undefined) !== (classes === undefined) || other.targetShape.join() !== targetShape.join())
    throw new EpochbookError('data.otherTargets', { path: other.path }, { at });
  if (!classes || !other.classes) return other;
  const numbers = other.classes.map((name) => classes.indexOf(name));
  const unknown = other.classes[numbers.indexOf(-1)];
  if (unknown !== undefined) throw new EpochbookError('data.otherClass', { path: other.path, name: unknown }, { at });
  return { ...other, targets: Array.from(other.targets, (target) => numbers[target]) };
}

function checkFinite(numbers: Float32Array, size: number, rows: Uint32Array, path: string): void {
  const odd = numbers.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return;
  const values = { path, sample: rows[Math.floor(odd / size)], value: String(numbers[odd]) };
  throw new EpochbookError('data.notFinite', values, { at: '/data/source' });
}
