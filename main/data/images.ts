/** From IDX images and labels to samples. */
import type { Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataPreview } from '#contract/notebook.ts';
import type { Dataset, Part } from '#contract/samples.ts';
import type { DataSource, DataSpec } from '#contract/spec.ts';
import { type Folders, readDataFile } from './files.ts';
import { parseIdx } from './idx.ts';
import { split } from './split.ts';
import { place, stepOf } from './steps.ts';

type IdxSource = Extract<DataSource, { format: 'idx' }>;

export interface PreparedImages {
  readonly dataset: Omit<Dataset, 'hash'>;
  readonly images?: NonNullable<DataPreview['images']>;
}

const thumbnailCount = 24;
const imagesAt = '/data/source/images';
const labelsAt = '/data/source/labels';

/** Throws `data.*` errors: what a file cannot be, counts that differ, labels outside the classes, steps only for tables. */
export async function prepareImages(source: IdxSource, spec: DataSpec, folders: Folders, hash: Hash): Promise<PreparedImages> {
  for (const [index, { op }] of spec.steps.entries()) {
    if (op !== 'take' && op !== 'split') throw new EpochbookError('data.tableStep', { step: op }, { at: place({ index }) });
  }
  const images = parseIdx(await readDataFile(source.images, folders, imagesAt, hash), imagesAt);
  const labels = parseIdx(await readDataFile(source.labels, folders, labelsAt, hash), labelsAt);
  if (images.shape.length < 2)
    throw new EpochbookError('data.notImages', { path: source.images, rank: images.shape.length }, { at: imagesAt });
  if (labels.shape.length !== 1)
    throw new EpochbookError('data.notLabels', { path: source.labels, rank: labels.shape.length }, { at: labelsAt });
  const total = images.shape[0];
  if (labels.shape[0] !== total)
    throw new EpochbookError('data.countsDiffer', { images: total, labels: labels.shape[0] }, { at: labelsAt });
  const count = Math.min(total, stepOf(spec, 'take')?.step.count ?? Infinity);
  const classes = classNames(source, labels.values.subarray(0, count));

  const splitStep = stepOf(spec, 'split');
  const parts = split(count, splitStep?.step, splitStep ? place(splitStep) : '/data', (row) => labels.values[row]);
  const size = images.shape.slice(1).reduce((product, one) => product * one, 1);
  const scale = source.scale ?? 1 / 255;
  const gather = (rows: Uint32Array): Part => {
    const inputs = new Float32Array(rows.length * size);
    rows.forEach((row, index) => {
      const [from, to] = [row * size, index * size];
      for (let pixel = 0; pixel < size; pixel += 1) inputs[to + pixel] = images.values[from + pixel] * scale;
    });
    return { count: rows.length, inputs, targets: Float32Array.from(rows, (row) => labels.values[row]), rows };
  };
  // Three dimensions are grey images, which convolutions want with a channel; two are rows of features.
  const inputShape = images.shape.length === 3 ? [...images.shape.slice(1), 1] : images.shape.slice(1);
  return {
    dataset: {
      inputShape,
      targetShape: [],
      task: 'classification',
      classes,
      train: gather(parts.train),
      ...(parts.validation && { validation: gather(parts.validation) }),
      ...(parts.test && { test: gather(parts.test) }),
    },
    ...(inputShape.length === 3 && {
      images: {
        height: inputShape[0],
        width: inputShape[1],
        channels: inputShape[2],
        thumbnails: Array.from({ length: Math.min(count, thumbnailCount) }, (_, row) => ({
          label: classes[labels.values[row]],
          pixels: Uint8Array.from(images.values.subarray(row * size, (row + 1) * size)),
        })),
      },
    }),
  };
}

function classNames(source: IdxSource, labels: Uint8Array): string[] {
  const highest = labels.reduce((most, label) => Math.max(most, label), 0);
  if (!source.classNames) return Array.from({ length: highest + 1 }, (_, index) => String(index));
  if (highest >= source.classNames.length) {
    const row = labels.indexOf(highest);
    const values = { path: source.labels, label: highest, row, classes: source.classNames.length };
    throw new EpochbookError('data.labelOutside', values, { at: '/data/source/classNames' });
  }
  return source.classNames;
}
