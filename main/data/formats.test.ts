import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from '#contract/spec.ts';
import { compressedArchive, storedArchive } from './testing/numpy-files.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { folders, write, load } = makeWorkspace();
const target = { op: 'target', column: 'kind' } as const;
const at = (name: string) => join(folders.notebook, name);

beforeAll(async () => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const table = `SELECT i AS id, i * 0.5::DOUBLE AS size, i % 2 = 0 AS wet, CASE WHEN i = 3 THEN NULL ELSE i END AS gap, 'k' || (i % 2) AS kind FROM range(8) t(i)`;
  await connection.run(`COPY (${table}) TO '${at('a.parquet')}'`);
  await connection.run(`COPY (${table}) TO '${at('a[1]*.parquet')}'`);
  await connection.run(`COPY (${table} WHERE i < 0) TO '${at('none.parquet')}'`);
  instance.closeSync();
});

describe('Parquet', () => {
  it('gives the columns of the file, gaps and all', async () => {
    const { dataset, preview } = await load({ format: 'parquet', path: 'a.parquet' }, target, { op: 'select', columns: ['id', 'size'] });
    expect([...dataset.train.inputs.subarray(0, 6)]).toEqual([0, 0, 1, 0.5, 2, 1]);
    expect(dataset.classes).toEqual(['k0', 'k1']);
    expect(preview.table?.columns.find(({ name }) => name === 'gap')?.missing).toBe(1);
    expect(preview.table?.rows[3]).toEqual([3, 1.5, 'false', null, 'k1']);
  });

  it('takes true and false as 1 and 0', async () => {
    const { dataset } = await load({ format: 'parquet', path: 'a.parquet' }, target, { op: 'select', columns: ['wet'] });
    expect([...dataset.train.inputs]).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });

  it('reads a file whose name looks like a pattern', async () => {
    const { dataset } = await load({ format: 'parquet', path: 'a[1]*.parquet' }, target, { op: 'select', columns: ['id'] });
    expect(dataset.train.count).toBe(8);
  });

  it('names the row of a missing value', async () => {
    const error = await fault(load({ format: 'parquet', path: 'a.parquet' }, target));
    expect([error.code, error.message]).toEqual(['data.missingValue', expect.stringContaining('a.parquet, row 4')]);
  });

  it.each([
    ['is something else', 'a,b\n1,2\n', 'data.parquet'],
    ['is empty', '', 'data.emptyFile'],
  ])('says so when the file %s', async (_, content, code) => {
    write('wrong.parquet', content);
    const error = await fault(load({ format: 'parquet', path: 'wrong.parquet' }, target));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain(folders.workspace);
  });

  it('says so when there are no rows', async () => {
    expect((await fault(load({ format: 'parquet', path: 'none.parquet' }, target))).code).toBe('data.noRows');
  });
});

describe('JSON', () => {
  const rows = [
    { size: 1.5, name: 'a, "b"', kind: 'x' },
    { size: 2e3, kind: 'y' },
    { size: -1, name: '7', kind: 'x' },
  ];
  it.each([
    ['an array', JSON.stringify(rows)],
    ['one object a line', rows.map((row) => JSON.stringify(row)).join('\n')],
    ['a gzipped file', gzipSync(JSON.stringify(rows))],
  ])('reads %s', async (_, content) => {
    write('rows.json', content);
    const { dataset, preview } = await load({ format: 'json', path: 'rows.json' }, target, { op: 'select', columns: ['size'] });
    expect([...dataset.train.inputs]).toEqual([1.5, 2000, -1]);
    expect(preview.table?.rows.map((row) => row[1])).toEqual(['a, "b"', null, '7']);
  });

  it.each([
    ['is cut', '[{"a":1,"kind":"x"},{"a":', 'data.json'],
    ['is not JSON', 'hello\n', 'data.json'],
    ['holds numbers alone', '[1,2,3]', 'data.jsonShape'],
  ])('says so when the file %s', async (_, content, code) => {
    write('wrong.json', content);
    const error = await fault(load({ format: 'json', path: 'wrong.json' }, target));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain(folders.workspace);
  });
});

describe('SQL', () => {
  const query = (text: string, tables: Record<string, string> = { a: 'a.parquet', b: 'b.csv' }) =>
    load({ format: 'sql', query: text, tables }, target);

  it('joins files', async () => {
    write('b.csv', 'id,weight\n0,5\n2,7\n4,9\n1,1\n');
    const { dataset } = await query('SELECT weight, size * 2 AS double, kind FROM a JOIN b USING (id) ORDER BY id;');
    expect([...dataset.train.inputs]).toEqual([5, 0, 1, 1, 7, 2, 9, 4]);
  });

  it.each([
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM read_text('/etc/hostname')`,
    `SELECT * FROM glob('/etc/*')`,
    `SELECT * FROM 'none.parquet'`,
    `SELECT * FROM 'https://example.invalid/a.parquet'`,
    `SELECT 1); COPY a TO 'stolen.csv'; SELECT (1`,
    `SELECT 1); SET enable_external_access = true; FROM (SELECT * FROM read_text('/etc/hostname')`,
    `SELECT 1); ATTACH 'other.db'; FROM (SELECT 1`,
    `SELECT 1); INSTALL httpfs; FROM (SELECT 1`,
    `SELECT 1); LOAD httpfs; FROM (SELECT 1`,
    `SELECT 1); EXPORT DATABASE 'out'; FROM (SELECT 1`,
  ])('cannot do this: %s', async (text) => {
    write('b.csv', 'id,weight\n0,5\n');
    expect((await fault(query(text))).code).toBe('data.sql');
  });

  it('does not take a file from outside the workspace as a table', async () => {
    expect((await fault(query('FROM t', { t: '/etc/passwd' }))).code).toBe('data.outside');
  });
});

function npy(type: string, shape: readonly number[], bytes: Uint8Array, order = 'False'): Buffer {
  const text = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length % 256, Math.floor(header.length / 256)]);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), bytes]);
}
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('NumPy', () => {
  const source: DataSource = { format: 'npy', inputs: 'x.npy', targets: 'y.npy' };

  it('reads what NumPy compressed, bytes as images', async () => {
    write('c.npz', compressedArchive);
    const { dataset, preview } = await load({ format: 'npz', path: 'c.npz' });
    expect(dataset).toMatchObject({ inputShape: [2, 2, 1], classes: ['0', '1', '2'], scale: 1 / 255 });
    expect([...dataset.train.inputs.subarray(4, 8)]).toEqual([4, 5, 6, 7].map((value) => Math.fround(value / 255)));
    expect([...dataset.train.targets.subarray(0, 4)]).toEqual([0, 1, 2, 0]);
    expect(preview.images?.thumbnails[1].pixels).toEqual(Uint8Array.of(4, 5, 6, 7));
  });

  it('reads columns first, big-endian numbers and text', async () => {
    write('s.npz', storedArchive);
    const { dataset } = await load({ format: 'npz', path: 's.npz', inputs: 'a', targets: 'b' });
    expect(dataset).toMatchObject({ inputShape: [4], classes: ['a', 'b', 'c'], scale: 1 });
    expect([...dataset.train.inputs]).toEqual(Array.from({ length: 24 }, (_, index) => index));
  });

  it.each<[string, ArrayBufferView, number[]]>([
    ['<f4', Float32Array.of(0.5, -1), [0.5, -1]],
    ['<f2', Uint16Array.of(0x3800, 0xbc00), [0.5, -1]],
    ['<i2', Int16Array.of(-300, 7), [-300, 7]],
    ['|i1', Int8Array.of(-3, 7), [-3, 7]],
    ['<i8', BigInt64Array.of(-3n, 7n), [-3, 7]],
    ['|b1', Uint8Array.of(1, 0), [1, 0]],
  ])('reads %s', async (type, values, wanted) => {
    write('x.npy', npy(type, [2], bytesOf(values)));
    write('y.npy', npy('<f4', [2], bytesOf(Float32Array.of(0.25, 0.75))));
    const { dataset } = await load(source);
    expect([...dataset.train.inputs]).toEqual(wanted);
    expect(dataset).toMatchObject({ task: 'regression', targetShape: [1] });
  });

  it('takes rows with a single 1 for classes', async () => {
    write('x.npy', npy('<f4', [3, 1], bytesOf(Float32Array.of(1, 2, 3))));
    write('y.npy', npy('|u1', [3, 2], Uint8Array.of(1, 0, 0, 1, 1, 0)));
    const { dataset } = await load(source);
    expect([dataset.classes, [...dataset.train.targets]]).toEqual([
      ['0', '1'],
      [0, 1, 0],
    ]);
  });

  const good = npy('<f4', [3], bytesOf(Float32Array.of(1, 2, 3)));
  it.each<[string, Uint8Array, Uint8Array, string]>([
    ['is cut', good.subarray(0, good.length - 1), good, 'data.npyCut'],
    ['claims to be huge', npy('<f8', [2 ** 40, 2 ** 40], new Uint8Array(8)), good, 'data.npyCut'],
    ['is something else', Buffer.from('hello, this is a text'), good, 'data.npyKind'],
    ['holds Python objects', npy('|O', [3], new Uint8Array(24)), good, 'data.npyType'],
    ['holds NaN', npy('<f4', [3], bytesOf(Float32Array.of(1, NaN, 3))), good, 'data.notFinite'],
    ['has another number of samples', good, npy('<f4', [2], bytesOf(Float32Array.of(1, 2))), 'data.samplesDiffer'],
    ['is empty', npy('<f4', [0, 3], new Uint8Array(0)), good, 'data.noSamples'],
  ])('says so when an array %s', async (_, x, y, code) => {
    write('x.npy', x);
    write('y.npy', y);
    expect((await fault(load(source))).code).toBe(code);
  });

  it('asks which array, and suggests the nearest name', async () => {
    write('s.npz', storedArchive);
    expect(await fault(load({ format: 'npz', path: 's.npz' }))).toMatchObject({ code: 'data.npzWhich', values: { names: 'a, b' } });
    write('c.npz', compressedArchive);
    const error = await fault(load({ format: 'npz', path: 'c.npz', inputs: 'x_trian' }));
    expect(error).toMatchObject({ code: 'data.npzArrayNear', at: '/data/source/inputs', values: { near: 'x_train' } });
  });

  it.each([10, 100, compressedArchive.length - 30])('says so when an archive is cut after %d bytes', async (length) => {
    write('cut.npz', compressedArchive.subarray(0, length));
    expect((await fault(load({ format: 'npz', path: 'cut.npz' }))).code).toBe('data.zipDamaged');
  });
});

describe('folders of pictures', () => {
  const picture = (red: number, size = 4) =>
    sharp({ create: { width: size, height: 3, channels: 3, background: { r: red, g: 10, b: 20 } } });
  const source: DataSource = { format: 'imageFolder', path: 'pictures' };

  it('reads PNG, JPEG and WebP, with the folders’ names as classes', async () => {
    write('pictures/cat/1.png', await picture(200).png().toBuffer());
    write('pictures/cat/2.webp', await picture(200).webp({ lossless: true }).toBuffer());
    write('pictures/dog/1.jpg', await picture(100).jpeg({ quality: 100 }).toBuffer());
    write('pictures/dog/deeper/10.PNG', await picture(50).ensureAlpha().png().toBuffer());
    write('pictures/dog/notes.txt', 'one dog');
    write('pictures/.DS_Store', 'x');
    const { dataset, preview } = await load(source);
    expect(dataset).toMatchObject({ inputShape: [3, 4, 3], classes: ['cat', 'dog'], scale: 1 / 255 });
    expect([...dataset.train.targets]).toEqual([0, 0, 1, 1]);
    expect([...dataset.train.inputs.subarray(0, 3)]).toEqual([200, 10, 20].map((value) => Math.fround(value / 255)));
    expect(dataset.train.inputs[3 * 36] * 255).toBeCloseTo(50, 3);
    expect(Math.abs(dataset.train.inputs[2 * 36] * 255 - 100)).toBeLessThan(4);
    expect(preview.findings.map(({ code, evidence }) => [code, evidence])).toContainEqual(['data.filesIgnored', 'pictures/dog/notes.txt']);
  });

  it('keeps grey pictures grey, and makes them grey or coloured when told to', async () => {
    const grey = async (value: number) =>
      sharp(Buffer.alloc(12, value), { raw: { width: 4, height: 3, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer();
    write('grey/a/1.png', await grey(7));
    write('grey/b/1.png', await grey(9));
    const own = await load({ ...source, path: 'grey' });
    expect([own.dataset.inputShape, own.dataset.train.inputs[0] * 255]).toEqual([[3, 4, 1], expect.closeTo(7, 3)]);
    const coloured = await load({ ...source, path: 'grey', channels: 3, size: [2, 2], scale: 1 });
    expect([coloured.dataset.inputShape, [...coloured.dataset.train.inputs.subarray(0, 3)]]).toEqual([
      [2, 2, 3],
      [7, 7, 7],
    ]);
  });

  it('wants one size, or to be told one', async () => {
    write('sizes/a/1.png', await picture(1).png().toBuffer());
    write('sizes/a/2.png', await picture(1).png().toBuffer());
    write('sizes/b/1.png', await picture(1, 5).png().toBuffer());
    const error = await fault(load({ ...source, path: 'sizes' }));
    expect(error.code).toBe('data.pictureSizes');
    expect((await load({ ...source, path: 'sizes', size: [6, 6] })).dataset.inputShape).toEqual([6, 6, 3]);
  });

  it('names a damaged picture, and counts the others', async () => {
    const whole = await picture(1, 60).jpeg().toBuffer();
    write('damaged/a/1.jpg', whole.subarray(0, whole.length >> 1));
    write('damaged/a/2.jpg', 'not a picture');
    write('damaged/b/1.jpg', whole);
    const error = await fault(load({ ...source, path: 'damaged' }));
    expect(error).toMatchObject({ code: 'data.pictureDamaged', values: { path: 'damaged/a/1.jpg', count: 2 } });
  });

  it.each([
    ['is a file', 'a.parquet', 'data.notFolder'],
    ['is not there', 'pictuers', 'data.fileMissingNear'],
    ['has pictures of one class', 'one', 'data.oneFolder'],
    ['has no pictures', 'empty', 'data.noPictures'],
  ])('says so when the folder %s', async (_, path, code) => {
    write('one/a/1.png', await picture(1).png().toBuffer());
    write('empty/a/x.txt', 'x');
    write('pictures/a/1.png', await picture(1).png().toBuffer());
    expect((await fault(load({ ...source, path }))).code).toBe(code);
  });
});
