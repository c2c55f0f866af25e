/** Folders of pictures: each folder is a class. The decoder is native, and loaded when first needed. */
import { createHash, type Hash } from 'node:crypto';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource } from '#contract/spec.ts';
import { type Arrays, sizeOf, thumbnailCount } from './arrays.ts';
import { mostInMemory, type ReadOptions, storedFile } from './stored-arrays.ts';
import { type BesideInput, labelPictures } from './picture-labels.ts';
import { type InputArray, packInputs } from './several-arrays.ts';
import { bringTogether } from './stream/large-arrays.ts';
import { storedBlocks } from './stream/shape-stored.ts';
import { pngMark, readPlainPng } from './png.ts';
import { filesBelow, type Folders, inOrder, isFolder, readDataFile } from './files.ts';

export type PictureSource = Extract<DataSource, { format: 'imageFolder' }>;
export type Sharp = typeof import('sharp').default;

export interface Picture {
  readonly path: string;
  readonly label: number;
  /** How much it counts. */
  readonly weight?: number;
}

export interface PictureList {
  readonly pictures: readonly Picture[];
  readonly classes?: readonly string[];
  /** Inputs besides the pictures. */
  readonly besides?: readonly BesideInput[];
  /** Files that lay between the pictures and are none. */
  readonly ignored: readonly string[];
}

export const endings = /\.(?:png|jpe?g|webp)$/i;
/** Bytes of files that are kept between looking at them and decoding them. */
const mostKept = 512 * 2 ** 20;
/** Pictures decoded at once; more would only wait for the decoder's threads. */
const atOnce = 8;
/** Other messages get a turn this often. */
const turnMs = 20;
const at = '/data/source/path';

export async function loadSharp(): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new EpochbookError('data.readerMissing', { package: 'sharp', detail: String(cause).slice(0, 200) }, { at, cause });
  }
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  readonly pixels: Uint8Array;
}

/** Without the decoder where the file is plain and wanted as it is; the pixels are the same. Throws what the decoder throws. */
export async function decode(sharp: Sharp, bytes: Buffer, size: readonly [number, number] | undefined, channels: 1 | 3): Promise<Decoded> {
  const plain = readPlainPng(bytes);
  const isWanted = plain && (plain.grey || channels === 3) && (!size || (size[0] === plain.height && size[1] === plain.width));
  if (!isWanted) return await decodeAny(sharp, bytes, size, channels);
  const { width, height, grey, pixels } = plain;
  return { width, height, grey: channels === 1, pixels: grey && channels === 3 ? tripled(pixels) : pixels };
}

const tripled = (grey: Uint8Array) => Uint8Array.from({ length: grey.length * 3 }, (_, index) => grey[Math.floor(index / 3)]);

/** Throws what the decoder throws. */
export async function decodeAny(
  sharp: Sharp,
  bytes: Buffer,
  size: readonly [number, number] | undefined,
  channels: 1 | 3,
): Promise<Decoded> {
  let image = sharp(bytes, { failOn: 'error' }).autoOrient().removeAlpha();
  if (size) image = image.resize({ height: size[0], width: size[1], fit: 'fill' });
  const { data, info } = await image
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  let pixels: Uint8Array = data;
  if (info.channels === 1 && channels === 3) pixels = tripled(data);
  else if (info.channels !== channels)
    pixels = Uint8Array.from(
      { length: info.width * info.height * channels },
      (_, index) => data[Math.floor(index / channels) * info.channels + (index % channels)],
    );
  return { width: info.width, height: info.height, grey: channels === 1, pixels };
}

export async function isGrey(sharp: Sharp, bytes: Buffer): Promise<boolean> {
  // A PNG says so in its 26th byte: 0 and 4 are grey, without and with transparency.
  if (bytes.length > 33 && bytes.subarray(0, 8).equals(pngMark)) return bytes[25] === 0 || bytes[25] === 4;
  const { space, channels } = await sharp(bytes).metadata();
  return space === 'b-w' || space === 'grey16' || (channels ?? 3) <= 2;
}

/** The pictures of a folder, in natural order. Throws `data.notFolder`, `data.noPictures`, `data.oneFolder`. */
export async function listPictures(source: PictureSource, folders: Folders, hash?: Hash): Promise<PictureList> {
  const root = source.path.replace(/\/+$/, '') || '.';
  if (!(await isFolder(root, folders, at))) throw new EpochbookError('data.notFolder', { path: source.path }, { at });
  const files = await filesBelow(root, folders, at);
  if (source.labels !== undefined) {
    const pictureFiles = files.filter((path) => endings.test(path));
    const labelled = await labelPictures({ ...source, labels: source.labels }, root, pictureFiles, folders, hash);
    const named = new Set(labelled.pictures.map(({ path }) => path));
    return { ...labelled, ignored: pictureFiles.filter((path) => !named.has(path)) };
  }
  const option = (['columns', 'sampleWeight', 'file', 'label'] as const).find((name) => source[name] !== undefined);
  if (option) throw new EpochbookError('data.noLabelTable', { option }, { at: `/data/source/${option}` });
  const top = classesRoot(
    root,
    files.filter((path) => endings.test(path)),
  );
  const classOf = (path: string) =>
    path
      .slice(top.length + 1)
      .split('/')
      .slice(0, -1)[0];
  const isUsable = (path: string) => endings.test(path) && classOf(path) !== undefined;
  const usable = files.filter(isUsable);
  const classes = [...new Set(usable.map(classOf))].sort(inOrder);
  if (usable.length === 0) throw new EpochbookError('data.noPictures', { path: source.path }, { at });
  if (classes.length < 2) throw new EpochbookError('data.oneFolder', { path: source.path, name: classes[0] }, { at });
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  return {
    pictures: usable.map((path): Picture => ({ path, label: indexOf.get(classOf(path)) ?? 0 })),
    classes,
    ignored: files.filter((path) => !isUsable(path)),
  };
}

/** The folder whose folders are the classes: archives often hold a single one, with all else in it. */
function classesRoot(root: string, pictures: readonly string[]): string {
  const below = pictures.map((path) => path.slice(root.length + 1).split('/'));
  const [[name] = []] = below;
  const isWrapped = below.length > 0 && below.every((parts) => parts.length > 2 && parts[0] === name);
  return isWrapped ? classesRoot(`${root}/${name}`, pictures) : root;
}

/** Height and width of the first picture that can be decoded. */
async function firstSize(
  sharp: Sharp,
  count: number,
  bytesOf: (index: number) => Promise<Buffer>,
): Promise<readonly [number, number] | undefined> {
  for (let index = 0; index < Math.min(count, 50); index += 1) {
    const facts = await sharp(await bytesOf(index))
      .metadata()
      .catch(() => undefined);
    if (facts) return [facts.autoOrient.height, facts.autoOrient.width];
  }
  return undefined;
}

const nameOf = (content: Buffer, shape: readonly number[], channels: number) =>
  createHash('sha256')
    .update(content)
    .update(JSON.stringify([shape, channels]))
    .digest('hex')
    .slice(0, 40);

/** Of the work, about what is left when the pictures are decoded, where columns go with them. */
const packingShare = 0.3;

/**
 * Reads every picture. Throws what `listPictures` throws, and `data.pictureDamaged`, `data.pictureSizes`,
 * `data.readerMissing`.
 */
export async function readPictures(source: PictureSource, folders: Folders, hash: Hash, options: ReadOptions = {}): Promise<Arrays> {
  const decodingShare = source.columns ? 1 - packingShare : 1;
  const { onProgress = () => {} } = options;
  const { arrays, besides } = await decodePictures(source, folders, hash, {
    ...options,
    onProgress: (share) => onProgress(decodingShare * share),
  });
  if (!besides?.length) return arrays;
  const { count, inputShape, path, stored, sourceRows } = arrays;
  const columns = (rows: Uint32Array) =>
    besides.map(({ name, shape, values }) => {
      const [width] = shape;
      const own = Float64Array.from(
        { length: rows.length * width },
        (_, index) => values[rows[Math.floor(index / width)] * width + (index % width)],
      );
      return { name, path, inputShape: shape, scale: 1, values: own };
    });
  const pack = (pictures: Pick<InputArray, 'values' | 'scale'>, rows: Uint32Array) =>
    packInputs([{ name: 'image', path, inputShape, ...pictures }, ...columns(rows)], rows.length);
  // Of pictures that could be decoded.
  const rows = sourceRows ?? Uint32Array.from({ length: count }, (_, row) => row);
  const pictures = { shape: inputShape, values: arrays.values as Uint8Array };
  if (!stored) {
    const packed = pack(arrays, rows);
    onProgress(1);
    return { ...arrays, ...packed, inputShape: [packed.values.length / count], scale: 1, pictures };
  }
  // In the file lie all that the table names.
  const size = sizeOf(inputShape) + besides.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const total = besides[0].values.length / sizeOf(besides[0].shape);
  const told = createHash('sha256').update(
    JSON.stringify([basename(stored.file), arrays.scale, besides.map(({ name, shape }) => [name, shape])]),
  );
  for (const { values } of besides) told.update(values);
  const packing = { ...options, onProgress: (share: number) => onProgress(decodingShare + (1 - decodingShare) * share) };
  const made = await bringTogether(folders, told.digest('hex').slice(0, 40), total * size * 4, packing, async function* () {
    const whole = { count: total, inputs: new Float32Array(0), stored: { ...stored, size: sizeOf(inputShape), scale: arrays.scale } };
    for await (const { values, from } of storedBlocks(whole, options.signal)) {
      const many = values.length / sizeOf(inputShape);
      yield pack(
        { values, scale: 1 },
        Uint32Array.from({ length: many }, (_, index) => from + index),
      ).values;
    }
  });
  const { inputs } = pack({ values: arrays.values, scale: arrays.scale }, new Uint32Array(0));
  return { ...arrays, inputs, stored: { ...made, type: 'float32', offset: 0, isScaled: true }, inputShape: [size], scale: 1, pictures };
}

/** Of the work, about what reading the files is. */
const readingShare = 0.2;

async function decodePictures(
  source: PictureSource,
  folders: Folders,
  hash: Hash,
  { signal, most = mostInMemory, onProgress = () => {}, onDamaged }: ReadOptions = {},
): Promise<{ arrays: Arrays; besides: PictureList['besides'] }> {
  const { pictures, classes, ignored, besides } = await listPictures(source, folders, hash);
  const sharp = await loadSharp();

  const files: Buffer[] = [];
  const content = createHash('sha256');
  let kept = 0;
  for (const [index, { path }] of pictures.entries()) {
    signal?.throwIfAborted();
    content.update(path);
    const { bytes } = await readDataFile(path, folders, at, content);
    kept += bytes.length;
    if (kept <= mostKept) files[index] = bytes;
    onProgress((readingShare * (index + 1)) / pictures.length);
  }
  // By what lies in the files and how they are decoded.
  const contentHash = content.digest();
  hash.update(contentHash);
  const bytesOf = async (index: number) => files[index] ?? (await readDataFile(pictures[index].path, folders, at)).bytes;
  const damaged: { path: string; detail: string }[] = [];
  const each = async <Value>(task: (index: number) => Promise<Value>): Promise<(Value | undefined)[]> => {
    const results: (Value | undefined)[] = Array.from({ length: pictures.length });
    let next = 0;
    let last = performance.now();
    const work = async () => {
      for (let index = next++; index < pictures.length; index = next++) {
        // Plain pictures never wait for anything.
        if (performance.now() - last > turnMs) {
          await nextTurn();
          last = performance.now();
        }
        signal?.throwIfAborted();
        try {
          results[index] = await task(index);
        } catch (cause) {
          damaged.push({ path: pictures[index].path, detail: (cause as Error).message });
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (damaged.length > 0 && source.damaged !== 'skip') {
      damaged.sort((a, b) => inOrder(a.path, b.path));
      const values = { path: damaged[0].path, detail: damaged[0].detail.slice(0, 160), count: damaged.length };
      throw new EpochbookError('data.pictureDamaged', values, { at, where: { file: damaged[0].path } });
    }
    return results;
  };
  const channels =
    source.channels ?? ((await each(async (index) => isGrey(sharp, await bytesOf(index)))).every((grey) => grey !== false) ? 1 : 3);
  let values: Uint8Array | undefined;
  let shape: readonly [number, number] | undefined = source.size ?? (await firstSize(sharp, pictures.length, bytesOf));
  const file =
    shape && pictures.length * shape[0] * shape[1] * channels * 4 > most
      ? await storedFile(folders, nameOf(contentHash, shape, channels), pictures.length * shape[0] * shape[1] * channels, onDamaged)
      : undefined;
  const firstBytes = new Map<number, Uint8Array<ArrayBuffer>>();
  const shownEvery = Math.max(1, Math.ceil(pictures.length / thumbnailCount));
  const odd = new Map<number, string>();
  const keep = async (index: number) => {
    // What was decoded once need not be decoded again but to be shown.
    if (file && !file.write && source.damaged !== 'skip' && index % shownEvery !== 0) return;
    const { width, height, pixels } = await decode(sharp, await bytesOf(index), source.size, channels);
    shape ??= [height, width];
    if (height !== shape[0] || width !== shape[1]) {
      odd.set(index, `${height} × ${width}`);
      return;
    }
    if (file) {
      if (index % shownEvery === 0) firstBytes.set(index, Uint8Array.from(pixels));
      file.write?.put(pixels, index * pixels.length);
      return;
    }
    values ??= new Uint8Array(pictures.length * height * width * channels);
    values.set(pixels, index * pixels.length);
  };
  try {
    let decoded = 0;
    await each(async (index) => {
      await keep(index);
      decoded += 1;
      onProgress(readingShare + ((1 - readingShare) * decoded) / pictures.length);
    });
  } catch (error) {
    await file?.write?.fail();
    throw error;
  }
  const [height, width] = shape ?? [0, 0];
  if (odd.size > 0) {
    await file?.write?.fail();
    const [index, size] = [...odd].sort(([a], [b]) => a - b)[0];
    const facts = { path: pictures[index].path, size, usual: `${height} × ${width}`, height, width };
    throw new EpochbookError('data.pictureSizes', facts, { at, where: { file: pictures[index].path } });
  }
  await file?.write?.done(pictures.length * height * width * channels);
  const shownFirst = [...firstBytes].sort(([a], [b]) => a - b);
  const all = {
    path: source.path,
    ...(file && {
      stored: { file: file.file, type: 'uint8' as const, offset: 0, writtenAtMs: file.writtenAtMs },
      firstBytes: new Map(shownFirst),
    }),
    inputShape: [height, width, channels],
    scale: source.scale ?? 1 / 255,
    targetShape: classes ? [] : [1],
    ...(classes && { classes }),
    ignored,
  };
  const labels = pictures.map(({ label }) => label);
  const weighs = pictures.some(({ weight }) => weight !== undefined);
  const weightsOf = (places: Iterable<number>) => weighs && { weights: Array.from(places, (index) => pictures[index].weight ?? 1) };
  if (damaged.length === 0) {
    const whole = { count: pictures.length, values: values ?? new Uint8Array(0), targets: labels, ...weightsOf(pictures.keys()) };
    return { besides, arrays: { ...all, ...whole } };
  }
  const skipped = [...new Set(damaged.map(({ path }) => path))].sort(inOrder);
  const left = new Set(skipped);
  const sound = [...pictures.keys()].filter((index) => !left.has(pictures[index].path));
  if ((!values && !file) || sound.length === 0) throw new EpochbookError('data.noPictures', { path: source.path }, { at });
  const size = height * width * channels;
  const rest = new Uint8Array(values ? sound.length * size : 0);
  if (values) for (const [place, index] of sound.entries()) rest.set(values.subarray(index * size, (index + 1) * size), place * size);
  const arrays = {
    ...all,
    count: sound.length,
    values: rest,
    targets: sound.map((index) => labels[index]),
    ...weightsOf(sound),
    sourceRows: Uint32Array.from(sound),
    skipped,
    skippedRows: [...pictures.keys()].filter((index) => left.has(pictures[index].path)),
    ...(file && {
      firstBytes: new Map(
        shownFirst.flatMap(([index, bytes]) => (left.has(pictures[index].path) ? [] : [[sound.indexOf(index), bytes] as const])),
      ),
    }),
  };
  return { besides, arrays };
}
