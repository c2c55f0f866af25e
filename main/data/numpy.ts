/** Samples from NumPy's files: inputs and targets, each an array whose first dimension is the samples. */
import type { Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import type { DataSource } from '#contract/spec.ts';
import { type Arrays, sizeOf, thumbnailCount } from './arrays.ts';
import { findFile, type Folders, mostUnpacked, plainBytesOf, readDataFile } from './files.ts';
import { type NpyArray, type NpyHeader, parseNpy } from './npy.ts';
import { hashFile } from './stream/array-place.ts';
import { type LargeInputs, openLargeEntry, openLargeInputs, openLargeNpy } from './stream/large-arrays.ts';
import { storedBlocks } from './stream/shape-stored.ts';
import { mostInMemory, type ReadOptions, storedFile, type StoredSamples } from './stored-arrays.ts';
import { checkWeightArray } from './sample-weights.ts';
import { inputParts, packInputs, packTargets } from './several-arrays.ts';
import { openPlacedZip, openZip, type PlacedEntry, type ZipEntry } from './zip.ts';

type NpySource = Extract<DataSource, { format: 'npy' }>;
type NpzSource = Extract<DataSource, { format: 'npz' }>;

/** Bytes that are unpacked of one that is gzipped, about; and that one takes as a number at most. */
const packedFactor = 5;
const floatBytes = 4;
/** More classes than this are numbers. */
const mostClasses = 1000;
/** Names by which people save them, the most telling first. */
export const inputNames = ['x', 'X', 'inputs', 'x_train', 'X_train', 'train_x', 'images', 'train_images', 'features', 'data'];
const targetNames = ['y', 'Y', 'targets', 'y_train', 'Y_train', 'train_y', 'labels', 'train_labels', 'target', 'label'];

/** A number a sample, of a file beside the inputs. Throws what `parseNpy` and `checkWeightArray` throw. */
export async function readNpyWeights(
  path: string,
  inputs: { path: string; count: number },
  folders: Folders,
  hash: Hash,
): Promise<ArrayLike<number>> {
  const at = '/data/source/sampleWeight';
  return weightsIn(parseNpy(await readDataFile(path, folders, at, hash), at), path, inputs, at);
}

function weightsIn({ values }: NpyArray, path: string, inputs: { path: string; count: number }, at: string): ArrayLike<number> {
  if (!(values instanceof Uint8Array || values instanceof Float32Array || values instanceof Float64Array))
    throw new EpochbookError('data.npyType', { path, type: 'text' }, { at });
  checkWeightArray(values, path, inputs, at);
  return values;
}

export async function readNpy(source: NpySource, folders: Folders, hash: Hash, options: ReadOptions = {}): Promise<Arrays> {
  const at = '/data/source/inputs';
  const large = await openLargeNpy(source.inputs, folders, at, hash, { ...options, scale: source.scale ?? 1 });
  const inputs = large ? withoutValues(large.header) : parseNpy(await readDataFile(source.inputs, folders, at, hash), at);
  const targets = parseNpy(await readDataFile(source.targets, folders, '/data/source/targets', hash), '/data/source/targets');
  const found = combine(inputs, [{ as: null, name: source.targets, array: targets }], source.inputs, source);
  const made = large ? { ...found, stored: large.stored, ...(large.firstBytes && { firstBytes: large.firstBytes }) } : found;
  if (source.sampleWeight === undefined) return made;
  return { ...made, weights: await readNpyWeights(source.sampleWeight, made, folders, hash) };
}

/** Of an array that stays where it is: all but its values. */
function withoutValues({ shape, letters, width, columnMajor }: NpyHeader): NpyArray {
  // As they are read whole: bytes that lie column by column become floats.
  const isBytes = width === 1 && letters !== 'i1' && !columnMajor;
  return { shape, values: isBytes ? new Uint8Array(0) : new Float32Array(0), whole: !letters.startsWith('f') };
}

/** Throws `data.zipDamaged`, `data.npzArray`, `data.npzArrayNear`, and what `parseNpy` throws. */
export async function readNpz(source: NpzSource, folders: Folders, hash: Hash, options: ReadOptions = {}): Promise<Arrays> {
  const at = '/data/source/path';
  const { entries, content } = await openNpz(source.path, folders, at, hash, options);
  const names = entries.map(({ name }) => name.replace(/\.npy$/, ''));
  type What = 'inputs' | 'targets' | 'sampleWeight';
  const entryOf = (what: What, wanted: string | undefined, usual: readonly string[]) => {
    const place = wanted === undefined ? at : `/data/source/${what}`;
    const name = wanted ?? usual.find((one) => names.includes(one));
    const index = name === undefined ? -1 : names.indexOf(name);
    if (name === undefined || index < 0) {
      const near = name === undefined ? undefined : nearest(name, names);
      const values = { path: source.path, what, name: name ?? '', names: names.join(', '), choices: JSON.stringify(names) };
      if (near !== undefined) throw new EpochbookError('data.npzArrayNear', { ...values, near }, { at: place });
      throw new EpochbookError(name === undefined ? 'data.npzWhich' : 'data.npzArray', values, { at: place });
    }
    return { name, place, entry: entries[index] };
  };
  const find = async (what: What, wanted: string | undefined, usual: readonly string[]): Promise<{ name: string; array: NpyArray }> => {
    const { name, place, entry } = entryOf(what, wanted, usual);
    if (entry.size > mostUnpacked) throw new EpochbookError('data.tooLarge', { path: source.path, gigabytes: 2 }, { at });
    const bytes = await entry.read();
    if (bytes.length > mostUnpacked) throw new EpochbookError('data.tooLarge', { path: source.path, gigabytes: 2 }, { at });
    return { name, array: parseNpy({ path: `${source.path}:${name}`, bytes }, place) };
  };
  const all = async (what: 'inputs' | 'targets', usual: readonly string[]) => {
    const wanted = source[what];
    if (typeof wanted !== 'object') return [{ as: null, ...(await find(what, wanted, usual)) }];
    const found = [];
    for (const [as, name] of Object.entries(wanted)) found.push({ as, ...(await find(what, name, [])) });
    return found;
  };
  const targets = await all('targets', targetNames);
  const large = await largeInput();
  const largeSeveral = await largeInputs();
  const arrays = (large ? [large.input] : (largeSeveral?.inputs ?? (await all('inputs', inputNames)))).map((input) => ({
    name: input.as,
    ...combine(input.array, targets, `${source.path}:${input.name}`, source),
  }));
  const [first] = arrays;
  if (arrays.length === 0 || targets.length === 0)
    throw new EpochbookError(
      'data.npzWhich',
      { path: source.path, what: arrays.length === 0 ? 'inputs' : 'targets', names: names.join(', ') },
      { at },
    );
  const single = large ? { ...first, stored: large.stored, ...(large.firstBytes && { firstBytes: large.firstBytes }) } : first;
  const made = first.name === null ? single : await severalInputs(arrays as (Arrays & { name: string })[], largeSeveral?.store);
  if (source.sampleWeight === undefined) return made;
  const { name, array } = await find('sampleWeight', source.sampleWeight, []);
  return { ...made, weights: weightsIn(array, `${source.path}:${name}`, made, '/data/source/sampleWeight') };

  /** Inputs that do not fit into memory. */
  async function largeInput() {
    if (typeof source.inputs === 'object') return undefined;
    const { name, place, entry } = entryOf('inputs', source.inputs, inputNames);
    if (!('start' in entry)) return undefined;
    const more = { ...options, scale: source.scale ?? 1, content };
    const found = await openLargeEntry(entry, `${source.path}:${name}`, folders, place, more);
    return found && { ...found, input: { as: null, name, array: withoutValues(found.header) } };
  }

  /** Several that do not fit together. */
  async function largeInputs() {
    if (typeof source.inputs !== 'object') return undefined;
    const named = Object.entries(source.inputs).map(([as, wanted]) => ({ as, ...entryOf('inputs', wanted, []) }));
    const placed = named.flatMap(({ name, place, entry }) =>
      'start' in entry ? [{ entry, path: `${source.path}:${name}`, at: place }] : [],
    );
    if (placed.length < named.length) return undefined;
    const found = await openLargeInputs(placed, folders, { ...options, content });
    if (!found) return undefined;
    return { ...found, inputs: named.map(({ as, name }, index) => ({ as, name, array: withoutValues(found.headers[index]) })) };
  }
}

/**
 * The arrays of an `.npz` file: read where they lie. One that is itself in an archive, or gzipped, is held whole where
 * that fits, and else unpacked once, into the cache. `content`: its own hash.
 */
export async function openNpz(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  options: ReadOptions,
): Promise<{ entries: (ZipEntry | PlacedEntry)[]; content: string }> {
  const found = await findFile(path, folders, at);
  const { most = mostInMemory } = options;
  const isPlain = !found.entry && !found.gzipped;
  if (!isPlain && found.bytes * (found.gzipped ? packedFactor : 1) * floatBytes <= most)
    return { entries: await openZip(await readDataFile(path, folders, at, hash), at), content: '' };
  const content = await hashFile(path, folders, at, hash, options);
  if (isPlain) return { entries: await openPlacedZip(found.file, path, at), content };
  const { file, write } = await storedFile(folders, `${content}z`, undefined, options.onDamaged);
  try {
    let written = 0;
    if (write)
      for await (const bytes of plainBytesOf(found, path, at, { signal: options.signal })) {
        write.put(bytes, written);
        written += bytes.length;
      }
    await write?.done(written);
  } catch (error) {
    await write?.fail();
    throw error;
  }
  return { entries: await openPlacedZip(file, path, at), content };
}

/** `store`: puts together what does not fit into memory. Throws `data.samplesDiffer`. */
async function severalInputs(arrays: readonly (Arrays & { name: string })[], store?: LargeInputs['store']): Promise<Arrays> {
  const { name: _, ...first } = arrays[0];
  for (const other of arrays) {
    if (other.count === first.count) continue;
    const counts = { inputs: first.path, inputCount: first.count, targets: other.path, targetCount: other.count };
    throw new EpochbookError('data.samplesDiffer', counts, { at: '/data/source/inputs' });
  }
  const picture = arrays.find(({ values: own, inputShape }) => own instanceof Uint8Array && inputShape.length === 3);
  const pictures = picture && { shape: picture.inputShape, values: picture.values as Uint8Array };
  const size = arrays.reduce((sum, { inputShape }) => sum + sizeOf(inputShape), 0);
  const facts = { ...first, inputs: inputParts(arrays), inputShape: [size], scale: 1, ...(pictures && { pictures }) };
  if (!store) return { ...facts, values: packInputs(arrays, first.count).values };
  const stored = await store(arrays.map(({ scale }) => scale));
  const shown = picture && (await firstPictures(stored, arrays, picture));
  return { ...facts, values: new Float32Array(0), stored, ...(shown && { firstBytes: shown }) };
}

/** The pixels of the first samples, as they were before they were scaled. */
async function firstPictures(
  stored: StoredSamples,
  arrays: readonly Arrays[],
  picture: Arrays,
): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const sizes = arrays.map(({ inputShape }) => sizeOf(inputShape));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const place = arrays.indexOf(picture);
  const from = sizes.slice(0, place).reduce((sum, one) => sum + one, 0);
  const count = Math.min(picture.count, thumbnailCount);
  const { values } = (await storedBlocks({ count, inputs: new Float32Array(0), stored: { ...stored, size, scale: 1 } }).next()).value as {
    values: Float32Array;
  };
  return new Map(
    Array.from({ length: Math.min(count, values.length / size) }, (_, row) => [
      row,
      Uint8Array.from(values.subarray(row * size + from, row * size + from + sizes[place]), (value) => Math.round(value / picture.scale)),
    ]),
  );
}

interface NamedTarget {
  /** Of several: the output's name. */
  readonly as: string | null;
  readonly name: string;
  readonly array: NpyArray;
}

function combine(inputs: NpyArray, targets: readonly NamedTarget[], path: string, source: NpySource | NpzSource): Arrays {
  const at = '/data/source';
  const { values } = inputs;
  if (!(values instanceof Uint8Array || values instanceof Float32Array || values instanceof Float64Array))
    throw new EpochbookError('data.npyType', { path, type: 'text' }, { at });
  const [count = 0, ...rest] = inputs.shape;
  if (inputs.shape.length === 0 || sizeOf(inputs.shape) === 0) throw new EpochbookError('data.noSamples', { path }, { at });
  const pathOf = (name: string) => (source.format === 'npz' ? `${source.path}:${name}` : name);
  for (const { name, array } of targets) {
    if (array.shape[0] === count) continue;
    const counts = { inputs: path, inputCount: count, targets: pathOf(name), targetCount: array.shape[0] ?? 0 };
    throw new EpochbookError('data.samplesDiffer', counts, { at });
  }
  const bytesOfImages = values instanceof Uint8Array && inputs.whole && inputs.shape.length >= 3;
  // Three dimensions of bytes are grey images, which convolutions want with a channel; of other numbers, series.
  const inputShape = bytesOfImages && rest.length === 2 ? [...rest, 1] : rest.length === 0 ? [1] : rest;
  const base = { path, inputShape, count, values, scale: source.scale ?? (bytesOfImages ? 1 / 255 : 1) };
  const read = targets.map(({ as, name, array }) => ({ name: as, ...readTargets(array, count, pathOf(name), source) }));
  const { name: first, ...only } = read[0];
  if (first === null) return { ...base, ...only };
  const packed = packTargets(read as (typeof only & { name: string })[], count);
  return { ...base, ...packed, targetShape: [packed.targets.length / count] };
}

function readTargets(
  { shape, values, whole }: NpyArray,
  count: number,
  path: string,
  source: NpySource | NpzSource,
): Pick<Arrays, 'targets' | 'targetShape' | 'classes'> {
  const at = '/data/source';
  const width = sizeOf(shape.slice(1));
  const text = Array.isArray(values);
  if (width === 1 && (source.kind !== 'number' || text)) {
    const names = Array.from(values as ArrayLike<string | number>, String);
    const distinct = [...new Set(names)];
    const few = distinct.length <= mostClasses && distinct.length * 2 <= count;
    if (text || source.classNames || source.kind === 'classes' || (whole && few)) {
      if (source.classNames) {
        const { classNames } = source;
        const row = names.findIndex((name) => !(Number(name) in classNames));
        if (row >= 0) {
          const values = { path, label: names[row], row, classes: classNames.length };
          throw new EpochbookError('data.labelOutside', values, { at: '/data/source/classNames' });
        }
        return { targets: names.map(Number), targetShape: [], classes: classNames };
      }
      const natural = new Intl.Collator('en', { numeric: true });
      const classes = text ? distinct.sort((a, b) => natural.compare(a, b)) : distinct.sort((a, b) => Number(a) - Number(b));
      if (classes.length < 2) throw new EpochbookError('data.oneLabel', { path, value: classes[0] }, { at });
      const indexOf = new Map(classes.map((name, index) => [name, index]));
      return { targets: names.map((name) => indexOf.get(name) ?? 0), targetShape: [], classes };
    }
  }
  const numbers = values as ArrayLike<number>;
  if (width > 1 && source.kind !== 'number') {
    const indices = fromOneHot(numbers, count, width);
    const isOneHot = indices && shape.length === 2;
    if (!isOneHot && (source.kind === 'classes' || source.classNames)) return classesByPosition(numbers, shape, path, source.classNames);
    if (indices) return { targets: indices, targetShape: [], classes: source.classNames ?? indices.names };
  }
  return { targets: numbers, targetShape: [width] };
}

/** A class at each step of a sequence or each pixel of a picture: whole numbers from 0, `[count, …places]`. */
function classesByPosition(
  numbers: ArrayLike<number>,
  shape: readonly number[],
  path: string,
  classNames: readonly string[] | undefined,
): Pick<Arrays, 'targets' | 'targetShape' | 'classes'> {
  const places = shape.slice(1);
  // A mask with one channel is one without.
  if (places.length > 1 && places.at(-1) === 1) places.pop();
  const rowOf = (index: number) => Math.floor(index / sizeOf(places));
  let highest = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    const label = numbers[index];
    if (!Number.isInteger(label) || label < 0 || label >= mostClasses)
      throw new EpochbookError('data.labelOfPlace', { path, label, row: rowOf(index), most: mostClasses - 1 }, { at: '/data/source/kind' });
    if (classNames && label >= classNames.length) {
      const values = { path, label: String(label), row: rowOf(index), classes: classNames.length };
      throw new EpochbookError('data.labelOutside', values, { at: '/data/source/classNames' });
    }
    highest = Math.max(highest, label);
  }
  if (highest === 0 && !classNames) throw new EpochbookError('data.oneLabel', { path, value: '0' }, { at: '/data/source' });
  return {
    targets: numbers,
    targetShape: places,
    classes: classNames ?? Array.from({ length: highest + 1 }, (_, index) => String(index)),
  };
}

/** The index of each row's only 1; undefined where a row is not all 0 but for one. */
function fromOneHot(numbers: ArrayLike<number>, count: number, width: number): (number[] & { names: string[] }) | undefined {
  const indices: number[] = [];
  for (let row = 0; row < count; row += 1) {
    let hot = -1;
    for (let column = 0; column < width; column += 1) {
      const value = numbers[row * width + column];
      if (value === 1 && hot < 0) hot = column;
      else if (value !== 0) return undefined;
    }
    if (hot < 0) return undefined;
    indices.push(hot);
  }
  return Object.assign(indices, { names: Array.from({ length: width }, (_, index) => String(index)) });
}
