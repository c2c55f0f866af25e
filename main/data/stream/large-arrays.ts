/** Arrays that are larger than memory: read from where they lie, or brought to 32-bit floats in a file of the cache. */
import { createHash, type Hash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochbookError } from '#contract/errors.ts';
import type { ArrayStep, Dataset, Part, StoredInputs } from '#contract/samples.ts';
import { archiveOf, type DataSpec } from '#contract/spec.ts';
import { checksum } from '#files/checksum.ts';
import { applyArraySteps, fitArrayStep, startNormalize } from '../array-steps.ts';
import { type Arrays, sizeOf, thumbnailCount } from '../arrays.ts';
import { type Folders, isGzipped, locate, mostUnpacked, placeDataFile } from '../files.ts';
import { idxBytes, idxHeader, idxShape, idxStart } from '../idx.ts';
import { npyHeader, type NpyHeader, numbersIn } from '../npy.ts';
import { place } from '../steps.ts';
import { type ReadOptions, samplesFile, storedFile, type StoredSamples } from '../stored-arrays.ts';
import type { PlacedEntry } from '../zip.ts';
import { turnedPieces } from './turned.ts';
import { type Packed, unpackedHead, unpackedPieces } from './unpacked.ts';

/** Bytes that are read at once, and that hold any header. */
const blockBytes = 4 * 2 ** 20;
const headBytes = 1 << 16;

interface LargeFile {
  readonly file: string;
  /** The first bytes, unpacked. */
  readonly head: Buffer;
  /** Of the file, unpacked; unknown of one that is packed. */
  readonly bytes: number;
  readonly writtenAtMs: number;
  readonly isPacked: boolean;
}

/** What the head says of the whole. */
interface Measure {
  readonly bytes: number;
  readonly values: number;
}

/** A file whose values do not fit, by their number as 32-bit floats; undefined where it is read whole. */
async function largeFile(
  path: string,
  folders: Folders,
  at: string,
  measure: (head: Buffer) => Measure,
  most: number,
): Promise<LargeFile | undefined> {
  if (archiveOf(path)) return undefined;
  const file = await locate(path, folders, at);
  const { size, mtimeMs } = await disk.stat(file);
  if (size === 0) return undefined;
  const isPacked = await isGzipped(file, path, at);
  const handle = await disk.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = isPacked ? unpackedHead(buffer.subarray(0, bytesRead)) : buffer.subarray(0, bytesRead);
    // What is wrong with it is said where it is read whole.
    if (!head) return undefined;
    const told = measure(head);
    const bytes = isPacked ? told.bytes : size;
    const values = (told.values * bytes) / told.bytes;
    if (bytes <= mostUnpacked && values * 4 <= most) return undefined;
    return { file, head, bytes: isPacked ? Infinity : size, writtenAtMs: mtimeMs, isPacked };
  } finally {
    await handle.close();
  }
}

/** Bytes of whole values. */
const atOnceOf = (width: number) => Math.max(1, Math.floor(blockBytes / width)) * width;

/** Pieces of a file of whole values. */
async function* piecesOf(file: string, start: number, length: number, width: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await disk.open(file);
  const most = atOnceOf(width);
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

/** Of the work, about what reading the file for its content's hash is, where more is to be done. */
const hashingShare = 0.2;

/** Puts the file's bytes into the hash; gives the hash of them alone. */
export async function hashFile(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { signal, onProgress = () => {} }: Pick<ReadOptions, 'signal' | 'onProgress'>,
): Promise<string> {
  const content = createHash('sha256');
  const { size } = await disk.stat(await locate(path, folders, at));
  let read = 0;
  const onBytes = (bytes: Buffer) => {
    content.update(bytes);
    onProgress((hashingShare * (read += bytes.length)) / size);
  };
  await placeDataFile(path, folders, at, { hash, plain: false, signal, onBytes });
  return content.digest('hex').slice(0, 40);
}

/** Where the bytes of an array lie. */
interface ArrayPlace {
  /** As the notebook says it. */
  readonly path: string;
  readonly at: string;
  readonly file: string;
  readonly writtenAtMs: number;
  /** Of what is not packed: where it begins in the file. */
  readonly offset: number;
  readonly packed?: Packed;
  /** Of an entry in an archive. */
  readonly entry?: PlacedEntry;
  /** Of what it is made of. */
  readonly content: string;
}

/**
 * The inputs of an `.npy` file that does not fit. Bytes and little-endian 32-bit floats are read from where they lie;
 * others, and what is gzipped, are brought to bytes or 32-bit floats, `scale` times, in a file. Throws what `npyHeader`
 * throws, `data.gzipDamaged` and `data.notFinite`.
 */
export async function openLargeNpy(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { scale, most = Infinity, ...options }: ReadOptions & { scale: number },
): Promise<LargeNpy | undefined> {
  const found = await largeFile(path, folders, at, (head) => measureNpy(head, path, at), most);
  if (!found) return undefined;
  const header = npyHeader({ path, bytes: found.head }, at, found.bytes);
  const { file, writtenAtMs, isPacked } = found;
  if (!canStream(header, isPacked)) return undefined;
  const content = await hashFile(path, folders, at, hash, options);
  const place = { path, at, file, writtenAtMs, offset: 0, content, ...(isPacked && { packed: { file, by: 'gzip' } as const }) };
  return placeNpy(place, header, folders, { scale, ...options });
}

/** The same of an array in an `.npz` file. `content`: the hash of that file. Throws `data.zipDamaged` where the archive's checksum is another. */
export async function openLargeEntry(
  entry: PlacedEntry,
  path: string,
  folders: Folders,
  at: string,
  { scale, content, most = Infinity, ...options }: ReadOptions & { scale: number; content: string },
): Promise<LargeNpy | undefined> {
  const { file, isPacked, size, packedSize } = entry;
  const offset = await entry.start();
  const bytes = Buffer.alloc(Math.min(headBytes, packedSize));
  const handle = await disk.open(file);
  try {
    await handle.read(bytes, 0, bytes.length, offset);
  } finally {
    await handle.close();
  }
  const head = isPacked ? unpackedHead(bytes, 'deflate') : bytes;
  // What is wrong with it is said where it is read whole.
  if (!head) return undefined;
  const told = measureNpy(head, path, at);
  if (size <= mostUnpacked && told.values * 4 <= most) return undefined;
  const header = npyHeader({ path, bytes: head }, at, size);
  if (!canStream(header, isPacked)) return undefined;
  const own = createHash('sha256').update(content).update(entry.name).digest('hex').slice(0, 40);
  const { mtimeMs } = await disk.stat(file);
  const packed = { file, by: 'deflate', from: offset, to: offset + packedSize - 1 } as const;
  const place = { path, at, file, writtenAtMs: mtimeMs, offset, entry, content: own, ...(isPacked && { packed }) };
  return placeNpy(place, header, folders, { scale, ...options });
}

function measureNpy(head: Buffer, path: string, at: string): Measure {
  const { wanted, start, width } = npyHeader({ path, bytes: head }, at, Infinity);
  return { bytes: wanted, values: (wanted - start) / width };
}

/** What lies column by column is read here and there, which what is packed cannot be; texts are no inputs. */
const canStream = ({ columnMajor, text }: NpyHeader, isPacked: boolean) => !text && !(columnMajor && isPacked);

async function placeNpy(
  { path, at, file, writtenAtMs, offset, packed, entry, content }: ArrayPlace,
  header: NpyHeader,
  folders: Folders,
  { scale, signal, onDamaged, onProgress = () => {} }: Omit<ReadOptions, 'most'> & { scale: number },
): Promise<LargeNpy> {
  const { letters, width, start, wanted, shape, little, columnMajor } = header;
  const [count = 0, ...rest] = shape;
  const size = sizeOf(rest);
  const isBytes = (letters === 'u1' || letters === 'b1') && !columnMajor;
  const isPicture = isBytes && (rest.length === 2 || rest.length === 3);
  const withFirst = async (stored: StoredSamples): Promise<LargeNpy> => ({
    header,
    stored,
    ...(isPicture && { firstBytes: await firstBytes(stored.file, stored.offset, size, count) }),
  });
  const type = isBytes ? 'uint8' : 'float32';
  // Typed arrays must begin at a multiple of their elements' size only in memory: the reader copies.
  const isThere = !packed && !columnMajor && (isBytes || (letters === 'f4' && little));
  if (!packed && entry) await checkSum(entry, offset);
  if (isThere && isBytes) return withFirst({ file, type, offset: offset + start, writtenAtMs });
  const name = `${content}${isBytes ? 'b' : `n${scale}`}`.replaceAll(/[^\w]/g, '_');
  const output = isThere ? undefined : await storedFile(folders, name, count * size * (isBytes ? 1 : 4), onDamaged);
  const made: StoredSamples = output
    ? { file: output.file, type, offset: 0, writtenAtMs: output.writtenAtMs, ...(!isBytes && { isScaled: true }) }
    : { file, type, offset: offset + start, writtenAtMs };
  // It was brought there before.
  if (output && !output.write) return withFirst(made);
  const zipDamaged = (cause?: unknown) => new EpochbookError('data.zipDamaged', { path }, { at, cause });
  let sum = 0;
  const pieces = packed
    ? unpackedPieces(packed, start, wanted - start, {
        atOnce: atOnceOf(width),
        signal,
        onBytes: (bytes) => (sum = entry ? checksum(bytes, sum) : 0),
        ...(entry && { mostBehind: entry.size - wanted }),
        early: (bytes) => (entry ? zipDamaged() : new EpochbookError('data.npyCut', { path, wanted, found: bytes }, { at })),
        damaged: (cause) => (entry ? zipDamaged(cause) : new EpochbookError('data.gzipDamaged', { path }, { at, cause })),
      })
    : columnMajor
      ? turnedPieces(file, offset + start, header, { atOnce: blockBytes, signal })
      : piecesOf(file, offset + start, wanted - start, width, signal);
  let done = 0;
  try {
    for await (const bytes of pieces) {
      const values = isBytes ? bytes : floatsIn(bytes, done);
      const out = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      await output?.write?.handle.write(out, 0, out.length, done * (isBytes ? 1 : 4));
      done += values.length;
      onProgress(hashingShare + ((1 - hashingShare) * done) / (count * size));
    }
    if (packed && entry && sum !== entry.sum) throw zipDamaged();
    await output?.write?.done();
  } catch (error) {
    await output?.write?.fail();
    throw error;
  }
  return withFirst(made);

  /** What is read where it lies is not unpacked, which would check it. */
  async function checkSum(stored: PlacedEntry, from: number): Promise<void> {
    let found = 0;
    for await (const bytes of piecesOf(file, from, stored.size, 1, signal)) found = checksum(bytes, found);
    if (found !== stored.sum) throw new EpochbookError('data.zipDamaged', { path }, { at });
  }

  function floatsIn(bytes: Buffer, before: number): Float32Array {
    const numbers = numbersIn(bytes, letters, little);
    const floats = new Float32Array(numbers.length);
    const factor = isThere ? 1 : scale;
    let odd = -1;
    for (let index = 0; index < floats.length; index += 1) {
      floats[index] = numbers[index] * factor;
      if (odd < 0 && !Number.isFinite(floats[index])) odd = index;
    }
    if (odd < 0) return floats;
    const facts = { path, sample: Math.floor((before + odd) / size), value: String(floats[odd]) };
    throw new EpochbookError('data.notFinite', facts, { at: '/data/source' });
  }
}

/**
 * Images of an IDX file that do not fit into memory: read from where they lie, or unpacked into a file. Throws what
 * `idxHeader` throws, and `data.gzipDamaged`.
 */
export async function openLargeIdx(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { most = Infinity, ...options }: ReadOptions,
): Promise<{ shape: readonly number[]; stored: StoredSamples; firstBytes: NonNullable<Arrays['firstBytes']> } | undefined> {
  const measure = (head: Buffer): Measure => {
    const shape = idxShape({ path, bytes: head }, at);
    return { bytes: idxBytes(shape), values: sizeOf(shape) };
  };
  const found = await largeFile(path, folders, at, measure, most);
  if (!found) return undefined;
  const { file, head, writtenAtMs, isPacked } = found;
  const shape = isPacked ? idxShape({ path, bytes: head }, at) : idxHeader({ path, bytes: head }, at, found.bytes);
  const content = await hashFile(path, folders, at, hash, options);
  const [count, ...rest] = shape;
  const start = idxStart(shape);
  const stored: StoredSamples = isPacked ? await unpackIdx() : { file, type: 'uint8', offset: start, writtenAtMs };
  return { shape, stored, firstBytes: await firstBytes(stored.file, stored.offset, sizeOf(rest), count) };

  async function unpackIdx(): Promise<StoredSamples> {
    const { signal, onProgress = () => {}, onDamaged } = options;
    const wanted = idxBytes(shape);
    const length = wanted - start;
    const output = await storedFile(folders, `${content}i`, length, onDamaged);
    const made = { file: output.file, type: 'uint8', offset: 0, writtenAtMs: output.writtenAtMs } as const;
    if (!output.write) return made;
    let done = 0;
    try {
      for await (const bytes of unpackedPieces({ file, by: 'gzip' }, start, length, {
        atOnce: blockBytes,
        signal,
        early: (bytesFound) => new EpochbookError('data.idxCut', { path, wanted, found: bytesFound }, { at }),
        beyond: (bytesFound) => new EpochbookError('data.idxLong', { path, wanted, found: bytesFound }, { at }),
        damaged: (cause) => new EpochbookError('data.gzipDamaged', { path }, { at, cause }),
      })) {
        await output.write.handle.write(bytes, 0, bytes.length, done);
        done += bytes.length;
        onProgress(hashingShare + ((1 - hashingShare) * done) / length);
      }
      await output.write.done();
    } catch (error) {
      await output.write.fail();
      throw error;
    }
    return made;
  }
}

/** A part's samples as they are stored, a few megabytes at a time; `from`: the first one's place in the part. */
export async function* storedBlocks(
  { stored, count, inputs }: Pick<Part, 'stored' | 'count' | 'inputs'>,
  signal?: AbortSignal,
): AsyncGenerator<{ values: Float32Array; from: number }> {
  if (!stored) {
    const size = inputs.length / count;
    const perBlock = Math.max(1, Math.floor(blockBytes / (size * 4)));
    for (let from = 0; from < count; from += perBlock)
      yield { values: inputs.slice(from * size, Math.min(count, from + perBlock) * size), from };
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
    yield { values: made, from };
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
        for await (const { values } of storedBlocks(train, signal)) {
          const count = values.length / sizeOf(rawShape);
          pass(applyArraySteps(steps, { shape: rawShape, count, values }));
          tell(count);
        }
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
      for await (const { values, from } of storedBlocks(own, signal)) {
        const count = values.length / sizeOf(rawShape);
        const made = applyArraySteps(steps, { shape: rawShape, count, values });
        await write.handle.write(
          new Uint8Array(made.buffer, made.byteOffset, made.byteLength),
          0,
          made.byteLength,
          offset + from * size * 4,
        );
        tell(count);
      }
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
