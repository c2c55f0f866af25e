import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { compressedArchive } from './testing/numpy-files.ts';
import { makeWorkspace } from './testing/workspace.ts';

const { write, load } = makeWorkspace();

/** How many files a kind gets; EPOCHBOOK_MALFORMED asks for more than every test run can afford. */
const count = Number(process.env['EPOCHBOOK_MALFORMED'] ?? 120);

/** Draws whole numbers below a bound (mulberry32). */
function draws(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

const rowCount = 24;
const csv = (line = '\n') =>
  ['size,colour,kind', ...Array.from({ length: rowCount }, (_, row) => `${row + 0.5},"a ""${row % 3}"", b",k${row % 2}`)].join(line) + line;
const json = JSON.stringify(
  Array.from({ length: rowCount }, (_, row) => ({ size: row + 0.5, colour: `c${row % 3}`, kind: `k${row % 2}` })),
);

function idx(shape: readonly number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = 8;
  head[3] = shape.length;
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  const values = Uint8Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => index % 2);
  return Buffer.concat([head, values]);
}

/** One thing that happens to files. */
const accidents: Readonly<Record<string, (bytes: Buffer, draw: (below: number) => number) => Buffer>> = {
  cut: (bytes, draw) => bytes.subarray(0, draw(bytes.length)),
  'bit flipped': (bytes, draw) => {
    const changed = Buffer.from(bytes);
    changed[draw(bytes.length)] ^= 1 << draw(8);
    return changed;
  },
  'bytes overwritten': (bytes, draw) => {
    const changed = Buffer.from(bytes);
    const [at, length] = [draw(bytes.length), 1 + draw(16)];
    for (let index = at; index < Math.min(bytes.length, at + length); index += 1) changed[index] = draw(256);
    return changed;
  },
  'a piece gone': (bytes, draw) => {
    const at = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + draw(20))]);
  },
  'a piece twice': (bytes, draw) => {
    const at = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, at + draw(40)), bytes.subarray(at)]);
  },
  'zeros added': (bytes, draw) => Buffer.concat([bytes, Buffer.alloc(1 + draw(600))]),
  gzipped: (bytes) => gzipSync(bytes),
  'gzipped and cut': (bytes, draw) => {
    const packed = gzipSync(bytes);
    return packed.subarray(0, 1 + draw(packed.length - 1));
  },
  'line ends mixed': (bytes, draw) =>
    Buffer.from(
      bytes.toString('latin1').replaceAll('\n', () => ['\n', '\r\n', '\n\n'][draw(3)]),
      'latin1',
    ),
  'UTF-16': (bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString('utf8'), 'utf16le')]),
  'a quote added': (bytes, draw) => {
    const at = draw(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from('"'), bytes.subarray(at)]);
  },
  'a field more': (bytes, draw) => {
    const lines = bytes.toString('latin1').split('\n');
    lines[draw(lines.length)] += ',x';
    return Buffer.from(lines.join('\n'), 'latin1');
  },
};

const target: DataStep = { op: 'target', column: 'kind' };
const kinds: Readonly<Record<string, { files: Record<string, Buffer>; source: DataSource; steps: DataStep[] }>> = {
  csv: { files: { 'a.csv': Buffer.from(csv()) }, source: { format: 'csv', path: 'a.csv' }, steps: [target, { op: 'oneHot' }] },
  json: { files: { 'a.json': Buffer.from(json) }, source: { format: 'json', path: 'a.json' }, steps: [target, { op: 'oneHot' }] },
  idx: {
    files: { images: idx([rowCount, 2, 2]), labels: idx([rowCount]) },
    source: { format: 'idx', images: 'images', labels: 'labels' },
    steps: [],
  },
  npz: { files: { 'a.npz': compressedArchive }, source: { format: 'npz', path: 'a.npz' }, steps: [] },
};

describe.each(Object.entries(kinds))('malformed %s', (kind, { files, source, steps }) => {
  it.each(Object.keys(accidents))(
    '%s: read rightly or refused with a reason',
    async (accident) => {
      const draw = draws(Buffer.from(`${kind} ${accident}`).reduce((sum, byte) => (sum * 31 + byte) | 0, 7));
      const names = Object.keys(files);
      for (let index = 0; index < Math.ceil(count / Object.keys(accidents).length); index += 1) {
        const struck = names[draw(names.length)];
        for (const name of names) write(name, name === struck ? accidents[accident](files[name], draw) : files[name]);
        let read: Awaited<ReturnType<typeof load>> | undefined;
        try {
          read = await load(source, ...steps);
        } catch (error) {
          // Anything else than an error with a place would be a crash.
          if (!(error instanceof EpochbookError)) throw error;
          expect(error.code).toMatch(/^data\./);
          expect(error.at).toMatch(/^\/data\//);
          expect(error.message).not.toMatch(/undefined|\[object|internal/);
          continue;
        }
        const { dataset, preview } = read;
        expect(dataset.train.inputs.every(Number.isFinite)).toBe(true);
        expect(dataset.train.inputs.length).toBe(dataset.train.count * dataset.inputShape.reduce((product, one) => product * one, 1));
        // No row is lost: a table has as many as its text has lines that are not empty, quoted line ends aside.
        if (kind === 'csv' && accident === 'line ends mixed') expect(preview.table?.totalRows).toBe(rowCount);
        // The archive has checksums: what is read of it is what was written.
        if (kind === 'npz' && accident !== 'a piece twice')
          expect([...dataset.train.inputs]).toEqual(Array.from({ length: 48 }, (_, value) => Math.fround(value / 255)));
        if (accident === 'gzipped') expect(dataset.train.count).toBe(kind === 'npz' ? 12 : rowCount);
      }
    },
    600_000,
  );
});

it('reads ten thousand columns', async () => {
  const names = Array.from({ length: 10_000 }, (_, column) => `c${column}`);
  const rows = ['u', 'v', 'u'].map((label, row) => [...names.map((_, column) => String((column * 7 + row * 3) % 11)), label].join(','));
  write('wide.csv', [[...names, 'kind'].join(','), ...rows].join('\n'));
  const { dataset } = await load({ format: 'csv', path: 'wide.csv' }, target);
  expect(dataset.inputShape).toEqual([10_000]);
});

it('does not unpack more than an archive says, nor believe what it says', async () => {
  const lying = Buffer.from(compressedArchive);
  // The size of the first array as the directory tells it.
  const directory = lying.readUInt32LE(lying.length - 6);
  lying.writeUInt32LE(10, directory + 24);
  write('lying.npz', lying);
  await expect(load({ format: 'npz', path: 'lying.npz' })).rejects.toMatchObject({ code: 'data.zipDamaged' });
});
