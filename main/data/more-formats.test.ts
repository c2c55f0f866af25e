/** Arrow, SQLite, archives, CSV as it is found in the wild, and labels of pictures from a table. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { DataStep } from '#contract/spec.ts';
import { unpackLz4 } from './lz4.ts';
import { zipOf } from './testing/zip-files.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { folders, write, load } = makeWorkspace();
const target: DataStep = { op: 'target', column: 'y' };
const csv = (path: string, more: object = {}, ...steps: DataStep[]) => load({ format: 'csv', path, ...more }, target, ...steps);

describe('a delimited text', () => {
  it('tells how it was read, and what of that was told', async () => {
    write('a.csv', Buffer.from('prix;y\n1.234,5;élevé\n2,25;bas\n-;bas\n7;bas\n', 'latin1'));
    const { dataset, preview } = await csv('a.csv', {}, { op: 'impute', value: 0 });
    expect([...dataset.train.inputs]).toEqual([1234.5, 2.25, 0, 7]);
    expect(preview.reading).toEqual({ encoding: 'windows-1252', delimiter: ';', header: true, decimal: ',', nulls: ['-'], told: [] });
    expect((await csv('a.csv', { delimiter: ';', encoding: 'windows-1252' }, { op: 'impute' })).preview.reading?.told).toEqual([
      'encoding',
      'delimiter',
    ]);
    expect(await fault(csv('a.csv', { decimal: '.' }))).toMatchObject({ code: 'data.textFeature', values: { example: '1.234,5' } });
  });

  it('finds that there is no header where the first line has fractions above numbers', async () => {
    write('iris.data', '5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n');
    const { preview } = await load({ format: 'csv', path: 'iris.data' }, { op: 'target', column: 'column3' });
    expect(preview.reading?.header).toBe(false);
    expect(preview.samples.train).toBe(3);
    write('years.csv', '2019,2020,y\n5,6,u\n7,8,v\n');
    expect((await csv('years.csv')).preview.reading?.header).toBe(true);
  });

  it('takes what it is told for missing, passes over comments and first lines, and other quotes', async () => {
    write('b.csv', "made by a machine\n\n# units: m\na,y\n-9,'u, w'\n4,v\n# end\n");
    const { dataset } = await csv('b.csv', { skip: 2, comment: '#', quote: "'", nulls: ['-9'] }, { op: 'impute' });
    expect([...dataset.train.inputs]).toEqual([4, 4]);
    expect(dataset.classes).toEqual(['u, w', 'v']);
  });
});

describe('Arrow', () => {
  it('reads files and streams', async () => {
    const table = tableFromArrays({ x: Float64Array.of(1, 2.5, 3), n: BigInt64Array.of(1n, 2n, 3n), y: ['u', 'v', 'u'] });
    for (const kind of ['file', 'stream'] as const) {
      write('t.arrow', tableToIPC(table, kind));
      const { dataset } = await load({ format: 'arrow', path: 't.arrow' }, target);
      expect([...dataset.train.inputs]).toEqual([1, 1, 2.5, 2, 3, 3]);
      expect(dataset.classes).toEqual(['u', 'v']);
    }
    write('cut.arrow', tableToIPC(table, 'file').subarray(0, 200));
    expect(await fault(load({ format: 'arrow', path: 'cut.arrow' }, target))).toMatchObject({
      code: expect.stringMatching(/^data\.arrow/),
    });
    write('none.arrow', 'hello');
    expect(await fault(load({ format: 'arrow', path: 'none.arrow' }, target))).toMatchObject({ code: expect.stringMatching(/data\./) });
  });

  it('unpacks LZ4, whose matches may reach into what they write', () => {
    // Three letters, repeated from three back 119 times in all; then five more.
    const literal = Buffer.from('04224d1864400000', 'hex').subarray(0, 7);
    const block = Buffer.concat([
      Buffer.from([0x3f]),
      Buffer.from('abc'),
      Buffer.from([3, 0, 100]),
      Buffer.from([0x50]),
      Buffer.from('abcab'),
    ]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    const made = unpackLz4(Buffer.concat([literal, size, block, Buffer.alloc(4)]), 1000);
    expect(Buffer.from(made).toString()).toBe(`${'abc'.repeat(50).slice(0, 3 + 15 + 100 + 4)}abcab`);
    expect(() => unpackLz4(Buffer.concat([literal, size, block, Buffer.alloc(4)]), 20)).toThrow('too large');
    expect(() => unpackLz4(Buffer.concat([literal, size, block.subarray(0, 4)]), 1000)).toThrow('damaged');
  });
});

describe('SQLite', () => {
  const file = join(folders.notebook, 's.sqlite');
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.exec(`CREATE TABLE flowers (length REAL, y TEXT); INSERT INTO flowers VALUES (1.5, 'u'), (NULL, 'v'), (3, 'u');
    CREATE VIEW long AS SELECT * FROM flowers WHERE length > 2 UNION SELECT 9, 'v'`);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();

  it('reads a table, writing nothing', async () => {
    const before = readFileSync(file);
    const { dataset } = await load({ format: 'sqlite', path: 's.sqlite', table: 'flowers' }, target, { op: 'impute' });
    expect([...dataset.train.inputs]).toEqual([1.5, 2.25, 3]);
    expect((await load({ format: 'sqlite', path: 's.sqlite', table: 'long' }, target)).dataset.train.count).toBe(2);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('asks which table, and says what is no database', async () => {
    expect(await fault(load({ format: 'sqlite', path: 's.sqlite' }, target))).toMatchObject({
      code: 'data.sqliteWhich',
      values: { names: 'flowers, long' },
    });
    expect(await fault(load({ format: 'sqlite', path: 's.sqlite', table: 'flower' }, target))).toMatchObject({
      code: 'data.sqliteTableNear',
      at: '/data/source/table',
    });
    writeFileSync(join(folders.notebook, 'bad.sqlite'), Buffer.concat([readFileSync(file).subarray(0, 100), Buffer.alloc(5000, 7)]));
    expect(await fault(load({ format: 'sqlite', path: 'bad.sqlite' }, target))).toMatchObject({ code: 'data.sqlite' });
    write('s.sqlite-wal', 'changes');
    expect(await fault(load({ format: 'sqlite', path: 's.sqlite', table: 'flowers' }, target))).toMatchObject({
      code: 'data.sqliteChanging',
    });
  });
});

describe('archives', () => {
  const table = 'a,y\n1,u\n2,v\n';
  write('one.zip', zipOf({ 'train.csv': table, '__MACOSX/train.csv': 'x' }));
  write('two.zip', zipOf({ 'data/train.csv': table, 'data/test.csv': 'a,y\n3,v\n', '../evil.csv': table, '/etc/evil.csv': table }));

  it('are read in place', async () => {
    expect((await csv('one.zip')).dataset.train.count).toBe(2);
    const { dataset } = await csv(
      'two.zip/data/train.csv',
      {},
      { op: 'withTest', data: { source: { format: 'csv', path: 'two.zip/data/test.csv' }, steps: [] } },
    );
    expect([...dataset.test!.inputs]).toEqual([3]);
    expect(await fault(csv('two.zip'))).toMatchObject({ code: 'data.zipWhich', values: { names: 'data/train.csv, data/test.csv' } });
    expect(await fault(csv('two.zip/data/tran.csv'))).toMatchObject({
      code: 'data.zipEntryNear',
      values: { near: 'two.zip/data/train.csv' },
    });
    expect(await fault(csv('two.zip/../evil.csv'))).toMatchObject({ code: expect.stringMatching(/data\.(zipEntry|outside|fileMissing)/) });
    expect(await fault(load({ format: 'parquet', path: 'two.zip/data/a.parquet' }, target))).toMatchObject({ code: 'data.zipEntry' });
  });

  it('hold folders of pictures and texts', async () => {
    const picture = async (value: number) =>
      sharp({ create: { width: 4, height: 4, channels: 3, background: { r: value, g: value, b: value } } })
        .webp({ lossless: true })
        .toBuffer();
    write('pictures.zip', zipOf({ 'all/cat/1.webp': await picture(10), 'all/dog/1.webp': await picture(200), 'all/readme.txt': 'hi' }));
    const { dataset } = await load({ format: 'imageFolder', path: 'pictures.zip/all' });
    expect(dataset.classes).toEqual(['cat', 'dog']);
    expect(dataset.inputShape).toEqual([4, 4, 3]);
    write('texts.zip', zipOf({ 'ham/1.txt': 'hello you', 'spam/1.txt': 'win money' }));
    expect((await load({ format: 'textFolder', path: 'texts.zip' }, { op: 'tokenize' })).dataset.train.count).toBe(2);
  });

  it('that lie about their size, or hold too much, are refused', async () => {
    const bomb = deflateRawSync(Buffer.alloc(20_000_000));
    write('bomb.zip', zipOf({ 'a.csv': { packed: bomb, size: 100 } }));
    expect(await fault(csv('bomb.zip'))).toMatchObject({ code: 'data.zipDamaged' });
    write('large.zip', zipOf({ 'a.csv': { packed: bomb, size: 3 * 2 ** 30 } }));
    expect(await fault(csv('large.zip'))).toMatchObject({ code: 'data.bomb', at: '/data/source/path', values: { path: 'large.zip' } });
  });
});

describe('labels of pictures', async () => {
  const dot = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  for (const name of ['a.png', 'b.png', 'deep/c.png', 'deep/d.png']) write(`faces/${name}`, dot);
  const source = { format: 'imageFolder', path: 'faces', labels: 'labels.csv' } as const;

  it('come from a table, by path or name', async () => {
    write('labels.csv', 'file,kind,age\na.png,old,81\ndeep/c.png,young,9\nd,old,77.5\n');
    const { dataset, preview } = await load(source);
    expect(dataset.classes).toEqual(['old', 'young']);
    expect([...dataset.train.targets]).toEqual([0, 1, 0]);
    expect(preview.findings.map(({ code }) => code)).toContain('data.filesIgnored');
    const ages = await load({ ...source, label: 'age' });
    expect(ages.dataset).toMatchObject({ task: 'regression', targetShape: [1] });
    expect([...ages.dataset.train.targets]).toEqual([81, 9, 77.5]);
  });

  it('say where the table is wrong', async () => {
    const wrong = async (rows: string) => {
      write('labels.csv', `file,kind\n${rows}`);
      return fault(load(source));
    };
    expect(await wrong('a.png,u\nx.png,v\n')).toMatchObject({ code: 'data.labelFile', where: { file: 'labels.csv', line: 3 } });
    expect(await wrong('a.png,u\na,v\n')).toMatchObject({ code: 'data.labelTwice', where: { line: 3 } });
    expect(await wrong('a.png,u\nb.png,\n')).toMatchObject({ code: 'data.labelEmpty', where: { line: 3 } });
  });
});
