/** Arrays that are larger than memory: read from where they lie, or brought to 32-bit floats in a file of the cache. */
import { createHash, type Hash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import { type Arrays, sizeOf, thumbnailCount } from '../arrays.ts';
import { type Folders, mostUnpacked } from '../files.ts';
import { idxBytes, idxHeader, idxShape, idxStart } from '../idx.ts';
import { npyHeader, type NpyHeader, numbersIn } from '../npy.ts';
import { type ReadOptions, storedFile, type StoredSamples } from '../stored-arrays.ts';
import type { PlacedEntry } from '../zip.ts';
import { type ArrayPlace, checkSum, hashFile, hashingShare, type Layout, placeArray, placeEntry, valuePieces } from './array-place.ts';
import { blockBytes, piecesOf } from './unpacked.ts';

/** What the head says of the whole. */
interface Measure {
  readonly bytes: number;
  readonly values: number;
}

/** As 32-bit floats, or unpacked. */
function isTooLarge({ bytes }: Pick<ArrayPlace, 'bytes'>, told: Measure, most: number): boolean {
  const found = bytes === Infinity ? told.bytes : bytes;
  return found > mostUnpacked || (told.values * 4 * found) / told.bytes > most;
}

/** The first samples of bytes, to be shown. */
async function firstBytes(file: string, start: number, size: number, count: number): Promise<Map<number, Uint8Array<ArrayBuffer>>> {
  const shown = new Map<number, Uint8Array<ArrayBuffer>>();
  for await (const bytes of piecesOf(file, start, size * Math.min(count, thumbnailCount), size))
    for (let from = 0; from < bytes.length; from += size) shown.set(shown.size, Uint8Array.from(bytes.subarray(from, from + size)));
  return shown;
}

/** Puts pieces one after another into a file of the cache of so many bytes, unless it is there. */
export async function bringTogether(
  folders: Folders,
  name: string,
  bytes: number,
  { onDamaged, onProgress = () => {} }: Pick<ReadOptions, 'onDamaged' | 'onProgress'>,
  pieces: () => AsyncIterable<Uint8Array | Float32Array>,
): Promise<{ file: string; writtenAtMs: number }> {
  const { file, writtenAtMs, write } = await storedFile(folders, name, bytes, onDamaged);
  if (!write) {
    onProgress(1);
    return { file, writtenAtMs };
  }
  let done = 0;
  try {
    for await (const { buffer, byteOffset, byteLength } of pieces()) {
      write.put(new Uint8Array(buffer, byteOffset, byteLength), done);
      done += byteLength;
      onProgress(hashingShare + ((1 - hashingShare) * done) / bytes);
    }
    await write.done(bytes);
  } catch (error) {
    await write.fail();
    throw error;
  }
  return { file, writtenAtMs };
}

export interface LargeNpy {
  readonly header: NpyHeader;
  readonly stored: StoredSamples;
  readonly firstBytes?: Arrays['firstBytes'];
}

interface PlacedNpy {
  readonly place: ArrayPlace;
  readonly header: NpyHeader;
}

function measureNpy({ head, path, at }: ArrayPlace): Measure {
  const { wanted, start, width } = npyHeader({ path, bytes: head }, at, Infinity);
  return { bytes: wanted, values: (wanted - start) / width };
}

/** Undefined for texts, which are no inputs. */
function headerOf(place: ArrayPlace): NpyHeader | undefined {
  const header = npyHeader({ path: place.path, bytes: place.head }, place.at, place.bytes);
  return header.text ? undefined : header;
}

const layoutOf = ({ start, wanted, width, columnMajor, shape }: NpyHeader): Layout => ({
  start,
  wanted,
  width,
  ...(columnMajor && { turned: shape }),
});

/**
 * The inputs of an `.npy` file that does not fit. Bytes and little-endian 32-bit floats are read from where they lie;
 * others, and what is packed, are brought to bytes or 32-bit floats, `scale` times, in a file. Throws what `npyHeader`
 * throws, `data.gzipDamaged`, `data.zipDamaged` and `data.notFinite`.
 */
export async function openLargeNpy(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { scale, most = Infinity, ...options }: ReadOptions & { scale: number },
): Promise<LargeNpy | undefined> {
  const place = await placeArray(path, folders, at);
  if (!place || !isTooLarge(place, measureNpy(place), most)) return undefined;
  const header = headerOf(place);
  if (!header) return undefined;
  const content = await hashFile(path, folders, at, hash, options);
  return storeNpy({ place, header }, content, folders, { scale, ...options });
}

/** The same of an array in an `.npz` file. `content`: the hash of that file. */
export async function openLargeEntry(
  entry: PlacedEntry,
  path: string,
  folders: Folders,
  at: string,
  { scale, content, most = Infinity, ...options }: ReadOptions & { scale: number; content: string },
): Promise<LargeNpy | undefined> {
  const place = await placeEntry(entry, path, at);
  if (!place || !isTooLarge(place, measureNpy(place), most)) return undefined;
  const header = headerOf(place);
  return header && storeNpy({ place, header }, nameOf(content, entry.name), folders, { scale, ...options });
}

const nameOf = (...parts: readonly string[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 40);
};

const isPictureOf = ({ letters, columnMajor, shape }: NpyHeader) =>
  (letters === 'u1' || letters === 'b1') && !columnMajor && (shape.length === 3 || shape.length === 4);

async function storeNpy(
  { place, header }: PlacedNpy,
  content: string,
  folders: Folders,
  { scale, signal, onDamaged, onProgress = () => {} }: Omit<ReadOptions, 'most'> & { scale: number },
): Promise<LargeNpy> {
  const { letters, start, shape, little, columnMajor } = header;
  const [count = 0, ...rest] = shape;
  const size = sizeOf(rest);
  const isBytes = (letters === 'u1' || letters === 'b1') && !columnMajor;
  const withFirst = async (stored: StoredSamples): Promise<LargeNpy> => ({
    header,
    stored,
    ...(isPictureOf(header) && { firstBytes: await firstBytes(stored.file, stored.offset, size, count) }),
  });
  const type = isBytes ? 'uint8' : 'float32';
  // Typed arrays must begin at a multiple of their elements' size only in memory: the reader copies.
  let checked = 0;
  const isThere = !place.packed && !columnMajor && (isBytes || (letters === 'f4' && little));
  if (isThere) {
    if (isBytes) await checkSum(place, signal);
    else
      for await (const { length } of floatPieces({ place, header }, folders, { scale: 1, signal }))
        onProgress(hashingShare + ((1 - hashingShare) * (checked += length)) / (count * size));
    return withFirst({ file: place.file, type, offset: place.offset + start, writtenAtMs: place.writtenAtMs });
  }
  const name = `${content}${isBytes ? 'b' : `n${scale}`}`.replaceAll(/[^\w]/g, '_');
  const made = await bringTogether(folders, name, count * size * (isBytes ? 1 : 4), { onDamaged, onProgress }, () =>
    isBytes ? bytePieces({ place, header }, folders, signal) : floatPieces({ place, header }, folders, { scale, signal }),
  );
  return withFirst({ ...made, type, offset: 0, ...(!isBytes && { isScaled: true }) });
}

function bytePieces({ place, header }: PlacedNpy, folders: Folders, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const { path, at } = place;
  const { wanted } = header;
  const early = (found: number) => new EpochbookError('data.npyCut', { path, wanted, found }, { at });
  return valuePieces(place, layoutOf(header), { folders, signal, early });
}

/** Values `scale` times, as 32-bit floats. Throws `data.notFinite`. */
async function* floatPieces(
  placed: PlacedNpy,
  folders: Folders,
  { scale, signal }: { scale: number; signal: AbortSignal | undefined },
): AsyncGenerator<Float32Array> {
  const { letters, little, shape } = placed.header;
  const size = sizeOf(shape.slice(1));
  let before = 0;
  for await (const bytes of bytePieces(placed, folders, signal)) {
    const numbers = numbersIn(bytes, letters, little);
    const floats = new Float32Array(numbers.length);
    let odd = -1;
    for (let index = 0; index < floats.length; index += 1) {
      floats[index] = numbers[index] * scale;
      if (odd < 0 && !Number.isFinite(floats[index])) odd = index;
    }
    if (odd >= 0) {
      const facts = { path: placed.place.path, sample: Math.floor((before + odd) / size), value: String(floats[odd]) };
      throw new EpochbookError('data.notFinite', facts, { at: '/data/source' });
    }
    before += floats.length;
    yield floats;
  }
}

/** One of several inputs of an archive. */
export interface NamedEntry {
  readonly entry: PlacedEntry;
  /** The archive and the array, as errors name it. */
  readonly path: string;
  readonly at: string;
}

export interface LargeInputs {
  readonly headers: readonly NpyHeader[];
  /** Rows of all inputs, one value after another. `scales`: of each input, what its values are multiplied with. */
  readonly store: (scales: readonly number[]) => Promise<StoredSamples>;
}

/** Several inputs of an `.npz` file that do not fit together. `content`: the hash of that file. */
export async function openLargeInputs(
  named: readonly NamedEntry[],
  folders: Folders,
  { content, most = Infinity, signal, ...options }: ReadOptions & { content: string },
): Promise<LargeInputs | undefined> {
  const places: ArrayPlace[] = [];
  for (const { entry, path, at } of named) {
    const place = await placeEntry(entry, path, at);
    if (!place) return undefined;
    places.push(place);
  }
  const told = places.map(measureNpy);
  const together = { bytes: 1, values: told.reduce((sum, { values }) => sum + values, 0) };
  if (!places.some((place, index) => isTooLarge(place, told[index], most)) && !isTooLarge({ bytes: 1 }, together, most)) return undefined;
  const headers = places.flatMap((place) => headerOf(place) ?? []);
  if (headers.length < places.length) return undefined;
  return {
    headers,
    async store(scales) {
      const count = headers[0].shape[0];
      const sizes = headers.map(({ shape }) => sizeOf(shape.slice(1)));
      const size = sizes.reduce((sum, one) => sum + one, 0);
      const name = nameOf(content, JSON.stringify([named.map(({ entry }) => entry.name), scales]));
      const made = await bringTogether(folders, name, count * size * 4, options, () =>
        interleaved(
          headers.map((header, index) => floatPieces({ place: places[index], header }, folders, { scale: scales[index], signal })),
          sizes,
          count,
        ),
      );
      return { ...made, type: 'float32', offset: 0, isScaled: true };
    },
  };
}

/** Rows that hold the next `sizes` values of each. */
async function* interleaved(
  sources: readonly AsyncGenerator<Float32Array>[],
  sizes: readonly number[],
  count: number,
): AsyncGenerator<Float32Array> {
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const atOnce = Math.max(1, Math.floor(blockBytes / (size * 4)));
  const rests = sources.map(() => new Float32Array(0));
  try {
    for (let first = 0; first < count; first += atOnce) {
      const many = Math.min(atOnce, count - first);
      const rows = new Float32Array(many * size);
      let from = 0;
      for (const [index, source] of sources.entries()) {
        const own = sizes[index];
        for (let filled = 0; filled < many * own;) {
          if (rests[index].length === 0) {
            const next = await source.next();
            if (next.done) throw new Error('an input ends early');
            rests[index] = next.value as Float32Array<ArrayBuffer>;
          }
          const taken = rests[index].subarray(0, many * own - filled);
          for (let value = 0; value < taken.length; value += 1, filled += 1)
            rows[Math.floor(filled / own) * size + from + (filled % own)] = taken[value];
          rests[index] = rests[index].subarray(taken.length);
        }
        from += own;
      }
      yield rows;
    }
    // What is behind the last value is looked at, too: for the checksum.
    for (const source of sources) await source.next();
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

/**
 * Images of an IDX file that do not fit into memory: read from where they lie, or unpacked into a file. Throws what
 * `idxHeader` throws, `data.gzipDamaged` and `data.zipDamaged`.
 */
export async function openLargeIdx(
  path: string,
  folders: Folders,
  at: string,
  hash: Hash,
  { most = Infinity, signal, ...options }: ReadOptions,
): Promise<{ shape: readonly number[]; stored: StoredSamples; firstBytes: NonNullable<Arrays['firstBytes']> } | undefined> {
  const place = await placeArray(path, folders, at);
  if (!place) return undefined;
  const told = idxShape({ path, bytes: place.head }, at);
  if (!isTooLarge(place, { bytes: idxBytes(told), values: sizeOf(told) }, most)) return undefined;
  const shape = place.bytes === Infinity ? told : idxHeader({ path, bytes: place.head }, at, place.bytes);
  const content = await hashFile(path, folders, at, hash, { signal, ...options });
  const [count, ...rest] = shape;
  const [start, wanted] = [idxStart(shape), idxBytes(shape)];
  const wrong = (code: 'data.idxCut' | 'data.idxLong') => (found: number) => new EpochbookError(code, { path, wanted, found }, { at });
  if (!place.packed) await checkSum(place, signal);
  const stored: StoredSamples = place.packed
    ? {
        ...(await bringTogether(folders, `${content}i`, wanted - start, options, () =>
          valuePieces(place, { start, wanted, width: 1 }, { folders, signal, early: wrong('data.idxCut'), beyond: wrong('data.idxLong') }),
        )),
        type: 'uint8',
        offset: 0,
      }
    : { file: place.file, type: 'uint8', offset: place.offset + start, writtenAtMs: place.writtenAtMs };
  return { shape, stored, firstBytes: await firstBytes(stored.file, stored.offset, sizeOf(rest), count) };
}
