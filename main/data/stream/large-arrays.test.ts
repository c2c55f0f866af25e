/** Arrays that are not held in memory give the same samples as those that are. */
import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Part, Preparation } from '#contract/samples.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { loadDataset, type LoadedData } from '../load.ts';
import { preparationOf } from '../preparation.ts';
import { compressedArchive } from '../testing/numpy-files.ts';
import { zipOf } from '../testing/zip-files.ts';
import { fault, makeWorkspace } from '../testing/workspace.ts';

const { folders, write } = makeWorkspace();
const count = 300;

function npy(descr: string, shape: readonly number[], bytes: Uint8Array): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  const head = Buffer.alloc(10);
  head.write('\u0093NUMPY\u0001\0', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), bytes]);
}
const bytesOf = (values: Float32Array | Float64Array | Int16Array) => new Uint8Array(values.buffer);
const wave = (index: number) => Math.sin(index * 12.9898) * 43.7585;
const size = 6 * 4 * 2;
const pixels = Uint8Array.from({ length: count * size }, (_, index) => Math.abs(wave(index) * 5) % 256);
write(
  'labels.npy',
  npy(
    '|u1',
    [count],
    Uint8Array.from({ length: count }, (_, index) => index % 3),
  ),
);
write('bytes.npy', npy('|u1', [count, 6, 4, 2], pixels));
write('float.npy', npy('<f4', [count, 6, 4, 2], bytesOf(Float32Array.from(pixels, (_, index) => wave(index)))));
write('double.npy', npy('<f8', [count, 6, 4, 2], bytesOf(Float64Array.from(pixels, (_, index) => wave(index)))));
write('short.npy', npy('<i2', [count, 6, 4, 2], bytesOf(Int16Array.from(pixels, (_, index) => wave(index) * 100))));
const idx = (shape: readonly number[], values: Uint8Array) => {
  const head = Buffer.alloc(4 + 4 * shape.length);
  [head[2], head[3]] = [8, shape.length];
  shape.forEach((one, axis) => head.writeUInt32BE(one, 4 + 4 * axis));
  return Buffer.concat([head, values]);
};
write('images.idx', idx([count, 6, 8], pixels));
write(
  'labels.idx',
  idx(
    [count],
    Uint8Array.from({ length: count }, (_, index) => index % 3),
  ),
);

const inputsOf = ({ stored, inputs, count: many }: Part): number[] => {
  if (!stored) return [...inputs];
  const { file, type, offset, size: values, scale, places } = stored;
  const bytes = readFileSync(file);
  const read = (index: number) => (type === 'uint8' ? bytes[offset + index] : bytes.readFloatLE(offset + index * 4));
  return Array.from({ length: many * values }, (_, index) => {
    const place = places?.[Math.floor(index / values)] ?? Math.floor(index / values);
    return Math.fround(read(place * values + (index % values)) * scale);
  });
};

const both = (source: DataSource, ...steps: DataStep[]) => alike(source, steps);

async function alike(source: DataSource, steps: readonly DataStep[], known?: Preparation): Promise<{ file: LoadedData }> {
  const all: DataStep[] = [{ op: 'split', validation: 0.3, seed: 2 }, ...steps];
  const memory = await loadDataset({ source, steps: all }, folders, { known });
  const shares: number[] = [];
  const file = await loadDataset({ source, steps: all }, folders, { mostInMemory: 1000, known, onProgress: (share) => shares.push(share) });
  // What is brought into a file tells how far it is.
  if (file.dataset.train.stored?.file.endsWith('.samples')) expect(shares.at(-1)).toBeCloseTo(1, 9);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(file.dataset.train.stored).toBeDefined();
  expect(file.dataset.hash).toBe(memory.dataset.hash);
  expect(file.preview.images).toEqual(memory.preview.images);
  const { train: _, validation: __, ...wanted } = memory.dataset;
  expect(file.dataset).toMatchObject(wanted);
  for (const part of ['train', 'validation'] as const) {
    expect(file.dataset[part]!.rows).toEqual(memory.dataset[part]!.rows);
    expect(file.dataset[part]!.targets).toEqual(memory.dataset[part]!.targets);
    expect(inputsOf(file.dataset[part]!)).toEqual(inputsOf(memory.dataset[part]!));
  }
  return { file };
}

describe('arrays on the disk', () => {
  const of = (inputs: string, more: object = {}): DataSource => ({ format: 'npy', inputs, targets: 'labels.npy', ...more });
  it('are read from where they lie, or as 32-bit floats', async () => {
    for (const name of ['bytes', 'float', 'double', 'short']) await both(of(`${name}.npy`));
    await both(of('double.npy', { scale: 0.1 }));
    await both({ format: 'idx', images: 'images.idx', labels: 'labels.idx' });
  });

  it('are put together where they lie column by column', async () => {
    const shape = [6, 4, 2];
    // As NumPy writes it: the first axis runs fastest.
    const turned = (name: string, descr: string, width: number) => {
      const whole = readFileSync(join(folders.notebook, `${name}.npy`));
      const rows = whole.subarray(whole.length - count * size * width);
      const made = Buffer.alloc(rows.length);
      for (let index = 0; index < count * size; index += 1) {
        const sample = Math.floor(index / size);
        const [a, b, c] = [Math.floor((index % size) / 8), Math.floor((index % 8) / 2), index % 2];
        rows.copy(made, (sample + count * (a + 6 * (b + 4 * c))) * width, index * width, (index + 1) * width);
      }
      const file = npy(descr, [count, ...shape], made);
      write(
        `${name}-turned.npy`,
        Buffer.from(file.toString('latin1').replace("'fortran_order': False", "'fortran_order': True "), 'latin1'),
      );
    };
    for (const [name, descr, width] of [
      ['bytes', '|u1', 1],
      ['float', '<f4', 4],
      ['double', '<f8', 8],
      ['short', '<i2', 2],
    ] as const) {
      turned(name, descr, width);
      const { file } = await both(of(`${name}-turned.npy`, { scale: 0.5 }), { op: 'normalize' });
      const plain = await loadDataset(
        { source: of(`${name}.npy`, { scale: 0.5 }), steps: [{ op: 'split', validation: 0.3, seed: 2 }, { op: 'normalize' }] },
        folders,
        { mostInMemory: 1000 },
      );
      expect(inputsOf(file.dataset.train)).toEqual(inputsOf(plain.dataset.train));
    }
    const read = (name: string) => readFileSync(join(folders.notebook, name));
    write('turned.npz', zipOf({ 'x.npy': read('short-turned.npy'), 'y.npy': read('labels.npy') }, { plain: true }));
    await both({ format: 'npz', path: 'turned.npz' });
    // What is packed is unpacked first, and that copy is taken away.
    write('short-turned.npy.gz', gzipSync(read('short-turned.npy')));
    await both(of('short-turned.npy.gz', { scale: 0.5 }), { op: 'normalize' });
    write('packed.npz', zipOf({ 'x.npy': read('double-turned.npy'), 'y.npy': read('labels.npy') }));
    await both({ format: 'npz', path: 'packed.npz' });
    const left = readdirSync(join(folders.workspace, '.epochbook/cache/samples'));
    expect(left.filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('are several inputs of an archive, row by row', async () => {
    const read = (name: string) => readFileSync(join(folders.notebook, name));
    const pictures = npy('|u1', [count, 8, 6], pixels);
    const facts = npy('<f8', [count, 2], bytesOf(Float64Array.from({ length: count * 2 }, (_, index) => wave(index))));
    const one = npy('<i2', [count], bytesOf(Int16Array.from({ length: count }, (_, index) => index)));
    const several: DataSource = {
      format: 'npz',
      path: 'several.npz',
      inputs: { series: 'double', image: 'pictures', facts: 'facts', one: 'one' },
      targets: { kind: 'labels', size: 'one' },
    };
    for (const way of [{}, { plain: true }]) {
      const entries = { 'pictures.npy': pictures, 'facts.npy': facts, 'double.npy': read('double.npy'), 'one.npy': one };
      write('several.npz', zipOf({ ...entries, 'labels.npy': read('labels.npy') }, way));
      const { file } = await both(several);
      expect(file.preview.images?.thumbnails).toHaveLength(24);
      await both(several, { op: 'normalize', columns: ['facts', 'one'], method: 'minMax' });
      await both(several, { op: 'normalize', columns: ['series'] }, { op: 'normalize' });
      await both({ ...several, inputs: { only: 'facts' }, scale: 3 });
    }
    const { dataset } = await loadDataset({ source: several, steps: [{ op: 'normalize' }] }, folders);
    await alike(several, [{ op: 'normalize' }], JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation);
    const load = (source: DataSource, steps: DataStep[] = []) => loadDataset({ source, steps }, folders, { mostInMemory: 1000 });
    expect(await fault(load(several, [{ op: 'normalize', columns: ['fact'] }]))).toMatchObject({ code: 'data.inputUnknown' });
    const short = npy('|u1', [count - 1], pixels.subarray(0, count - 1));
    const holes = npy('<f8', [count, 2], bytesOf(Float64Array.from({ length: count * 2 }, (_, index) => (index === 99 ? Infinity : 1))));
    const entries = { 'double.npy': read('double.npy'), 'short.npy': short, 'holes.npy': holes, 'labels.npy': read('labels.npy') };
    const whole = zipOf(entries);
    write('several.npz', whole);
    const uneven = { ...several, inputs: { series: 'double', short: 'short' }, targets: 'labels' } as DataSource;
    expect((await fault(load(uneven))).code).toBe('data.samplesDiffer');
    const infinite = { ...several, inputs: { series: 'double', holes: 'holes' }, targets: 'labels' } as DataSource;
    expect(await fault(load(infinite))).toMatchObject({ code: 'data.notFinite', values: { sample: 49 } });
    const struck = Buffer.from(whole);
    struck[9000] ^= 64;
    write('several.npz', struck);
    const damaged = { ...several, inputs: { series: 'double', labels: 'labels' }, targets: 'labels' } as DataSource;
    expect((await fault(load(damaged))).code).toBe('data.zipDamaged');
    const left = readdirSync(join(folders.workspace, '.epochbook/cache/samples'));
    expect(left.filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('are of a zip archive, read where they lie or unpacked once', async () => {
    const read = (name: string) => readFileSync(join(folders.notebook, name));
    const names = ['bytes.npy', 'float.npy', 'short.npy', 'images.idx'];
    for (const way of [{}, { plain: true }, { plain: true, long: true }]) {
      const entries = Object.fromEntries(names.map((name) => [`in/${name}`, read(name)]));
      const packed = Object.fromEntries(names.map((name) => [`in/${name}.gz`, gzipSync(read(name))]));
      write('arrays.zip', zipOf({ ...entries, ...packed }, way));
      for (const name of ['bytes', 'float', 'short']) {
        const { file } = await both(of(`arrays.zip/in/${name}.npy`, { scale: 0.5 }));
        const isThere = 'plain' in way && name !== 'short';
        expect([name, way, file.dataset.train.stored!.file.endsWith('arrays.zip')]).toEqual([name, way, isThere]);
        await both(of(`arrays.zip/in/${name}.npy.gz`, { scale: 0.5 }));
      }
      for (const ending of ['', '.gz'])
        await both({ format: 'idx', images: `arrays.zip/in/images.idx${ending}`, labels: 'labels.idx' }, { op: 'normalize' });
    }
    write('only.zip', zipOf({ 'short.npy': read('short.npy') }));
    await both(of('only.zip'));
    const load = (inputs: string) => loadDataset({ source: of(inputs), steps: [] }, folders, { mostInMemory: 1000 });
    expect((await fault(load('arrays.zip/in/byte.npy'))).code).toBe('data.zipEntryNear');
    expect((await fault(load('arrays.zip'))).code).toBe('data.zipWhich');
    for (const way of [{}, { plain: true }]) {
      const struck = Buffer.from(zipOf({ 'float.npy': read('float.npy') }, way));
      struck[9000] ^= 64;
      write('struck.zip', struck);
      expect((await fault(load('struck.zip/float.npy'))).code).toBe('data.zipDamaged');
      write('cut.zip', zipOf({ 'float.npy.gz': gzipSync(read('float.npy')).subarray(0, -2000) }, way));
      expect(await fault(load('cut.zip/float.npy.gz'))).toMatchObject({
        code: 'data.gzipDamaged',
        values: { path: 'cut.zip/float.npy.gz' },
      });
    }
  });

  it('are of an archive that is itself packed, which is unpacked once', async () => {
    const read = (name: string) => readFileSync(join(folders.notebook, name));
    const set = zipOf({ 'x.npy': read('short.npy'), 'f.npy': read('float.npy'), 'y.npy': read('labels.npy') }, { plain: true });
    write('packed.npz.gz', gzipSync(set));
    write('packed.zip', zipOf({ 'in/packed.npz': set, 'in/packed.npz.gz': gzipSync(set) }));
    for (const path of ['packed.npz.gz', 'packed.zip/in/packed.npz', 'packed.zip/in/packed.npz.gz']) {
      await both({ format: 'npz', path, inputs: 'x', targets: 'y' }, { op: 'normalize' });
      const { file } = await both({ format: 'npz', path, inputs: 'f', targets: 'y' });
      // Found in the cache, in which it is read where it lies.
      const { ino } = statSync(file.dataset.train.stored!.file);
      const again = await both({ format: 'npz', path, inputs: 'f', targets: 'y' });
      expect([path, statSync(again.file.dataset.train.stored!.file).ino]).toEqual([path, ino]);
      await both({ format: 'npz', path, inputs: { a: 'x', b: 'f' }, targets: 'y' });
    }
    write('cut.zip', zipOf({ 'packed.npz.gz': gzipSync(set).subarray(0, -2000) }));
    const source: DataSource = { format: 'npz', path: 'cut.zip/packed.npz.gz', inputs: 'x', targets: 'y' };
    const error = await fault(loadDataset({ source, steps: [] }, folders, { mostInMemory: 1000 }));
    expect(error).toMatchObject({ code: 'data.gzipDamaged', at: '/data/source/path', values: { path: 'cut.zip/packed.npz.gz' } });
    const left = readdirSync(join(folders.workspace, '.epochbook/cache/samples'));
    expect(left.filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('are unpacked once where they are gzipped', async () => {
    for (const name of ['bytes.npy', 'float.npy', 'double.npy', 'short.npy', 'images.idx', 'labels.idx'])
      write(`${name}.gz`, gzipSync(readFileSync(join(folders.notebook, name))));
    for (const name of ['bytes', 'float', 'double', 'short']) await both(of(`${name}.npy.gz`));
    await both(of('short.npy.gz', { scale: 0.01 }), { op: 'reshape', shape: [48] }, { op: 'normalize' });
    const idx: DataSource = { format: 'idx', images: 'images.idx.gz', labels: 'labels.idx.gz' };
    await both(idx);
    await both(idx, { op: 'normalize' });
    const loaded = async () => (await loadDataset({ source: idx, steps: [] }, folders, { mostInMemory: 1000 })).dataset.train.stored!;
    const { file } = await loaded();
    const { ino } = statSync(file);
    expect((await loaded()).file).toBe(file);
    expect(statSync(file).ino).toBe(ino);
  });

  it('are read where they lie in an archive, or unpacked once', async () => {
    const read = (name: string) => readFileSync(join(folders.notebook, name));
    const archive: DataSource = { format: 'npz', path: 'set.npz' };
    for (const name of ['bytes', 'float', 'double', 'short'])
      for (const way of [{}, { plain: true }, { plain: true, long: true }, { long: true }]) {
        write('set.npz', zipOf({ 'y_train.npy': read('labels.npy'), 'x_train.npy': read(`${name}.npy`) }, way));
        const { file } = await both(archive);
        const isThere = way.plain === true && (name === 'bytes' || name === 'float');
        expect([name, way, file.dataset.train.stored!.file.endsWith('set.npz')]).toEqual([name, way, isThere]);
      }
    write('set.npz', zipOf({ 'x.npy': read('short.npy'), 'y.npy': read('labels.npy'), 'w.npy': read('labels.npy') }));
    await both({ ...archive, inputs: 'x', targets: 'y', scale: 0.01, sampleWeight: 'w' }, { op: 'normalize' });
    // Written by NumPy.
    write('small.npz', compressedArchive);
    const small = await loadDataset({ source: { format: 'npz', path: 'small.npz' }, steps: [] }, folders, { mostInMemory: 1 });
    expect(inputsOf(small.dataset.train)).toEqual(Array.from({ length: 48 }, (_, value) => Math.fround(value / 255)));

    // What was written is known by its checksum.
    for (const way of [{}, { plain: true }]) {
      const whole = zipOf({ 'x.npy': read('float.npy'), 'y.npy': read('labels.npy') }, way);
      const struck = Buffer.from(whole);
      struck[9000] ^= 64;
      write('struck.npz', struck);
      const load = loadDataset({ source: { format: 'npz', path: 'struck.npz' }, steps: [] }, folders, { mostInMemory: 1000 });
      expect((await fault(load)).code).toBe('data.zipDamaged');
    }
  });

  it('say what is wrong with what is gzipped', async () => {
    const plain = readFileSync(join(folders.notebook, 'images.idx'));
    const packed = gzipSync(plain);
    const fails = async (images: Buffer) => {
      write('odd.idx.gz', images);
      const source: DataSource = { format: 'idx', images: 'odd.idx.gz', labels: 'labels.idx' };
      const error = await fault(loadDataset({ source, steps: [] }, folders, { mostInMemory: 1000 }));
      return { code: error.code, ...error.values };
    };
    expect(await fails(packed.subarray(0, packed.length - 300))).toMatchObject({ code: 'data.gzipDamaged' });
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6] ^= 1;
    expect(await fails(flipped)).toMatchObject({ code: 'data.gzipDamaged' });
    const wanted = plain.length;
    expect(await fails(gzipSync(plain.subarray(0, 9000)))).toMatchObject({ code: 'data.idxCut', wanted, found: 9000 });
    expect(await fails(gzipSync(Buffer.concat([plain, plain])))).toMatchObject({ code: 'data.idxLong', wanted });
    const values = Float32Array.from(pixels, (_, index) => (index === 77 * size + 3 ? Number.NaN : 1));
    write('hole.npy.gz', gzipSync(npy('<f4', [count, 6, 4, 2], bytesOf(values))));
    const load = (inputs: string) => loadDataset({ source: of(inputs), steps: [] }, folders, { mostInMemory: 1000 });
    expect(await fault(load('hole.npy.gz'))).toMatchObject({ code: 'data.notFinite', values: { sample: 77 } });
    write('cut.npy.gz', gzipSync(npy('<f4', [count, 6, 4, 2], bytesOf(values).subarray(0, 5000))));
    expect(await fault(load('cut.npy.gz'))).toMatchObject({ code: 'data.npyCut' });
    const left = readdirSync(join(folders.workspace, '.epochbook/cache/samples'));
    expect(left.filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('are left out where they come again', async () => {
    const again = (index: number) => wave(index % 7 === 3 ? index % 140 : index);
    const rowsOf = (width: number) => ({ length: count * width });
    const values = Float64Array.from(rowsOf(5), (_, index) => again(Math.floor(index / 5)) + (index % 5));
    const goals = Float32Array.from(rowsOf(2), (_, index) => (index % 31 === 7 ? 1 : 0));
    write('twins.npy', npy('<f8', [count, 5], bytesOf(values)));
    write('goals.npy', npy('<f4', [count, 2], bytesOf(goals)));
    const source: DataSource = { format: 'npy', inputs: 'twins.npy', targets: 'goals.npy', kind: 'number', scale: 0.1 };
    const { file } = await both(source, { op: 'distinct' }, { op: 'normalize' });
    const kept = file.dataset.train.count + file.dataset.validation!.count;
    expect([kept < count, kept > count / 2]).toEqual([true, true]);
    const agreed = await both(source, { op: 'take', count: 290 }, { op: 'distinct', contrary: 'drop' });
    expect(agreed.file.dataset.train.count).toBeLessThan(file.dataset.train.count);
  });

  it('are scaled, resized and reshaped as in memory', async () => {
    await both(of('bytes.npy'), { op: 'normalize' });
    await both(of('float.npy'), { op: 'normalize', method: 'minMax' }, { op: 'resize', size: [3, 5] }, { op: 'normalize' });
    await both(of('short.npy', { scale: 0.01 }), { op: 'reshape', shape: [48] }, { op: 'normalize' });
  });

  it('are evaluated as what was trained on was prepared, in the cache that is told', async () => {
    const steps: DataStep[] = [{ op: 'normalize' }];
    const { dataset } = await loadDataset({ source: of('float.npy'), steps }, folders);
    const known = JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;
    write('float-later.npy', npy('<f4', [count, 6, 4, 2], bytesOf(Float32Array.from(pixels, (_, index) => 3 + wave(index + 7)))));
    const { file } = await alike(of('float-later.npy'), steps, known);
    expect(file.dataset.arraySteps).toEqual(known.arraySteps);
    const cache = makeWorkspace().folders.workspace;
    const spec = { source: of('double.npy'), steps };
    const told = await loadDataset(spec, { ...folders, cache }, { mostInMemory: 1000, known });
    expect(told.dataset.train.stored!.file.startsWith(cache)).toBe(true);
    write('wide.npy', npy('|u1', [count, 4, 4, 3], pixels));
    const wide = loadDataset({ source: of('wide.npy', { scale: 1 }), steps }, folders, { mostInMemory: 1000, known });
    expect(await fault(wide)).toMatchObject({ code: 'data.otherShape' });
  });

  it('say what is wrong with them', async () => {
    const values = Float32Array.from(pixels, (_, index) => (index === 77 * size + 3 ? Number.NaN : 1));
    write('hole.npy', npy('<f4', [count, 6, 4, 2], bytesOf(values)));
    const load = (inputs: string) => loadDataset({ source: of(inputs), steps: [] }, folders, { mostInMemory: 1000 });
    expect(await fault(load('hole.npy'))).toMatchObject({ code: 'data.notFinite', values: { sample: 77 } });
    write('cut.npy', npy('<f4', [count, 6, 4, 2], bytesOf(values).subarray(0, 5000)));
    expect(await fault(load('cut.npy'))).toMatchObject({ code: 'data.npyCut' });
    const { dataset } = await load('float.npy');
    appendFileSync(join(folders.notebook, 'float.npy'), 'more');
    expect(dataset.train.stored?.writtenAtMs).toBeGreaterThan(0);
  });
});
