/** Images and labels in IDX files. */
import type { Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import type { Arrays } from './arrays.ts';
import { type Folders, readDataFile } from './files.ts';
import { parseIdx } from './idx.ts';
import { readNpyWeights } from './numpy.ts';
import type { ReadOptions } from './stored-arrays.ts';
import { openLargeIdx } from './stream/large-arrays.ts';

type IdxSource = Extract<DataSource, { format: 'idx' }>;

const imagesAt = '/data/source/images';
const labelsAt = '/data/source/labels';

/** Throws `data.*` errors: what a file cannot be, counts that differ, labels outside the classes. */
export async function readIdx(source: IdxSource, folders: Folders, hash: Hash, options: ReadOptions = {}): Promise<Arrays> {
  const large = await openLargeIdx(source.images, folders, imagesAt, hash, options);
  const images = large
    ? { shape: large.shape, values: new Uint8Array(0) }
    : parseIdx(await readDataFile(source.images, folders, imagesAt, hash), imagesAt);
  const labels = parseIdx(await readDataFile(source.labels, folders, labelsAt, hash), labelsAt);
  if (images.shape.length < 2)
    throw new EpochbookError('data.notImages', { path: source.images, rank: images.shape.length }, { at: imagesAt });
  if (labels.shape.length !== 1)
    throw new EpochbookError('data.notLabels', { path: source.labels, rank: labels.shape.length }, { at: labelsAt });
  const count = images.shape[0];
  if (labels.shape[0] !== count)
    throw new EpochbookError('data.countsDiffer', { images: count, labels: labels.shape[0] }, { at: labelsAt });
  if (!large && images.values.length === 0) throw new EpochbookError('data.noSamples', { path: source.images }, { at: imagesAt });
  const weights =
    source.sampleWeight === undefined
      ? undefined
      : await readNpyWeights(source.sampleWeight, { path: source.images, count }, folders, hash);
  return {
    path: source.images,
    // Three dimensions are grey images, which convolutions want with a channel; two are rows of features.
    inputShape: images.shape.length === 3 ? [...images.shape.slice(1), 1] : images.shape.slice(1),
    count,
    values: images.values,
    ...(large && { stored: large.stored, firstBytes: large.firstBytes }),
    scale: source.scale ?? 1 / 255,
    targets: labels.values,
    targetShape: [],
    classes: classNames(source, labels.values),
    ...(weights && { weights }),
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
