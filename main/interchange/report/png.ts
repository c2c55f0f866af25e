/** Small pictures as PNG (ISO/IEC 15948), by hand: 8 bits a channel, no filter. */
import { deflateSync } from 'node:zlib';
import { crc32 } from '#contract/crc.ts';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** PNG's name for so many channels: grey, grey with alpha, colour, colour with alpha. */
const colourTypes: readonly (number | undefined)[] = [undefined, 0, 4, 2, 6];

/** `pixels`: bytes, row-major, `height × width × channels`. Undefined where PNG has no such number of channels. */
export function pngAddress(pixels: Uint8Array, width: number, height: number, channels: number): string | undefined {
  const colourType = colourTypes[channels];
  if (colourType === undefined) return undefined;
  const row = width * channels;
  const lines = Buffer.alloc((row + 1) * height);
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = colourType;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const file = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
  return `data:image/png;base64,${file.toString('base64')}`;
}
