/**
 * NumPy's `.npy`: a magic, a version, a header as a Python literal, the values.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { EpochbookError } from '#contract/errors.ts';
import type { OpenedFile } from './files.ts';

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. Bytes stay bytes; text is a list. */
  readonly values: Uint8Array | Float32Array | Float64Array | readonly string[];
  /** Whether the values are whole numbers (or true and false) by their type. */
  readonly whole: boolean;
}

type Read = (view: DataView, offset: number, little: boolean) => number;

/** Half precision: 1 sign bit, 5 of the exponent, 10 of the fraction (IEEE 754). */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const readers: Readonly<Record<string, Read>> = {
  b1: (view, offset) => view.getUint8(offset),
  u1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u8: (view, offset, little) => Number(view.getBigUint64(offset, little)),
  i8: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  f2: (view, offset, little) => half(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
};

const product = (shape: readonly number[]) => shape.reduce((all, one) => all * one, 1);

export interface NpyHeader {
  readonly shape: readonly number[];
  /** The kind of value and its width, as `f4`; of texts `U` or `S`. */
  readonly letters: string;
  readonly text: boolean;
  readonly wideText: boolean;
  readonly little: boolean;
  readonly columnMajor: boolean;
  /** Bytes of a value. */
  readonly width: number;
  /** Bytes before the first value. */
  readonly start: number;
  /** Bytes of the whole file. */
  readonly wanted: number;
}

/** Reads the header alone; `found`: bytes of the whole file. Throws `data.npyKind`, `data.npyType` and `data.npyCut`. */
export function npyHeader({ path, bytes }: OpenedFile, at: string, found = bytes.length): NpyHeader {
  const wrong = () => new EpochbookError('data.npyKind', { path }, { at });
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\u0093NUMPY') throw wrong();
  const [long, start] = bytes[6] === 1 ? [bytes.readUInt16LE(8), 10] : [bytes.readUInt32LE(8), 12];
  const header = bytes.toString('latin1', start, start + long);
  const type = /'descr':\s*'([<>|=]?)([a-zA-Z])(\d*)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined) throw wrong();
  const shape = sizes
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => Number.parseInt(one, 10));
  const letters = type ? `${type[2]}${type[3]}` : (/'descr':\s*(.{1,40})/.exec(header)?.[1] ?? '');
  const text = type?.[2] === 'U' || type?.[2] === 'S';
  if (!type || (!readers[letters] && !text)) throw new EpochbookError('data.npyType', { path, type: letters }, { at });
  const width = Number(type[3]) * (type[2] === 'U' ? 4 : 1);
  const wanted = start + long + product(shape) * width;
  // A header may claim anything: nothing is made before the bytes are known to be there.
  if (!Number.isSafeInteger(wanted) || found < wanted)
    throw new EpochbookError('data.npyCut', { path, wanted: Number.isSafeInteger(wanted) ? wanted : -1, found }, { at });
  const kind = { text, wideText: type[2] === 'U', little: type[1] !== '>', columnMajor: order === 'True' };
  return { shape, letters, ...kind, width, start: start + long, wanted };
}

/** Throws `data.npyKind`, `data.npyType` and `data.npyCut`. */
export function parseNpy(file: OpenedFile, at: string): NpyArray {
  const { shape, letters, text, wideText, little, columnMajor: isTurned, width, start, wanted } = npyHeader(file, at);
  const { bytes } = file;
  const count = product(shape);
  const read = readers[letters];
  const data = bytes.subarray(start, wanted);
  const from = isTurned ? columnMajor(shape) : undefined;
  const place = (index: number) => (from ? from(index) : index) * width;
  if (text) {
    const values = Array.from({ length: count }, (_, index) => textAt(data, place(index), width, wideText, little));
    return { shape, values, whole: false };
  }
  const whole = !letters.startsWith('f');
  if (width === 1 && !from && letters !== 'i1') return { shape, values: data, whole };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const exact = letters === 'f8' || letters.endsWith('4') || letters.endsWith('8');
  const values = exact && letters !== 'f4' ? new Float64Array(count) : new Float32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = read(view, place(index), little);
  return { shape, values, whole };
}

/** Kinds that this processor reads as they lie. */
const views = {
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;
const isLittleHere = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The numbers that bytes hold. */
export function numbersIn(data: Buffer, letters: string, little: boolean): ArrayLike<number> {
  const width = Number(letters.slice(1));
  if (little === isLittleHere && Object.hasOwn(views, letters)) {
    const isAligned = data.byteOffset % width === 0;
    const { buffer, byteOffset } = isAligned ? data : Uint8Array.from(data);
    return new views[letters as keyof typeof views](buffer as ArrayBuffer, byteOffset, data.length / width);
  }
  const read = readers[letters];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float64Array.from({ length: data.length / width }, (_, index) => read(view, index * width, little));
}

/** From a row-major index to where that element stands in column-major order. */
function columnMajor(shape: readonly number[]): (index: number) => number {
  const strides = shape.map((_, axis) => product(shape.slice(0, axis)));
  return (index) => {
    let [rest, place] = [index, 0];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      place += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return place;
  };
}

function textAt(data: Buffer, offset: number, width: number, wide: boolean, little: boolean): string {
  if (!wide) return data.toString('utf8', offset, offset + width).replace(/\0+$/, '');
  let text = '';
  for (let at = offset; at < offset + width; at += 4) {
    const point = little ? data.readUInt32LE(at) : data.readUInt32BE(at);
    if (point === 0) break;
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD';
  }
  return text;
}
