/** Decoded data on the disk: read, prepared and looked through once, then there at once, also in another process. */
import { createHash } from 'node:crypto';
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { LoadedData } from '#data/load.ts';
import { checksum } from '#files/checksum.ts';
import { cacheFolder, mostCached, trimCache } from '#files/cache-folder.ts';

/** Raised with every change to what loading gives. */
const format = 2;
const magic = 'epochbook-data\n';
/** Where arrays begin: a multiple of their elements' size. */
const alignment = 8;
/** Before the header: magic, format, the header's length, the whole length, and the checksum of all that follows. */
const headBytes = 40;
/** Smaller ones get memory of their own, so that passing one on does not pass on the whole file. */
const ownMemory = 1 << 20;

const types = { Float32Array, Float64Array, Uint8Array, Uint32Array, Int32Array };
type TypeName = keyof typeof types;
type Stored = InstanceType<(typeof types)[TypeName]>;

const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

/** The file's parts, to be written one after another. */
export function encodeLoaded(loaded: LoadedData, key: string): Uint8Array[] {
  const arrays: Stored[] = [];
  let offset = 0;
  const text = JSON.stringify({ key, loaded }, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    const type = value instanceof Object ? value.constructor.name : '';
    if (!Object.hasOwn(types, type)) return value;
    const array = value as Stored;
    const found = { $array: [type, offset, array.length] };
    arrays.push(array);
    offset += aligned(array.byteLength);
    return found;
  });
  const header = Buffer.from(text);
  const head = Buffer.alloc(aligned(headBytes + header.length), 0x20);
  head.write(magic);
  header.copy(head, headBytes);
  const parts: Uint8Array[] = [head];
  for (const array of arrays) {
    parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    const gap = aligned(array.byteLength) - array.byteLength;
    if (gap > 0) parts.push(new Uint8Array(gap));
  }
  const view = new DataView(head.buffer, head.byteOffset);
  view.setUint32(16, format, true);
  view.setUint32(20, header.length, true);
  view.setFloat64(24, head.length + offset, true);
  view.setUint32(
    32,
    [head.subarray(headBytes), ...parts.slice(1)].reduce((sum, part) => checksum(part, sum), 0),
    true,
  );
  return parts;
}

/** Of all that follows the beginning. */
const sumOf = (bytes: Uint8Array) => checksum(bytes.subarray(headBytes));

/** Undefined for a file of another version; throws for one that is not as it was written, or of another key. */
export function decodeLoaded(bytes: Uint8Array<ArrayBuffer>, key: string, sum = sumOf(bytes)): LoadedData | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (bytes.length < headBytes || Buffer.from(bytes.subarray(0, magic.length)).toString() !== magic) throw new Error('no cached data');
  if (view.getUint32(16, true) !== format) return undefined;
  const length = view.getUint32(20, true);
  if (view.getFloat64(24, true) !== bytes.length || view.getUint32(32, true) !== sum) throw new Error('cached data is damaged');
  const start = aligned(headBytes + length);
  const { key: found, loaded } = JSON.parse(Buffer.from(bytes.subarray(headBytes, headBytes + length)).toString(), (_, value: unknown) => {
    if (!(value instanceof Object)) return value;
    if ('$number' in value) return Number(value.$number);
    if (!('$array' in value)) return value;
    const [type, offset, count] = value.$array as [TypeName, number, number];
    const array = new types[type](bytes.buffer, bytes.byteOffset + start + offset, count);
    return array.byteLength < ownMemory ? array.slice() : array;
  }) as { key: string; loaded: LoadedData };
  if (found !== key) throw new Error('cached data is of another key');
  return loaded;
}

const fileOf = (workspace: string, key: string) =>
  join(cacheFolder(workspace), `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.data`);

const readAtOnce = 8 * 2 ** 20;

/** A file's bytes and their checksum, which is made of some while the next are read. */
async function readSummed(handle: disk.FileHandle, file: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; sum: number }> {
  const { size } = await handle.stat();
  const bytes = new Uint8Array(new ArrayBuffer(size));
  const readFrom = (from: number) => handle.read(bytes, from, Math.min(readAtOnce, size - from), from);
  let sum = 0;
  let next = readFrom(0);
  for (let from = 0; from < size;) {
    const { bytesRead } = await next;
    if (bytesRead === 0) throw new Error(`${file} ends early`);
    const to = from + bytesRead;
    if (to < size) next = readFrom(to);
    sum = checksum(bytes.subarray(Math.max(from, headBytes), to), sum);
    from = to;
  }
  return { bytes, sum };
}

/** Undefined where it is not there or no good; `onDamaged` hears of a file that is not as it was written. */
export async function readCached(workspace: string, key: string, onDamaged?: (file: string) => void): Promise<LoadedData | undefined> {
  const file = fileOf(workspace, key);
  const handle = await disk.open(file).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { bytes, sum } = await readSummed(handle, file);
    const loaded = decodeLoaded(bytes, key, sum);
    if (loaded) await handle.utimes(new Date(), new Date()).catch(() => undefined);
    return loaded;
  } catch {
    onDamaged?.(file);
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Never fails: what cannot be kept is made again. */
export async function writeCached(workspace: string, key: string, loaded: LoadedData): Promise<void> {
  const file = fileOf(workspace, key);
  const part = `${file}.${process.pid}.part`;
  try {
    const parts = encodeLoaded(loaded, key);
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    if (size > mostCached / 2) return;
    await disk.mkdir(cacheFolder(workspace), { recursive: true });
    const handle = await disk.open(part, 'w');
    try {
      for (const one of parts) await handle.writeFile(one);
    } finally {
      await handle.close();
    }
    await disk.rename(part, file);
    await trimCache(workspace);
  } catch {
    await disk.rm(part, { force: true }).catch(() => undefined);
  }
}
