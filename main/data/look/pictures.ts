/** A closer look at pictures: a page of them at a time, decoded when it is asked for. */
import { toPlainError } from '#contract/errors.ts';
import type { ChannelStatistics, OpenedLook, PicturePage, PictureTile } from '#contract/look.ts';
import type { DataSource } from '#contract/spec.ts';
import { createHash } from 'node:crypto';
import type { Arrays } from '../arrays.ts';
import { type Folders, readDataFile } from '../files.ts';
import { readIdx } from '../images.ts';
import { readNpy, readNpz } from '../numpy.ts';
import { listPictures, loadSharp, type PictureSource, type Sharp } from '../pictures.ts';

export interface LookPictures {
  readonly summary: NonNullable<OpenedLook['pictures']>;
  /** Of one class (its number) or all. */
  page(
    selection: { label?: number | undefined; rows?: readonly number[] | undefined },
    offset: number,
    limit: number,
  ): Promise<PicturePage>;
  channels(): Promise<ChannelStatistics>;
}

/** Points of a side of a picture as it is shown. */
const mostShown = 96;
/** Files whose sizes and points are looked at for the summary and the statistics. */
const sampleCount = 1_000;
const atOnce = 8;
const bins = 32;

interface Shown {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

interface Collection {
  readonly count: number;
  readonly classes: readonly string[];
  readonly labelOf: (row: number) => number;
  /** Throws where it is damaged. */
  readonly tile: (row: number) => Promise<Omit<PictureTile, 'row' | 'label' | 'error'>>;
  readonly pathOf?: (row: number) => string;
  /** All points, for statistics. */
  readonly points: (row: number) => Promise<Shown>;
}

export type PicturesSource = Extract<DataSource, { format: 'idx' | 'npy' | 'npz' | 'imageFolder' }>;

/** Undefined where the arrays are no pictures. */
export async function openPictures(source: PicturesSource, folders: Folders, signal?: AbortSignal): Promise<LookPictures | undefined> {
  const collection = source.format === 'imageFolder' ? await fromFolder(source, folders) : await fromArrays(source, folders);
  return collection && look(collection, signal);
}

async function fromArrays(source: Exclude<PicturesSource, { format: 'imageFolder' }>, folders: Folders): Promise<Collection | undefined> {
  const hash = createHash('sha256');
  const read =
    source.format === 'idx'
      ? readIdx(source, folders, hash)
      : source.format === 'npy'
        ? readNpy(source, folders, hash)
        : readNpz(source, folders, hash);
  const { inputShape, values, targets, classes = [], count, scale }: Arrays = await read;
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || (channels !== 1 && channels !== 3)) return undefined;
  const size = height * width * channels;
  // Numbers that are no bytes are shown as what a model would see of 0…1.
  const factor = values instanceof Uint8Array ? 1 : 255 * scale;
  const pixelsOf = (row: number): Uint8Array<ArrayBuffer> => {
    const part = values.subarray(row * size, (row + 1) * size);
    return part instanceof Uint8Array
      ? Uint8Array.from(part)
      : Uint8Array.from(part, (value) => Math.min(255, Math.max(0, value * factor)));
  };
  const points = async (row: number): Promise<Shown> => ({ height, width, channels, pixels: pixelsOf(row) });
  return {
    count,
    classes,
    labelOf: (row) => (classes.length > 0 ? targets[row] : -1),
    points,
    tile: async (row) => ({ height, width, shown: await shrink(await points(row)) }),
  };
}

/** Left as it is where it is small; else every n-th point, which is quick and needs no decoder. */
async function shrink(shown: Shown): Promise<Shown> {
  const { height, width, channels, pixels } = shown;
  const step = Math.ceil(Math.max(height, width) / mostShown);
  if (step === 1) return shown;
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  const smaller = new Uint8Array(rows * columns * channels);
  let filled = 0;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      for (let channel = 0; channel < channels; channel += 1)
        smaller[filled++] = pixels[(row * step * width + column * step) * channels + channel];
  return { height: rows, width: columns, channels, pixels: smaller };
}

async function fromFolder(source: PictureSource, folders: Folders): Promise<Collection> {
  const { pictures, classes = [] } = await listPictures(source, folders);
  const sharp: Sharp = await loadSharp();
  const bytesOf = async (row: number) => (await readDataFile(pictures[row].path, folders, '/data/source/path')).bytes;
  const points = async (row: number, side = 256): Promise<Shown> => {
    const { data, info } = await sharp(await bytesOf(row), { failOn: 'error' })
      .autoOrient()
      .removeAlpha()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, channels: info.channels, pixels: Uint8Array.from(data) };
  };
  return {
    count: pictures.length,
    classes,
    labelOf: (row) => pictures[row].label,
    pathOf: (row) => pictures[row].path,
    points,
    async tile(row) {
      const { width, height, orientation = 1 } = await sharp(await bytesOf(row)).metadata();
      const [shownWidth, shownHeight] = orientation > 4 ? [height, width] : [width, height];
      return { height: shownHeight, width: shownWidth, shown: await points(row, mostShown) };
    },
  };
}

/** Evenly over all rows. */
function sampled(count: number): number[] {
  const taken = Math.min(count, sampleCount);
  return Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
}

async function look(collection: Collection, signal: AbortSignal | undefined): Promise<LookPictures> {
  const { count, classes, labelOf, pathOf } = collection;
  const counts = classes.map((name) => ({ name, count: 0 }));
  for (let row = 0; row < count; row += 1) if (counts[labelOf(row)]) counts[labelOf(row)].count += 1;
  const sizes = new Map<string, { height: number; width: number; count: number }>();
  const damaged: { path: string; detail: string }[] = [];
  // Arrays are all of one size.
  await inTurn(pathOf ? sampled(count) : [0], async (row) => {
    try {
      const { height, width } = await collection.tile(row);
      const known = sizes.get(`${height} ${width}`);
      if (known) known.count += 1;
      else sizes.set(`${height} ${width}`, { height, width, count: pathOf ? 1 : count });
    } catch (error) {
      damaged.push({ path: pathOf?.(row) ?? '', detail: toPlainError(error).message.slice(0, 200) });
    }
  });
  let measured: Promise<ChannelStatistics> | undefined;

  async function inTurn(rows: readonly number[], task: (row: number) => Promise<void>): Promise<void> {
    let next = 0;
    const work = async () => {
      for (let index = next++; index < rows.length; index = next++) {
        signal?.throwIfAborted();
        await task(rows[index]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  async function measure(): Promise<ChannelStatistics> {
    const sums: { sum: number; squares: number; points: number; min: number; max: number; histogram: number[] }[] = [];
    let pictures = 0;
    await inTurn(sampled(count), async (row) => {
      const shown = await collection.points(row).catch(() => undefined);
      if (!shown) return;
      pictures += 1;
      const { pixels, channels } = shown;
      for (let channel = 0; channel < channels; channel += 1) {
        sums[channel] ??= { sum: 0, squares: 0, points: 0, min: 255, max: 0, histogram: Array.from({ length: bins }, () => 0) };
        const into = sums[channel];
        for (let at = channel; at < pixels.length; at += channels) {
          const value = pixels[at];
          into.sum += value;
          into.squares += value * value;
          into.histogram[value >> 3] += 1;
          if (value < into.min) into.min = value;
          if (value > into.max) into.max = value;
        }
        into.points += pixels.length / channels;
      }
    });
    return {
      measured: pictures,
      channels: sums.map(({ sum, squares, points, min, max, histogram }) => ({
        mean: sum / points,
        deviation: Math.sqrt(Math.max(0, squares / points - (sum / points) ** 2)),
        min,
        max,
        histogram,
      })),
    };
  }

  return {
    summary: {
      count,
      classes: counts,
      sizes: [...sizes.values()].sort((a, b) => b.count - a.count),
      damaged: damaged.sort((a, b) => (a.path < b.path ? -1 : 1)),
    },
    async page({ label, rows }, offset, limit) {
      const chosen: number[] = [];
      for (const row of rows ?? Array.from({ length: count }, (_, index) => index))
        if (row < count && (label === undefined || labelOf(row) === label)) chosen.push(row);
      const wanted = chosen.slice(offset, offset + limit);
      const tiles = new Map<number, PictureTile>();
      await inTurn(wanted, async (row) => {
        const base = { row, label: classes[labelOf(row)] ?? '', ...(pathOf && { path: pathOf(row) }) };
        try {
          tiles.set(row, { ...base, ...(await collection.tile(row)) });
        } catch (error) {
          tiles.set(row, { ...base, height: 0, width: 0, error: toPlainError(error) });
        }
      });
      return { total: chosen.length, offset, pictures: wanted.flatMap((row) => tiles.get(row) ?? []) };
    },
    channels: () => (measured ??= measure()),
  };
}
