/**
 * Plain, small PNG files, unpacked without the decoder. Whatever is out of the ordinary or damaged is left to it. After
 * the PNG specification, third edition (W3C, 2025).
 */
import { inflateSync } from 'node:zlib';
import { checksum } from '#files/checksum.ts';

export interface PlainPicture {
  readonly width: number;
  readonly height: number;
  /** Whether it has one value a pixel; else three. */
  readonly grey: boolean;
  /** Bytes, row-major, `height × width × (grey ? 1 : 3)`; transparency is left out. */
  readonly pixels: Uint8Array;
}

/** What every PNG begins with. */
export const pngMark = Buffer.from('89504e470d0a1a0a', 'hex');
/** Values a pixel by colour type: grey, RGB, and both with transparency. */
const valuesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
/** Says nothing about the pixels: texts, when it was made, and the size of a printed pixel. */
const idle = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs']);
/** Larger ones would keep everything else waiting, and gain nothing. */
const mostBytes = 1 << 18;

/** The picture's pixels; undefined where it is not 8 bits deep, plain and sound. */
export function readPlainPng(bytes: Buffer): PlainPicture | undefined {
  if (bytes.length < 57 || bytes.length > mostBytes || !pngMark.equals(bytes.subarray(0, 8))) return undefined;
  const data: Buffer[] = [];
  let isHeader = true;
  let at = 8;
  for (;;) {
    if (at + 12 > bytes.length) return undefined;
    const length = bytes.readUInt32BE(at);
    const [start, end] = [at + 8, at + 8 + length];
    if (end + 4 > bytes.length || bytes.readUInt32BE(end) !== checksum(bytes.subarray(at + 4, end))) return undefined;
    const type = bytes.toString('latin1', at + 4, start);
    at = end + 4;
    if (isHeader !== (type === 'IHDR') || (isHeader && length !== 13)) return undefined;
    isHeader = false;
    if (type === 'IEND') break;
    if (type === 'IDAT') data.push(bytes.subarray(start, end));
    else if (type !== 'IHDR' && !idle.has(type)) return undefined;
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth, colour, compression, filter, interlace] = bytes.subarray(24, 29);
  const values = Object.hasOwn(valuesOf, colour) ? valuesOf[colour] : 0;
  if (depth !== 8 || values === 0 || compression !== 0 || filter !== 0 || interlace !== 0 || at !== bytes.length) return undefined;
  const line = width * values;
  if (width === 0 || height === 0 || height * (line + 1) > mostBytes) return undefined;
  const packed = data.length === 1 ? data[0] : Buffer.concat(data);
  const lines = inflated(packed, height * (line + 1));
  if (!lines || !unfilter(lines, height, line, values)) return undefined;
  const kept = values < 3 ? 1 : 3;
  const pixels = new Uint8Array(height * width * kept);
  for (let row = 0, filled = 0; row < height; row += 1) {
    const first = row * (line + 1) + 1;
    if (kept === values) {
      pixels.set(lines.subarray(first, first + line), filled);
      filled += line;
      continue;
    }
    for (let pixel = first; pixel < first + line; pixel += values)
      for (let value = 0; value < kept; value += 1) pixels[filled++] = lines[pixel + value];
  }
  return { width, height, grey: kept === 1, pixels };
}

/** Undefined unless it is sound, of this length, and all there is. */
function inflated(packed: Buffer, length: number): Buffer | undefined {
  try {
    // The types do not know of what `info` gives.
    const { buffer, engine } = inflateSync(packed, { info: true, maxOutputLength: length }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return buffer.length === length && engine.bytesWritten === packed.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

/** Undoes each line's filter, in place; false where one is unknown. */
function unfilter(lines: Uint8Array, height: number, line: number, values: number): boolean {
  for (let row = 0; row < height; row += 1) {
    const first = row * (line + 1) + 1;
    const above = row === 0 ? -1 : first - line - 1;
    const end = first + line;
    switch (lines[first - 1]) {
      case 0:
        break;
      case 1:
        for (let at = first + values; at < end; at += 1) lines[at] += lines[at - values];
        break;
      case 2:
        if (above >= 0) for (let at = first, up = above; at < end; at += 1, up += 1) lines[at] += lines[up];
        break;
      case 3:
        for (let at = first; at < end; at += 1) {
          const left = at - first < values ? 0 : lines[at - values];
          const up = above < 0 ? 0 : lines[above + at - first];
          lines[at] += (left + up) >> 1;
        }
        break;
      case 4:
        for (let at = first; at < end; at += 1) {
          const isFirst = at - first < values;
          const left = isFirst ? 0 : lines[at - values];
          const up = above < 0 ? 0 : lines[above + at - first];
          const corner = isFirst || above < 0 ? 0 : lines[above + at - first - values];
          lines[at] += paeth(left, up, corner);
        }
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Of the three neighbours, the one nearest to left + above − above left. */
function paeth(left: number, up: number, corner: number): number {
  const byLeft = Math.abs(up - corner);
  const byUp = Math.abs(left - corner);
  const byCorner = Math.abs(left + up - 2 * corner);
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}
