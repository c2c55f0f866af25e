import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { crc32 } from '#contract/crc.ts';
import { decode, decodeAny, isGrey } from './pictures.ts';
import { readPlainPng } from './png.ts';

const mark = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, data: Uint8Array): Buffer {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole, 4, data.length + 8), data.length + 8);
  return whole;
}

/** A number in 0…255 that looks drawn. */
const drawn = (index: number) => Math.floor((Math.abs(Math.sin((index + 1) * 12.9898) * 43_758.5453) % 1) * 256);

interface Made {
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  readonly colour?: number;
  readonly interlace?: number;
  /** Of each line; in turn where there are fewer. */
  readonly filters?: readonly number[];
  readonly before?: readonly Buffer[];
  readonly pieces?: number;
  readonly seed?: number;
}

const valuesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Any bytes are some picture: what is drawn is taken for filtered lines. */
function make({
  width = 7,
  height = 9,
  depth = 8,
  colour = 2,
  interlace = 0,
  filters = [0],
  before = [],
  pieces = 1,
  seed = 0,
}: Made = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlace], 8);
  const line = Math.ceil((width * valuesOf[colour] * depth) / 8);
  const lines = Buffer.alloc(height * (line + 1));
  for (let row = 0; row < height; row += 1) {
    lines[row * (line + 1)] = filters[row % filters.length];
    for (let at = 0; at < line; at += 1) lines[row * (line + 1) + 1 + at] = drawn(seed * 100_000 + row * line + at);
  }
  const packed = deflateSync(lines);
  const size = Math.ceil(packed.length / pieces);
  const data = Array.from({ length: pieces }, (_, piece) => chunk('IDAT', packed.subarray(piece * size, (piece + 1) * size)));
  return Buffer.concat([mark, chunk('IHDR', header), ...before, ...data, chunk('IEND', Buffer.alloc(0))]);
}

/** Against the decoder, asked for what it has. */
async function compare(bytes: Buffer, what: string): Promise<void> {
  const own = readPlainPng(bytes);
  expect(own, what).toBeDefined();
  const grey = await isGrey(sharp, bytes);
  for (const channels of grey ? ([1, 3] as const) : ([3] as const))
    for (const size of [undefined, [own!.height, own!.width]] as const) {
      const wanted = await decodeAny(sharp, bytes, size, channels);
      const found = await decode(sharp, bytes, size, channels);
      expect([what, found.height, found.width, Buffer.compare(found.pixels, wanted.pixels)]).toEqual([
        what,
        wanted.height,
        wanted.width,
        0,
      ]);
    }
}

describe('a plain PNG has the decoder’s own pixels', () => {
  it.each([0, 2, 4, 6])('of colour type %i, whatever its size and filters', async (colour) => {
    for (const [width, height] of [
      [1, 1],
      [1, 6],
      [5, 1],
      [2, 3],
      [28, 28],
      [33, 17],
    ])
      for (const filters of [[0], [1], [2], [3], [4], [4, 3, 2, 1, 0], [0, 1, 2, 3, 4]])
        await compare(make({ width, height, colour, filters, seed: width + height }), `${width} × ${height}, filters ${filters.join()}`);
  });

  it('in pieces, and with texts and times in it', async () => {
    const before = [
      chunk('tEXt', Buffer.from('Title\0of nothing', 'latin1')),
      chunk('tIME', Buffer.from([7, 232, 1, 2, 3, 4, 5])),
      chunk('pHYs', Buffer.from([0, 0, 11, 19, 0, 0, 11, 19, 1])),
    ];
    await compare(make({ pieces: 5, before, filters: [4] }), 'in pieces');
  });

  it('written by the decoder’s own encoder', async () => {
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => drawn(at));
    for (const options of [{}, { adaptiveFiltering: true }, { compressionLevel: 0 }])
      await compare(
        await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
          .png(options)
          .toBuffer(),
        JSON.stringify(options),
      );
  });
});

const float = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Math.round(value * 100_000), 0);
  return bytes;
};
const sound = make();
const swapped = (bytes: Buffer, at: number) => {
  const changed = Buffer.from(bytes);
  changed[at] ^= 0x10;
  return changed;
};

describe('everything else is left to the decoder', () => {
  it.each<[what: string, bytes: Buffer]>([
    ['16 bits', make({ depth: 16 })],
    ['4 bits', make({ depth: 4, colour: 0 })],
    ['a palette', make({ colour: 3, before: [chunk('PLTE', Buffer.alloc(768))] })],
    ['lines in passes', make({ interlace: 1 })],
    ['a gamma', make({ before: [chunk('gAMA', float(1 / 1.8))] })],
    ['a colour space', make({ before: [chunk('iCCP', Buffer.from('x\0\0', 'latin1'))] })],
    ['a transparent colour', make({ before: [chunk('tRNS', Buffer.alloc(6))] })],
    ['an orientation', make({ before: [chunk('eXIf', Buffer.alloc(8))] })],
    ['an unknown filter', make({ filters: [5] })],
    ['a cut', sound.subarray(0, sound.length - 14)],
    ['more behind its end', Buffer.concat([sound, Buffer.alloc(3)])],
    ['a JPEG', Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(80)])],
    ['a larger one', make({ width: 400, height: 300 })],
  ])('%s', (_, bytes) => {
    expect(readPlainPng(bytes)).toBeUndefined();
  });

  it('a bit that is wrong anywhere', () => {
    for (let at = 0; at < sound.length; at += 1) expect([at, readPlainPng(swapped(sound, at))]).toEqual([at, undefined]);
  });
});
