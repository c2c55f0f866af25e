/** Arrays that are larger than memory: read from where they lie, or brought to 32-bit floats in a file of the cache. */
import type { Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { ArrayStep, Dataset, Part, StoredInputs } from '#contract/samples.ts';
import { archiveOf, type DataSpec } from '#contract/spec.ts';
import { applyArraySteps, fitArrayStep, startNormalize } from '../array-steps.ts';
import { type Arrays, sizeOf, thumbnailCount } from '../arrays.ts';
import { type Folders, isGzipped, locate, mostUnpacked, placeDataFile } from '../files.ts';
import { idxHeader, idxStart } from '../idx.ts';
import { npyHeader, type NpyHeader, numbersIn } from '../npy.ts';
import { place } from '../steps.ts';
import { samplesFile, type StoredSamples } from '../stored-arrays.ts';

/** Bytes that are read at once, and that hold any header. */
const blockBytes = 4 * 2 ** 20;
const headBytes = 1 << 16;

export interface LargeOptions {
  /** Bytes that the samples may take as 32-bit floats. */
  readonly most?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

interface LargeFile {
  readonly file: string;
  readonly head: Buffer;
  readonly bytes: number;
  readonly writtenAtMs: number;
}

/** A plain file whose values do not fit, by its size as 32-bit floats; undefined where it is read whole. */
async function largeFile(
  path: string,
  folders: Folders,
  at: string,
  floatsPerByte: (head: Buffer) => number,
  most: number,
): Promise<LargeFile | undefined> {
  if (archiveOf(path)) return undefined;
  const file = await locate(path, folders, at);
  const { size, mtimeMs } = await disk.stat(file);
  if (size === 0 || (await isGzipped(file, path, at))) return undefined;
  const handle = await disk.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    if (size <= mostUnpacked && size * floatsPerByte(head) * 4 <= most) return undefined;
    return { file, head, bytes: size, writtenAtMs: mtimeMs };
  } finally {
    await handle.close();
  }
}

/** Pieces of a file of whole values. */
async function* piecesOf(file: string, start: number, length: number, width: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await disk.open(file);
  const most = Math.max(1, Math.floor(blockBytes / width)) * width;
  try {
    for (let from = 0; from < length; from += most) {
      signal?.throwIfAborted();
      const bytes = Buffer.alloc(Math.min(most, length - from));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + from + filled);
        if (bytesRead === 0) throw new Error(`${file} ends early`);
        filled += bytesRead;
      }
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}

/** The first samples of bytes, to be shown. */
async function firstBytes(file: string, start: number, size: number, count: number): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const shown = new Map<number, Uint8Array<ArrayBuffer>>();
  for await (const bytes of piecesOf(file, start, size * Math.min(count, thumbnailCount), size))
    for (let from = 0; from < bytes.length; from += size) shown.set(shown.size, Uint8Array.from(bytes.subarray(from, from + size)));
  return shown;
}

export interface LargeNpy {
  readonly header: NpyHeader;
  readonly stored: StoredSamples;
  readonly firstBytes?: Arrays['firstBytes'];
}

/**
 * The inputs of an `.npy` file that does not fit. Bytes and little-endian 32-bit floats are read from where they lie;
 * others are brought to 32-bit floats, `scale` times, in a file. Throws what `npyHeader` throws, and `data.notFinite`.
 */
export async function openLargeNpy(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { scale, most = Infinity, signal, onProgress = () => {} }: LargeOptions & { scale: number },
): Promise<LargeNpy | undefined> {
  const found = await largeFile(path, folders, at, (head) => 1 / npyHeader({ path, bytes: head }, at, Infinity).width, most);
  if (!found) return undefined;
  const header = npyHeader({ path, bytes: found.head }, at, found.bytes);
  // Column by column, a sample's values lie far apart; texts are no inputs.
  if (header.columnMajor || header.text) return undefined;
  await placeDataFile(path, folders, at, { hash, plain: false, signal });
  const { letters, width, start, wanted, shape, little } = header;
  const [count = 0, ...rest] = shape;
  const size = sizeOf(rest);
  const { file, writtenAtMs } = found;
  if (letters === 'u1' || letters === 'b1') {
    const isPicture = rest.length === 2 || rest.length === 3;
    const shown = isPicture ? await firstBytes(file, start, size, count) : undefined;
    return { header, stored: { file, type: 'uint8', offset: start, writtenAtMs }, ...(shown && { firstBytes: shown }) };
  }
  // Typed arrays must begin at a multiple of their elements' size only in memory: the reader copies.
  const isThere = letters === 'f4' && little;
  const output = isThere
    ? undefined
    : await samplesFile(folders, `${hash.copy().update('npy').digest('hex').slice(0, 38)}n${scale}`.replaceAll(/[^\w]/g, '_'));
  let done = 0;
  try {
    for await (const bytes of piecesOf(file, start, wanted - start, width, signal)) {
      const values = numbersIn(bytes, letters, little);
      const made = Float32Array.from(values, (value) => value * (isThere ? 1 : scale));
      const odd = made.findIndex((value) => !Number.isFinite(value));
      if (odd >= 0) {
        const facts = { path, sample: Math.floor((done + odd) / size), value: String(made[odd]) };
        throw new EpochbookError('data.notFinite', facts, { at: '/data/source' });
      }
      await output?.write.handle.write(new Uint8Array(made.buffer), 0, made.byteLength, done * 4);
      done += made.length;
      onProgress((done * width) / (wanted - start));
    }
    await output?.write.done(done * 4);
  } catch (error) {
    await output?.write.fail();
    throw error;
  }
  if (!output) return { header, stored: { file, type: 'float32', offset: start, writtenAtMs } };
  return { header, stored: { file: output.file, type: 'float32', offset: 0, writtenAtMs: output.writtenAtMs, isScaled: true } };
}

/** Images of an unpacked IDX file that do not fit into memory. Throws what `idxHeader` throws. */
export async function openLargeIdx(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { most = Infinity, signal }: LargeOptions,
): Promise<{ shape: readonly number[]; stored: StoredSamples; firstBytes: NonNullable<Arrays['firstBytes']> } | undefined> {
  const found = await largeFile(path, folders, at, () => 1, most);
  if (!found) return undefined;
  const shape = idxHeader({ path, bytes: found.head }, at, found.bytes);
  await placeDataFile(path, folders, at, { hash, plain: false, signal });
  const [count, ...rest] = shape;
  const start = idxStart(shape);
  const { file, writtenAtMs } = found;
  return {
    shape,
    stored: { file, type: 'uint8', offset: start, writtenAtMs },
    firstBytes: await firstBytes(file, start, sizeOf(rest), count),
  };
}

/** A part's samples as they are stored, a few megabytes at a time. */
async function eachBlock(
  { stored, count, inputs }: Part,
  signal: AbortSignal | undefined,
  take: (values: Float32Array, from: number) => void | Promise<void>,
): Promise<void> {
  if (!stored) {
    const size = inputs.length / count;
    const perBlock = Math.max(1, Math.floor(blockBytes / (size * 4)));
    for (let from = 0; from < count; from += perBlock) await take(inputs.slice(from * size, Math.min(count, from + perBlock) * size), from);
    return;
  }
  const { file, type, offset, size, scale, places } = stored;
  const width = type === 'uint8' ? 1 : 4;
  const perBlock = Math.max(1, Math.floor(blockBytes / (size * 4)));
  const placeOf = (index: number) => (places ? places[index] : index);
  for (let from = 0; from < count; from += perBlock) {
    const to = Math.min(count, from + perBlock);
    const first = placeOf(from);
    const length = (placeOf(to - 1) - first + 1) * size * width;
    const pieces: Buffer[] = [];
    for await (const piece of piecesOf(file, offset + first * size * width, length, width, signal)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const values = type === 'uint8' ? bytes : new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const made = new Float32Array((to - from) * size);
    for (let index = from; index < to; index += 1) {
      const start = (placeOf(index) - first) * size;
      for (let value = 0; value < size; value += 1) made[(index - from) * size + value] = values[start + value] * scale;
    }
    await take(made, from);
    await nextTurn();
  }
}

export interface ShapeOptions {
  readonly folders: Folders;
  /** Of the file. */
  readonly name: string;
  /** What was fitted before, to be done alike. */
  readonly known?: readonly ArrayStep[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Does `reshape`, `resize` and `normalize` to parts that are stored, fitted on the training part in passes over it, and
 * writes what comes out into a file of the cache. The same numbers as in memory. Throws what `shapeParts` throws.
 */
export async function shapeStored(
  dataset: Omit<Dataset, 'hash'>,
  rawShape: readonly number[],
  spec: DataSpec,
  { folders, name, known, signal, onProgress = () => {} }: ShapeOptions,
): Promise<Omit<Dataset, 'hash'>> {
  const steps: ArrayStep[] = [];
  let shape = rawShape;
  const { train } = dataset;
  const passesOf = (step: DataSpec['steps'][number]) => (step.op !== 'normalize' || known ? 0 : step.method === 'minMax' ? 1 : 2);
  const passes = spec.steps.reduce((sum, step) => sum + passesOf(step), 0);
  const all = passes * train.count + [train, dataset.validation, dataset.test].reduce((sum, part) => sum + (part?.count ?? 0), 0);
  let done = 0;
  const tell = (samples: number) => onProgress((done += samples) / all);
  for (const [index, step] of spec.steps.entries()) {
    const before = known?.[steps.length];
    if (step.op === 'normalize' && before) steps.push(before);
    else if (step.op === 'normalize') {
      const fit = startNormalize(shape, train.count * sizeOf(shape), step.method ?? 'standard');
      for (const pass of fit.passes)
        await eachBlock(train, signal, (values) => {
          const count = values.length / sizeOf(rawShape);
          pass(applyArraySteps(steps, { shape: rawShape, count, values }));
          tell(count);
        });
      steps.push(fit.result());
    } else if (step.op === 'reshape' || step.op === 'resize') {
      const fitted = fitArrayStep(step, { shape, count: 0, values: new Float32Array(0) }, place({ index }))!;
      steps.push(fitted);
      shape = fitted.op === 'reshape' ? fitted.shape : fitted.op === 'resize' ? [...fitted.size, shape[2]] : shape;
    }
  }
  const size = sizeOf(shape);
  const { file, writtenAtMs, write } = await samplesFile(folders, name);
  const parts: { train?: Part; validation?: Part; test?: Part } = {};
  let bytes = 0;
  try {
    for (const part of ['train', 'validation', 'test'] as const) {
      const own = dataset[part];
      if (!own) continue;
      const offset = bytes;
      await eachBlock(own, signal, async (values, from) => {
        const count = values.length / sizeOf(rawShape);
        const made = applyArraySteps(steps, { shape: rawShape, count, values });
        await write.handle.write(
          new Uint8Array(made.buffer, made.byteOffset, made.byteLength),
          0,
          made.byteLength,
          offset + from * size * 4,
        );
        tell(count);
      });
      bytes += own.count * size * 4;
      parts[part] = {
        ...own,
        inputs: new Float32Array(0),
        stored: { file, type: 'float32', offset, size, scale: 1, writtenAtMs } satisfies StoredInputs,
      };
    }
    await write.done(bytes);
  } catch (error) {
    await write.fail();
    throw error;
  }
  return { ...dataset, ...parts, inputShape: shape, arraySteps: steps };
}
