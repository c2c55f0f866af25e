/** Tables that are not held in memory give the same samples as those that are, to the bit. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import Database from 'better-sqlite3';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EpochbookError } from '#contract/errors.ts';
import type { Part, Preparation } from '#contract/samples.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { loadDataset, type LoadedData } from '../load.ts';
import { parseCsv } from '../csv.ts';
import { preparationOf, preparePieces } from '../preparation.ts';
import { fault, makeWorkspace } from '../testing/workspace.ts';
import { fitTokenizer } from '../tokenizer.ts';
import { fitStreamed } from './fit-tokenizer.ts';
import { checkRows } from './stream-plan.ts';
import { gbk } from '../testing/gbk.ts';
import { zipOf } from '../testing/zip-files.ts';

const { folders, write } = makeWorkspace();
const count = 17_000;
const wave = (index: number) => Math.abs(Math.sin(index * 12.9898) * 43758.5453) % 1;

interface Row {
  id: number;
  size: string;
  weight: string;
  colour: string;
  owner: string;
  day: string;
  sound: string;
  kind: string;
}
const rows = Array.from({ length: count }, (_, row): Row => ({
  id: row,
  size: row % 41 === 7 ? '' : (wave(row) * 10).toFixed(3),
  weight: row % 53 === 5 ? 'NA' : String(wave(row + 0.5) ** 3 * 100),
  colour: row % 61 === 3 ? '' : ['red', 'green', ' blue', '"deep, dark"'][row % 4],
  owner: `owner ${Math.floor(wave(row * 3) * 300)}`,
  day: new Date(Date.UTC(2020, 0, 1 + Math.floor(wave(row * 7) * 900))).toISOString().slice(0, 10),
  sound: row % 3 ? 'true' : 'False',
  kind: ['low', 'mid', 'high'][Math.floor(wave(row * 11) * 3)],
}));
const names = ['id', 'size', 'weight', 'colour', 'owner', 'day', 'sound', 'kind'] as const;
const csv = (some: readonly Row[], delimiter = ',') =>
  [names.join(delimiter), ...some.map((row) => names.map((name) => row[name]).join(delimiter)), ''].join('\n');

const load = (most: number, source: DataSource, steps: readonly DataStep[], known?: Preparation) =>
  loadDataset({ source, steps: [...steps] }, folders, { mostInMemory: most, known });

function inputsOf(part: Part): Float32Array {
  const { stored } = part;
  // Of a running text, the last tokens are but told.
  if (!stored) return part.windows ? part.inputs.subarray(0, part.windows.starts.at(-1)! + part.windows.size) : part.inputs;
  const bytes = readFileSync(stored.file);
  const values = part.windows ? part.windows.starts.at(-1)! + stored.size : part.count * stored.size;
  return new Float32Array(bytes.buffer, bytes.byteOffset + stored.offset, values).slice();
}

const both = (source: DataSource, ...steps: DataStep[]) => alike(source, steps);

async function alike(
  source: DataSource,
  steps: readonly DataStep[],
  known?: Preparation,
): Promise<{ memory: LoadedData; file: LoadedData }> {
  const memory = await load(1e12, source, steps, known);
  const file = await load(1, source, steps, known);
  for (const part of ['train', 'validation', 'test'] as const) {
    const [wanted, found] = [memory.dataset[part], file.dataset[part]];
    expect(found?.count).toBe(wanted?.count);
    if (!wanted || !found) continue;
    expect(found.stored).toBeDefined();
    // Compared as bytes, which is quick.
    const same = (a: Float32Array | Uint32Array, b: Float32Array | Uint32Array) =>
      Buffer.compare(Buffer.from(a.buffer, a.byteOffset, a.byteLength), Buffer.from(b.buffer, b.byteOffset, b.byteLength)) === 0;
    const none = new Float32Array(0);
    expect([part, same(found.rows, wanted.rows), same(found.targets, wanted.targets)]).toEqual([part, true, true]);
    expect(same(found.weights ?? none, wanted.weights ?? none)).toBe(true);
    expect([part, same(inputsOf(found), inputsOf(wanted))]).toEqual([part, true]);
    expect(found.windows?.size).toBe(wanted.windows?.size);
    const noStarts = new Uint32Array(0);
    expect([part, same(found.windows?.starts ?? noStarts, wanted.windows?.starts ?? noStarts)]).toEqual([part, true]);
  }
  const { train: _, validation: __, test: ___, ...expected } = memory.dataset;
  expect(file.dataset).toMatchObject(expected);
  return { memory, file };
}

const kind: DataStep = { op: 'target', column: 'kind' };
const source: DataSource = { format: 'csv', path: 'rows.csv' };
const split: DataStep = { op: 'split', validation: 0.2, test: 0.1, seed: 3 };

beforeAll(() => {
  write('rows.csv', csv(rows));
});

describe('a table on the disk', () => {
  it('is prepared by every step as one in memory', async () => {
    const { file } = await both(
      source,
      kind,
      split,
      { op: 'drop', columns: ['owner', 'day'] },
      { op: 'impute' },
      { op: 'clip', columns: ['size'], min: 1, max: 9 },
      { op: 'log', columns: ['weight'] },
      { op: 'normalize', columns: ['id', 'size', 'weight'] },
      { op: 'oneHot', columns: ['colour'] },
    );
    expect(file.preview.table?.totalRows).toBe(count);
    // Estimated, they may come out as more than there are rows.
    expect(Math.max(...file.preview.table!.columns.map(({ distinct = 0 }) => distinct))).toBeLessThanOrEqual(count);
    expect(file.preview.streamed?.samples).toBeLessThanOrEqual(20_000);
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('is read in any encoding, also where it shows late', async () => {
    const chosen = rows.slice(0, 12_000).map((row) => ({ ...row, owner: 'nobody' }));
    // Of no more than ASCII for a longer while than the first bytes that are looked at.
    const late = csv(chosen.map((row, index) => (index < 11_000 ? row : { ...row, colour: index % 2 ? '朱红' : '“靛蓝”' })));
    const french = csv(
      chosen.map((row) => ({ ...row, colour: row.colour === 'red' ? 'doré, 5 €' : row.colour })),
      ';',
    );
    const wide = Buffer.from(`\uFEFF${late}`, 'utf16le');
    // What a quotation mark's own byte is in Windows-1252.
    const western = Buffer.from(french.replaceAll('€', '\u0080'), 'latin1');
    const files: Readonly<Record<string, [Buffer, string]>> = {
      'gbk.csv': [gbk(late), 'gbk'],
      'utf-16le.csv': [wide, 'utf-16le'],
      'utf-16be.csv': [Buffer.from(wide).swap16(), 'utf-16be'],
      'windows-1252.csv': [western, 'windows-1252'],
      'gbk.csv.gz': [gzipSync(gbk(late)), 'gbk'],
    };
    for (const [path, [bytes]] of Object.entries(files)) write(path, bytes);
    write('encodings.zip', zipOf({ 'gbk.csv': files['gbk.csv'][0], 'gbk.csv.gz': files['gbk.csv.gz'][0] }));
    const archived = ['encodings.zip/gbk.csv', 'encodings.zip/gbk.csv.gz'].map((path) => [path, 'gbk']);
    for (const [path, encoding] of [...Object.entries(files).map(([name, [, found]]) => [name, found]), ...archived]) {
      const { file } = await both(
        { format: 'csv', path },
        kind,
        { op: 'drop', columns: ['owner', 'day'] },
        { op: 'impute' },
        { op: 'oneHot' },
      );
      expect([file.preview.reading?.encoding, file.preview.reading?.told]).toEqual([encoding, []]);
    }
    write('damaged.csv', Buffer.concat([gbk(late), Buffer.from('1,2,3,\xff\xff,5,2020-01-01,true,low\n', 'latin1')]));
    const damaged: DataSource = { format: 'csv', path: 'damaged.csv', encoding: 'gbk' };
    const place = { code: 'data.encodingTold', where: { file: 'damaged.csv', line: 12_002 } };
    expect(await fault(load(1e12, damaged, [kind]))).toMatchObject(place);
    expect(await fault(load(1, damaged, [kind]))).toMatchObject(place);
    expect(await fault(load(1, { format: 'csv', path: 'damaged.csv' }, [kind]))).toMatchObject({ code: 'data.encoding' });
    // UTF-8 to a late line, in the middle of what tells how it is read, and far behind it.
    for (const before of [20, 11_000]) {
      const lines = csv(chosen.slice(0, before)).replaceAll('red', 'rôt');
      write('cut.csv', Buffer.concat([Buffer.from(lines), Buffer.from('1,2,3,caf\xe9,5,2020-01-01,true,low\n', 'latin1')]));
      for (const most of [1, 1e12])
        expect(await fault(load(most, { format: 'csv', path: 'cut.csv' }, [kind]))).toMatchObject({
          code: 'data.encoding',
          values: { choices: '["windows-1252"]' },
          where: { file: 'cut.csv', line: before + 2 },
        });
    }
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => name.endsWith('.unpacked'))).toEqual([]);
  });

  it('is chosen from, computed with and parted alike', async () => {
    await both(
      source,
      { op: 'map', column: 'ratio', expression: 'where(sound, size, 0) + weight / 2' },
      { op: 'filter', column: 'size', min: 0.5, missing: false },
      { op: 'filter', column: 'colour', noneOf: ['red', ''] },
      { op: 'where', expression: 'where(sound, 1 / (ratio > 30), size - 2)' },
      { op: 'take', count: 7000 },
      { op: 'replace', column: 'kind', values: { mid: 'low' } },
      kind,
      { op: 'select', columns: ['ratio', 'size', 'colour', 'sound'] },
      { op: 'split', validation: 0.25, stratify: true, seed: 9 },
      { op: 'sampleWeight', column: 'id' },
      { op: 'impute', columns: ['ratio'], method: 'mean' },
      { op: 'bucketize', columns: ['size'], buckets: 7 },
      { op: 'ordinal', columns: ['colour'] },
      { op: 'normalize', method: 'minMax' },
    );
  });

  it('has numbers replaced, also of many, and computed ones', async () => {
    const some = rows.find(({ weight }) => Number(weight) > 1)!;
    const weights: DataStep[] = [
      { op: 'replace', column: 'weight', values: { [some.weight]: '-5', NA: '3', [rows[0].weight]: '' } },
      { op: 'filter', column: 'weight', max: 90 },
      { op: 'replace', column: 'weight', values: { '-5': '7' } },
    ];
    const rest: DataStep[] = [
      { op: 'drop', columns: ['owner', 'day', 'colour', 'sound'] },
      { op: 'map', column: 'grade', expression: 'floor(id / 1000)' },
      { op: 'replace', column: 'grade', values: { '3': '4', '4': '5', '7': '' } },
      { op: 'map', column: 'more', expression: 'grade + weight' },
      { op: 'impute' },
      { op: 'normalize' },
    ];
    const { memory } = await both(source, kind, ...weights, { op: 'distinct' }, ...rest, split);
    const known = JSON.parse(JSON.stringify(preparationOf(memory.dataset))) as Preparation;
    await alike(source, [kind, ...weights, ...rest], known);
    await both(
      source,
      { op: 'target', column: 'weight' },
      ...weights,
      { op: 'filter', column: 'weight', missing: false },
      ...rest,
      { op: 'oneHot' },
      split,
    );
    const words: DataStep = { op: 'replace', column: 'grade', values: { '3': 'three', '5': 'three', '6': '' } };
    expect(await fault(load(1, source, [kind, ...rest.slice(0, 2), words]))).toMatchObject({
      code: 'data.replaceComputed',
      at: '/data/steps/3',
    });
    // Said to be one of words, it is; a column that is mostly words after it is, too.
    const cast: DataStep = { op: 'cast', columns: ['grade'], to: 'text' };
    const more: DataStep = { op: 'filter', column: 'grade', noneOf: ['12'] };
    const inWords: DataStep[] = [
      ...rest.slice(0, 2),
      words,
      more,
      cast,
      { op: 'map', column: 'half', expression: 'floor(id / 2000)' },
      { op: 'withTest', data: { source, steps: [{ op: 'take', count: 300 }] } },
      { op: 'impute' },
      { op: 'oneHot' },
    ];
    const { memory: spelt } = await both(source, kind, ...inWords, { op: 'split', validation: 0.2, group: 'grade', seed: 3 });
    await alike(source, [kind, ...inWords], JSON.parse(JSON.stringify(preparationOf(spelt.dataset))) as Preparation);
    write('codes.csv', csv(rows.map((row, index) => ({ ...row, size: String(index % 9) }))));
    const said = Object.fromEntries(['0', '1', '2', '3', '4', '5'].map((code) => [code, `size ${code}`]));
    const names: DataStep[] = [
      { op: 'drop', columns: ['owner', 'day'] },
      { op: 'replace', column: 'size', values: said },
      { op: 'replace', column: 'size', values: { 'size 5': 'size 4', '8': '' } },
      { op: 'impute' },
      { op: 'oneHot' },
    ];
    await both({ format: 'csv', path: 'codes.csv' }, kind, ...names, split);
  });

  it('is split by groups, by time, by a column and into folds alike, and gives numbers to predict', async () => {
    const weight: DataStep[] = [
      { op: 'target', column: 'id', kind: 'number' },
      { op: 'select', columns: ['size'] },
      { op: 'impute', method: 'mostFrequent' },
    ];
    write('few.csv', csv(rows.slice(0, 1500)));
    const few: DataSource = { format: 'csv', path: 'few.csv' };
    await both(few, ...weight, { op: 'split', validation: 0.2, group: 'owner', seed: 5 });
    await both(few, ...weight, { op: 'split', validation: 0.2, test: 0.2, time: 'day' });
    await both(few, ...weight, { op: 'split', column: 'colour', validation: ['red'] });
    await both(few, ...weight, { op: 'kFold', folds: 4, fold: 2, stratify: true, seed: 2 });
  });

  it('has parts of other files, and several inputs and targets', async () => {
    write('more.csv', csv(rows.slice(100, 900)));
    const other = (from: number): DataStep => ({
      op: from ? 'withTest' : 'withValidation',
      data: { source: { format: 'csv', path: 'more.csv' }, steps: [{ op: 'filter', column: 'id', min: from }] },
    });
    await both(
      { format: 'csv', path: 'few.csv' },
      { op: 'targets', columns: { which: 'kind', heavy: 'id' } },
      { op: 'inputs', columns: { numbers: ['size'], words: ['colour'] } },
      other(0),
      other(400),
      { op: 'impute' },
      { op: 'oneHot' },
    );
  });

  it('comes from Parquet, NDJSON, Arrow, SQLite, gzip and queries as well', async () => {
    const few = rows.slice(0, 600);
    const numbers = few.map((row) => ({ ...row, size: row.size === '' ? null : Number(row.size), weight: Number.parseFloat(row.weight) }));
    write('rows.ndjson', numbers.map((row) => JSON.stringify(row)).join('\n'));
    write('rows.tsv.gz', gzipSync(csv(few, '\t')));
    const place = (name: string) => join(folders.notebook, name);
    const duck = await DuckDBInstance.create(':memory:');
    const connection = await duck.connect();
    await connection.run(
      `COPY (SELECT * REPLACE (size::FLOAT AS size, id::DECIMAL(12, 3) AS id) FROM '${place('rows.ndjson')}') TO '${place('rows.parquet')}'`,
    );
    duck.closeSync();
    const columns = Object.fromEntries(
      names.map((name) => [name, name === 'size' ? Float32Array.from(numbers, (row) => row.size ?? 0) : numbers.map((row) => row[name])]),
    );
    writeFileSync(place('rows.arrow'), tableToIPC(tableFromArrays(columns as Record<string, Float32Array>), 'file'));
    const database = new Database(place('rows.sqlite'));
    database.exec('CREATE TABLE t (id INTEGER, size REAL, weight TEXT, colour TEXT, kind TEXT)');
    const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?)');
    database.transaction(() => numbers.forEach((row) => insert.run(row.id, row.size, String(row.weight), row.colour, row.kind)))();
    database.close();
    const steps: DataStep[] = [
      { op: 'select', columns: ['id', 'size', 'weight', 'colour'] },
      kind,
      split,
      { op: 'impute' },
      { op: 'normalize' },
      { op: 'oneHot' },
    ];
    await both({ format: 'parquet', path: 'rows.parquet' }, ...steps);
    await both({ format: 'json', path: 'rows.ndjson' }, ...steps);
    await both({ format: 'arrow', path: 'rows.arrow' }, ...steps);
    await both({ format: 'sqlite', path: 'rows.sqlite' }, ...steps);
    await both({ format: 'csv', path: 'rows.tsv.gz', delimiter: '\t' }, ...steps);
    const query = "SELECT id, size, weight, colour, kind FROM p WHERE sound = 'true'";
    await both({ format: 'sql', query, tables: { p: 'rows.parquet' } }, ...steps);
  });

  it('lies in an archive, gzipped there or not', async () => {
    const read = (name: string) => readFileSync(join(folders.notebook, name));
    const names = ['rows.parquet', 'rows.ndjson', 'rows.arrow', 'rows.sqlite', 'few.csv'];
    const entries = names.flatMap((name) => [[`in/${name}`, read(name)] as const, [`in/${name}.gz`, gzipSync(read(name))] as const]);
    write('tables.zip', zipOf(Object.fromEntries(entries)));
    const steps: DataStep[] = [{ op: 'select', columns: ['id', 'size', 'colour'] }, kind, split, { op: 'impute' }, { op: 'oneHot' }];
    for (const ending of ['', '.gz']) {
      await both({ format: 'csv', path: `tables.zip/in/few.csv${ending}` }, ...steps);
      await both({ format: 'parquet', path: `tables.zip/in/rows.parquet${ending}` }, ...steps);
      await both({ format: 'json', path: `tables.zip/in/rows.ndjson${ending}` }, ...steps);
      await both({ format: 'arrow', path: `tables.zip/in/rows.arrow${ending}` }, ...steps);
      await both({ format: 'sqlite', path: `tables.zip/in/rows.sqlite${ending}` }, ...steps);
      const tables = { p: `tables.zip/in/rows.parquet${ending}`, c: `tables.zip/in/few.csv${ending}` };
      await both({ format: 'sql', query: 'SELECT p.id, p.size, c.colour, c.kind FROM p JOIN c USING (id) ORDER BY 1', tables }, ...steps);
    }
    write('rows.parquet.gz', gzipSync(read('rows.parquet')));
    await both({ format: 'parquet', path: 'rows.parquet.gz' }, ...steps);
    await both(
      { format: 'csv', path: 'tables.zip/in/few.csv' },
      ...steps.slice(0, 2),
      { op: 'withValidation', data: { source: { format: 'parquet', path: 'tables.zip/in/rows.parquet' }, steps: [] } },
      ...steps.slice(3),
    );
    const wrong = async (name: string, content: Uint8Array) => {
      write('wrong.zip', zipOf({ [name]: content }));
      const { code, at, values } = await fault(load(1, { format: 'csv', path: `wrong.zip/${name}` }, [kind]));
      return { code, at, path: values['path'], line: values['line'] };
    };
    const place = (name: string) => ({ at: '/data/source/path', path: `wrong.zip/${name}` });
    expect(await wrong('a.csv.gz', gzipSync(read('few.csv')).subarray(0, -900))).toMatchObject({
      code: 'data.gzipDamaged',
      ...place('a.csv.gz'),
    });
    const ragged = Buffer.concat([read('few.csv'), Buffer.from('1,2,3\n')]);
    expect(await wrong('a.csv', ragged)).toMatchObject({ code: 'data.raggedRow', path: 'wrong.zip/a.csv', line: 1502 });
    const struck = zipOf({ 'a.csv': read('few.csv') });
    struck[9000] ^= 64;
    write('wrong.zip', struck);
    expect(await fault(load(1, { format: 'csv', path: 'wrong.zip/a.csv' }, [kind]))).toMatchObject({
      code: 'data.zipDamaged',
      at: '/data/source/path',
    });
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('leaves out rows that say the same, wherever they lie', async () => {
    // Numbers written in two ways, gaps of three kinds, and rows of one block that come again in another.
    const spelled = ['1', '1.0', '-0', '0', '', 'NA', 'null', '2.5'];
    const lines = Array.from({ length: 20_000 }, (_, row) => {
      const [size, colour] = [spelled[Math.floor(wave(row) * 8)], ['red', 'Red', '', 'blue'][Math.floor(wave(row + 0.3) * 4)]];
      return `${size},${colour},${Math.floor(wave(row * 5) * 400)},${Math.floor(wave(row * 9) * 7)},${wave(row * 2) < 0.9 ? 'a' : 'b'},${row}`;
    });
    write('twins.csv', ['size,colour,shop,day,kind,id', ...lines].join('\n'));
    const twins: DataSource = { format: 'csv', path: 'twins.csv' };
    const after: DataStep[] = [{ op: 'impute' }, { op: 'oneHot' }, { op: 'normalize' }];
    const steps: DataStep[] = [kind, { op: 'drop', columns: ['id', 'day'] }, { op: 'distinct' }, split, ...after];
    const { file } = await both(twins, ...steps);
    const kept = file.preview.samples;
    // Of 4 numbers or gaps, 4 colours and 400 shops.
    expect(kept.train + kept.validation + kept.test).toBeLessThanOrEqual(4 * 4 * 400);
    expect(kept.train + kept.validation + kept.test).toBeGreaterThan(4000);
    const { file: agreed } = await both(
      twins,
      kind,
      { op: 'drop', columns: ['id', 'day'] },
      { op: 'distinct', contrary: 'drop' },
      ...after,
    );
    expect(agreed.dataset.train.count).toBeLessThan(kept.train + kept.validation + kept.test);
    // Of a number to predict, of a computed column, and of what is left after a choice.
    await both(
      twins,
      { op: 'target', column: 'day', kind: 'number' },
      { op: 'replace', column: 'colour', values: { Red: 'red' } },
      { op: 'map', column: 'double', expression: 'size * 2' },
      { op: 'filter', column: 'id', min: 500 },
      { op: 'select', columns: ['colour', 'double', 'shop'] },
      { op: 'distinct', contrary: 'drop' },
      { op: 'withTest', data: { source: twins, steps: [{ op: 'filter', column: 'id', max: 300 }] } },
      { op: 'impute' },
      { op: 'oneHot' },
    );
    const { dataset } = await load(1e12, twins, steps);
    await alike(twins, steps, JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation);
    // A text among numbers is no twin of another: both are looked at, and the first is named.
    const strange = lines.map((_, row) => `${row % 9},${row % 2 ? 'a' : 'b'}`).toSpliced(700, 2, 'much,a', 'some,b');
    write('odd-twins.csv', ['size,kind', ...strange].join('\n'));
    const odd = fault(load(1, { format: 'csv', path: 'odd-twins.csv' }, [kind, { op: 'distinct', contrary: 'drop' }]));
    expect(await odd).toMatchObject({ code: 'data.notANumber', values: { value: 'much', line: 701 } });
  });

  it('is a series, its windows in the order of time, within groups and gaps', async () => {
    // Hours in any order, of three shops, some left out.
    const hours = Array.from({ length: 18_000 }, (_, row) => row).filter((row) => wave(row * 13) > 0.004);
    const mixed = hours.map((hour) => ({ hour, at: wave(hour * 17) })).sort((a, b) => a.at - b.at);
    const moment = (hour: number) => new Date(Date.UTC(2021, 0, 1, hour)).toISOString();
    const line = (hour: number, shop: string) =>
      `${moment(hour)},${hour},${shop},${(wave(hour) * 50).toFixed(2)},${hour % 97 === 5 ? '' : hour % 11}`;
    const shopOf = (hour: number) => ['north', 'south', 'east'][Math.floor(hour / 6000)];
    write('hours.csv', ['when,hour,shop,height,rain', ...mixed.map(({ hour }) => line(hour, shopOf(hour)))].join('\n'));
    write('in-order.csv', ['when,hour,shop,height,rain', ...hours.slice(0, 3000).map((hour) => line(hour, 'one'))].join('\n'));
    const shops: DataSource = { format: 'csv', path: 'hours.csv' };
    const ordered: DataSource = { format: 'csv', path: 'in-order.csv' };
    const height: DataStep = { op: 'target', column: 'height', kind: 'number' };
    const numbers: DataStep = { op: 'select', columns: ['height', 'rain'] };
    const after: DataStep[] = [{ op: 'impute' }, { op: 'normalize' }];
    const parts: DataStep = { op: 'split', validation: 0.2, test: 0.1 };
    const far: DataStep = { op: 'window', time: 'when', group: 'shop', length: 12, horizon: 3 };
    const { memory, file } = await both(shops, height, numbers, far, parts, ...after);
    expect(file.preview.series).toEqual(memory.preview.series);
    expect(file.preview.series!.gaps).toBeGreaterThan(20);
    const several: DataStep = { op: 'window', time: 'hour', length: 8, outputs: 4, stride: 3, gap: 3 };
    await both(shops, height, numbers, several, { ...parts, time: 'hour' }, ...after);
    const near: DataStep = { op: 'window', time: 'when', length: 5 };
    await both(shops, height, numbers, near, { op: 'kFold', folds: 3, fold: 1, group: 'shop' }, ...after);
    await both(shops, height, numbers, { op: 'window', group: 'shop', length: 5, stride: 9 }, parts, ...after);
    await both(
      ordered,
      { op: 'target', column: 'rain' },
      { op: 'filter', column: 'rain', missing: false },
      { op: 'select', columns: ['height', 'hour', 'rain'] },
      { op: 'window', time: 'when', length: 6 },
      { op: 'reshape', shape: [18] },
      { op: 'sampleWeight', column: 'hour' },
      {
        op: 'withTest',
        data: {
          source: shops,
          steps: [
            { op: 'filter', column: 'shop', oneOf: ['east'] },
            { op: 'filter', column: 'rain', missing: false },
          ],
        },
      },
      { op: 'normalize', columns: ['height', 'hour'] },
    );
    const steps: DataStep[] = [height, numbers, { op: 'window', time: 'when', length: 6, gap: '1 hours' }, ...after];
    const { dataset } = await load(1e12, ordered, steps);
    await alike(shops, steps, JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation);
    // Interpolated over time, every window is its own.
    const shape: DataStep[] = [
      { op: 'reshape', shape: [12, 2, 1] },
      { op: 'resize', size: [5, 2] },
    ];
    const resized: DataStep[] = [height, numbers, far, ...shape, ...after];
    const { memory: short, file: written } = await both(shops, ...resized, parts);
    expect([written.dataset.inputShape, written.dataset.train.windows]).toEqual([[5, 2, 1], undefined]);
    await alike(shops, resized, JSON.parse(JSON.stringify(preparationOf(short.dataset))) as Preparation);
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => name.includes('-rows'))).toEqual([]);

    const rain: DataStep[] = [
      { op: 'target', column: 'rain', kind: 'classes' },
      { op: 'filter', column: 'rain', missing: false },
    ];
    for (const wrong of [
      [height, { op: 'window', time: 'shop', length: 3 }],
      [height, near, { ...parts, stratify: true }],
      [height, near, { op: 'kFold', folds: 3, fold: 0 }],
      [...rain, { op: 'window', length: 3, outputs: 2 }],
      [height, { op: 'window', time: 'when', length: 9000 }],
      [height, { op: 'window', time: 'when', length: 3, gap: 'long' }],
    ] as DataStep[][]) {
      const chosen = [...wrong, numbers, ...after];
      const [kept, streamed] = [await fault(load(1e12, shops, chosen)), await fault(load(1, shops, chosen))];
      expect([streamed.code, streamed.at]).toEqual([kept.code, kept.at]);
    }
  });

  it('is done to what was fitted on other data', async () => {
    // Fewer classes and colours, other extremes: fitted anew, all would be other numbers.
    const later = rows.slice(2000, 4200).filter((row) => row.kind !== 'low' && row.colour !== 'green' && Number(row.size || 1) > 0.5);
    write('later.csv', csv(later.map((row) => ({ ...row, colour: row.colour === 'red' ? 'pink' : row.colour }))));
    const given: DataSource = { format: 'csv', path: 'later.csv' };
    const learned = async (...steps: DataStep[]) => {
      const { dataset } = await load(1e12, { format: 'csv', path: 'few.csv' }, steps);
      return JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;
    };
    const steps: DataStep[] = [
      kind,
      { op: 'map', column: 'ratio', expression: 'where(sound, size, 0) + weight / 2' },
      { op: 'replace', column: 'colour', values: { ' blue': 'red' } },
      { op: 'drop', columns: ['owner', 'day'] },
      { op: 'impute' },
      { op: 'log', columns: ['weight'] },
      { op: 'bucketize', columns: ['size'], buckets: 5 },
      { op: 'oneHot', columns: ['colour'] },
      { op: 'normalize' },
    ];
    const known = await learned(...steps);
    const { file } = await alike(given, steps, known);
    expect(file.dataset.classes).toEqual(['high', 'low', 'mid']);
    expect(file.dataset.features).toEqual(known.features);
    expect(preparationOf((await load(1, given, steps)).dataset).features).not.toEqual(known.features);
    // The same file and steps, fitted there and elsewhere, lie in two files.
    expect(file.dataset.train.stored!.file).not.toBe((await load(1, given, steps)).dataset.train.stored!.file);

    const several: DataStep[] = [
      { op: 'targets', columns: { which: 'kind', heavy: 'id' } },
      { op: 'inputs', columns: { numbers: ['size', 'sound'], words: ['colour'] } },
      { op: 'impute' },
      { op: 'ordinal', columns: ['colour'] },
      { op: 'normalize', method: 'minMax' },
    ];
    await alike(given, several, await learned(...several));
    const numbers: DataStep[] = [
      { op: 'target', column: 'id', kind: 'number' },
      { op: 'select', columns: ['size', 'sound', 'weight'] },
      { op: 'impute', value: 3 },
      { op: 'reshape', shape: [3, 1] },
      { op: 'split', validation: 0.25, seed: 4 },
    ];
    await alike(given, numbers, await learned(...numbers));
    // Words that look like numbers in one file are words all the same.
    write('coded.csv', ['size,colour,kind', ...later.map((row, index) => `${row.size || 1},${index % 2},${row.kind}`)].join('\n'));
    const words: DataStep[] = [kind, { op: 'select', columns: ['size', 'colour'] }, { op: 'impute' }, { op: 'oneHot' }];
    await alike({ format: 'csv', path: 'coded.csv' }, words, await learned(...words));

    // A text among numbers is wrong, not missing: it is not filled, whatever the model does about gaps.
    const strange = later.map((row, index) => (index % 90 === 7 ? { ...row, size: 'much', weight: 'Infinity' } : row));
    write('strange.csv', csv(strange));
    const odd: DataSource = { format: 'csv', path: 'strange.csv' };
    for (const own of [undefined, known])
      expect(await fault(load(1, odd, steps, own))).toMatchObject({ code: 'data.notANumber', values: { value: 'much', line: 8 } });
    expect(await fault(load(1e12, odd, steps, known))).toMatchObject({ code: 'data.notANumber', values: { value: 'much', line: 9 } });
    const unfilled: DataStep[] = [kind, { op: 'filter', column: 'size', missing: false }, { op: 'select', columns: ['size'] }];
    const plain = await learned(...unfilled);
    for (const most of [1, 1e12])
      expect(await fault(load(most, odd, unfilled, plain))).toMatchObject({ code: 'data.notANumber', values: { value: 'much' } });

    write('unknown.csv', csv([...later.slice(0, 700), { ...later[0], kind: 'other' }, ...later.slice(700)]));
    expect(await fault(load(1, { format: 'csv', path: 'unknown.csv' }, steps, known))).toMatchObject({
      code: 'data.unknownClass',
      values: { line: 701, value: 'other', names: 'high, low, mid' },
    });
    write(
      'lacking.csv',
      later
        .map(({ id, kind: one }) => `${id},${one}`)
        .toSpliced(0, 0, 'id,kind')
        .join('\n'),
    );
    const lacking = await fault(
      load(1, { format: 'csv', path: 'lacking.csv' }, [kind], await learned(kind, { op: 'select', columns: ['id', 'sound'] })),
    );
    expect(lacking.code).toMatch(/^data\.columnMissing/);
  });

  it('refuses a text among numbers when it is evaluated or predicted as when it is trained on, and fills gaps', async () => {
    const table = (odd: string, from = 0) =>
      ['size,kind', ...rows.slice(from, from + 60).map((row) => `${row.size},${row.kind}`), `${odd},low`].join('\n');
    write('sound.csv', table(''));
    for (const steps of [
      [kind, { op: 'impute' }, { op: 'normalize' }],
      [kind, { op: 'clip', columns: ['size'], min: 1 }, { op: 'impute' }],
      [kind, { op: 'impute' }, { op: 'bucketize', columns: ['size'], buckets: 3 }, { op: 'oneHot', columns: ['size'] }],
    ] as DataStep[][]) {
      const { dataset } = await load(1e12, { format: 'csv', path: 'sound.csv' }, steps);
      const known = JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;
      for (const [odd, code] of [
        ['much', 'data.notANumber'],
        ['', undefined],
        ['NA', undefined],
      ] as const) {
        write('evaluated.csv', table(odd, 60));
        const given: DataSource = { format: 'csv', path: 'evaluated.csv' };
        const parsed = () =>
          parseCsv({ path: 'evaluated.csv', bytes: Buffer.from(table(odd, 60)) }, { format: 'csv', path: 'evaluated.csv' }, '/');
        const prepare = async () => [...preparePieces(known, parsed())];
        for (const work of [
          () => load(1e12, given, steps, known),
          () => load(1, given, steps, known),
          prepare,
          () => load(1e12, given, steps),
          () => load(1, given, steps),
        ]) {
          const found = await work().then(
            () => undefined,
            (error: EpochbookError) => error,
          );
          expect([odd, found?.code, found?.values['column'], found?.values['value']]).toEqual([odd, code, code && 'size', code && 'much']);
        }
      }
    }
  });

  it('says where something is wrong', async () => {
    const lines = csv(rows.slice(0, 500)).split('\n');
    const broken = async (name: string, at: number, line: string, ...steps: DataStep[]) => {
      write(name, lines.toSpliced(at, 1, line).join('\n'));
      const error = await fault(load(1, { format: 'csv', path: name }, [kind, { op: 'select', columns: ['id', 'size'] }, ...steps]));
      return { code: error.code, ...error.values };
    };
    expect(await broken('odd.csv', 300, '299,much,1,red,o,2020-01-01,true,low', { op: 'impute' })).toMatchObject({
      code: 'data.notANumber',
      line: 300,
      column: 'size',
      value: 'much',
    });
    expect(await broken('gap.csv', 300, '')).toMatchObject({ code: 'data.missingValue', column: 'size', line: 8 });
    expect(await broken('ragged.csv', 300, '299,1,1,red')).toMatchObject({ code: 'data.raggedRow', line: 301, wanted: 8, found: 4 });
    const none: DataStep = { op: 'filter', column: 'size', min: 1e9 };
    expect(await broken('none.csv', 300, lines[300], none)).toMatchObject({ code: 'data.filteredAll' });
    const never: DataStep = { op: 'where', expression: 'size > 1e9' };
    expect(await broken('none.csv', 300, lines[300], never)).toMatchObject({ code: 'data.filteredAll', column: 'size > 1e9' });
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });

  it('keeps its rows in their order where it is read by several threads', async () => {
    const many = 250_000;
    const filling = 'of some length '.repeat(12);
    write('order.csv', `id,note,kind\n${Array.from({ length: many }, (_, row) => `${row},${filling},${row % 2 ? 'a' : 'b'}\n`).join('')}`);
    const duck = await DuckDBInstance.create(':memory:');
    const [from, to] = ['order.csv', 'order.parquet'].map((name) => join(folders.notebook, name));
    await (await duck.connect()).run(`COPY (FROM read_csv('${from}')) TO '${to}' (ROW_GROUP_SIZE 20480)`);
    duck.closeSync();
    for (const made of [
      { format: 'csv', path: 'order.csv' },
      { format: 'csv', path: 'order.csv', nulls: ['-1', '-2', '-3', '-4', '-5', '-6', '-7'] },
      { format: 'parquet', path: 'order.parquet' },
    ] as DataSource[]) {
      const { dataset } = await load(1, made, [kind, { op: 'select', columns: ['id'] }]);
      const ids = inputsOf(dataset.train);
      expect([ids.length, ids.findIndex((id, row) => id !== row)]).toEqual([many, -1]);
    }
  });

  it('is refused where there are more rows than the computer has memory for', () => {
    checkRows('rows.csv', 20_000_000, 1e9);
    const tooMany = () => checkRows('rows.csv', 200_000_000, 1e9);
    expect(tooMany).toThrow(
      expect.objectContaining({ code: 'data.rowsBeyondMemory', values: { path: 'rows.csv', rows: 200_000_000, gigabytes: 10 } }),
    );
  });

  it('can be stopped, and tells how far it is', async () => {
    const shares: number[] = [];
    const stop = new AbortController();
    const work = loadDataset({ source, steps: [kind, { op: 'oneHot' }, { op: 'drop', columns: ['owner', 'day'] }] }, folders, {
      mostInMemory: 1,
      signal: stop.signal,
      onProgress: (share) => {
        shares.push(share);
        if (share > 0.6) stop.abort(new Error('stopped'));
      },
    });
    await expect(work).rejects.toThrow('stopped');
    expect(shares.length).toBeGreaterThan(3);
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });
});

describe('texts on the disk', () => {
  const words = 'the a film was good bad Bad, never seen 猫和狗 naïve naïve e\u0301t\u00e9 🙂 longer-than-thirteen-letters don’t'.split(
    ' ',
  );
  const said = (row: number) =>
    Array.from({ length: Math.floor(wave(row * 3) ** 6 * 60) }, (_, place) => words[Math.floor(wave(row + place * 7) * words.length)]);
  const texts = Array.from({ length: count }, (_, row) => {
    const text = row % 97 === 3 ? '' : `${said(row).join(row % 5 ? ' ' : '\n ')} w${row % 3 ? row : row % 40}`;
    return row % 31 === 0 ? `  ${text}\u3000` : text;
  });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const reviews: DataSource = { format: 'csv', path: 'reviews.csv' };
  const text = { op: 'tokenize', column: 'text' } as const;
  beforeAll(() => {
    write('reviews.csv', ['text,day,kind', ...texts.map((text, row) => `${quoted(text)},${rows[row].day},${rows[row].kind}`)].join('\n'));
    const judged = texts.slice(0, 900).map((text, row) => JSON.stringify({ text, kind: rows[row].kind }));
    write('reviews.ndjson', judged.join('\n'));
    write('judged.csv', ['kind,text', ...texts.slice(50, 700).map((text, row) => `${rows[row].kind},${quoted(text)}`)].join('\n'));
  });

  it('are cut into the tokens of the training part alone', async () => {
    for (const step of [
      { ...text, vocabulary: 200 },
      { ...text, by: 'characters', length: 30, padding: 'pre' },
      { ...text, by: 'bytePairs', vocabulary: 300, lowercase: true },
    ] as const) {
      const { memory, file } = await both(reviews, kind, split, step);
      expect(file.dataset.text).toEqual(memory.dataset.text);
      expect(file.preview.text).toEqual(memory.preview.text);
      expect(file.preview.text!.samples).toHaveLength(8);
    }
  });

  it('are chosen by, replaced, compared, and of other files', async () => {
    await both(
      reviews,
      { op: 'replace', column: 'text', values: { [texts[5].trim()]: 'another text' } },
      { op: 'filter', column: 'text', missing: false, noneOf: [texts[8].trim()] },
      { op: 'target', column: 'kind' },
      { op: 'distinct' },
      { op: 'split', validation: 0.2, time: 'day' },
      { op: 'withTest', data: { source: { format: 'csv', path: 'judged.csv' }, steps: [{ op: 'take', count: 400 }] } },
      text,
    );
    const many: DataStep[] = [kind, text, { op: 'sampleWeight', column: 'text' }];
    expect((await fault(load(1, reviews, many))).code).toBe((await fault(load(1e12, reviews, many))).code);
    await both({ format: 'json', path: 'reviews.ndjson' }, kind, { op: 'kFold', folds: 3, fold: 1, seed: 4 }, text);
    const { dataset } = await load(1e12, reviews, [kind, split, text]);
    const known = JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;
    await alike({ format: 'csv', path: 'judged.csv' }, [kind, split, text], known);

    write('silent.csv', `text,kind\n${'"",low\n"",high\n'.repeat(50)}`);
    const silent = await fault(load(1, { format: 'csv', path: 'silent.csv' }, [kind, text]));
    expect([silent.code, silent.at]).toEqual(['data.noTokens', '/data/steps/1']);
    const stop = new AbortController();
    const onProgress = (share: number) => share > 0.75 && stop.abort(new Error('stopped'));
    const options = { mostInMemory: 1, signal: stop.signal, onProgress };
    await expect(loadDataset({ source: reviews, steps: [kind, text] }, folders, options)).rejects.toThrow('stopped');
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });
});

describe('a folder of texts on the disk', () => {
  const words = 'one two three Four four 五六 e\u0301t\u00e9 🙂 end.'.split(' ');
  const textOf = (index: number) => {
    if (index % 37 === 5) return ['', ' ', '  led by spaces\n', 'NA', '12', 'a\0b\u3000'][index % 6];
    return Array.from(
      { length: Math.floor(wave(index) * 40) },
      (_, place) => words[Math.floor(wave(index * 41 + place) * words.length)],
    ).join(' ');
  };
  const nameOf = (index: number) =>
    `${['ham', 'spam', '10'][index % 3]}/${index % 2 ? 'deep/' : ''}${index}.txt${index % 7 === 1 ? '.gz' : ''}`;
  const files = Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [nameOf(index), index % 7 === 1 ? gzipSync(textOf(index)) : textOf(index)] as const),
  );
  beforeAll(() => {
    for (const [name, content] of Object.entries(files)) write(`mails/${name}`, content);
    write('mails/readme.txt', 'of no class');
    write('mails.zip', zipOf(Object.fromEntries(Object.entries(files).map(([name, content]) => [`all/${name}`, content]))));
  });

  it.each(['mails', 'mails.zip/all'])('is read some files at a time: %s', async (path) => {
    const mails: DataSource = { format: 'textFolder', path };
    const label: DataStep = { op: 'target', column: 'label', kind: 'classes' };
    for (const step of [{}, { by: 'characters', length: 20, padding: 'pre' }, { by: 'bytePairs', vocabulary: 120 }] as const) {
      const { memory, file } = await both(mails, label, split, { op: 'tokenize', column: 'text', ...step });
      expect(file.dataset).toMatchObject({ text: memory.dataset.text, hash: memory.dataset.hash, classes: ['10', 'ham', 'spam'] });
      expect(file.preview.text).toEqual(memory.preview.text);
    }
    const { memory } = await both(
      mails,
      label,
      { op: 'filter', column: 'label', noneOf: ['ham'] },
      { op: 'filter', column: 'text', missing: false },
      { op: 'distinct' },
      { op: 'split', validation: 0.3, stratify: true, seed: 4 },
      { op: 'withTest', data: { source: { format: 'textFolder', path: 'mails' }, steps: [{ op: 'take', count: 90 }] } },
      { op: 'tokenize' },
    );
    const known = JSON.parse(JSON.stringify(preparationOf(memory.dataset))) as Preparation;
    await alike(mails, [label, { op: 'filter', column: 'label', noneOf: ['ham'] }, { op: 'tokenize' }], known);
  });

  it('says which file cannot be read', async () => {
    for (const [name, content] of Object.entries({ 'a/1.txt': 'well', 'b/2.txt': Uint8Array.of(0x61, 0x0a, 0xe4, 0xb8, 0x80, 0xff) }))
      write(`odd/${name}`, content);
    const odd: DataSource = { format: 'textFolder', path: 'odd' };
    const steps: DataStep[] = [{ op: 'target', column: 'label' }, { op: 'tokenize' }];
    for (const most of [1, 1e12])
      expect(await fault(load(most, odd, steps))).toMatchObject({
        code: 'data.encoding',
        at: '/data/source/path',
        where: { file: 'odd/b/2.txt', line: 2 },
      });
    expect((await fault(load(1, { ...odd, path: 'odd/a' }, steps))).code).toBe('data.noTexts');
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });
});

describe('a running text on the disk', () => {
  const words = 'The night was ΣΟΦΟΣ dark, e\u0301t\u00e9 五六 🙂 and stormy’s end; ΣΟΦΟΣ.'.split(' ');
  const proseOf = (count: number, lines: number, end = '\r\n') =>
    Array.from({ length: count }, (_, index) => `${words[Math.floor(wave(index) * words.length)]}${index % 11 ? '' : index % 4000}`).reduce(
      (text, word, index) => text + (index === 0 ? '' : index % lines === 0 ? end : index % 13 ? ' ' : '  ') + word,
      '',
    );
  const tale: DataSource = { format: 'text', path: 'tale.txt' };

  it('is cut into the same samples some megabytes at a time', async () => {
    write('tale.txt', proseOf(150_000, 19));
    write('tale-wide.txt', Buffer.from(`\ufeff${proseOf(40_000, 23, '\n')}`, 'utf16le'));
    // Without line ends, and then without spaces, too.
    write('tale.zip', zipOf({ 'in/line.txt.gz': gzipSync(proseOf(120_000, Infinity)) }));
    write('more.txt', proseOf(3000, 7));
    const parts: DataStep = { op: 'split', validation: 0.2, test: 0.1 };
    const more = (op: 'withTest' | 'withValidation'): DataStep => ({
      op,
      data: { source: { format: 'text', path: 'more.txt' }, steps: [] },
    });
    for (const [path, ...steps] of [
      ['tale.txt', { op: 'tokenize', length: 12, stride: 5 }, parts],
      ['tale.txt', { op: 'tokenize', by: 'words', length: 9, vocabulary: 3000 }, { op: 'split', validation: 5000 }, more('withTest')],
      ['tale.zip/in/line.txt.gz', { op: 'tokenize', by: 'bytePairs', vocabulary: 200, length: 20, stride: 7 }, parts],
      ['tale-wide.txt', more('withValidation')],
    ] as [string, ...DataStep[]][]) {
      const { memory, file } = await both({ ...tale, path }, ...steps);
      expect(file.dataset).toMatchObject({ hash: memory.dataset.hash, text: memory.dataset.text });
      expect(file.preview.text).toEqual(memory.preview.text);
      expect(file.preview.samples).toEqual(memory.preview.samples);
    }
    const { dataset } = await load(1e12, tale, [{ op: 'tokenize', by: 'words', vocabulary: 50 }, parts]);
    const known = JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;
    await alike({ ...tale, path: 'more.txt' }, [{ op: 'tokenize', by: 'words', vocabulary: 50 }], known);
  });

  it('says where it is of another encoding, or too short', async () => {
    const bytes = Buffer.from(proseOf(220_000, 20, '\n'));
    const line = bytes.subarray(0, 1_100_001).toString('latin1').split('\n').length;
    bytes[1_100_000] = 0xff;
    write('odd.txt', bytes);
    for (const most of [1, 1e12]) {
      const error = await fault(load(most, { ...tale, path: 'odd.txt' }, []));
      expect(error).toMatchObject({ code: 'data.encoding', at: '/data/source/path', where: { file: 'odd.txt', line } });
      const told = await fault(load(most, { ...tale, path: 'odd.txt', encoding: 'utf-8' }, []));
      expect(told).toMatchObject({ code: 'data.encodingTold', where: { line } });
      const short = await fault(
        load(most, tale, [
          { op: 'tokenize', length: 100_000 },
          { op: 'split', validation: 60_000 },
        ]),
      );
      expect(short).toMatchObject({ code: 'data.textShort', at: '/data/steps/1', values: { part: 'validation', length: 100_000 } });
    }
    // Of no more than ASCII for longer than what is looked at first.
    const late = Buffer.concat([Buffer.from('and so it went on\n'.repeat(240_000)), gbk('朱红的字，“靛蓝”的纸。\n'.repeat(20))]);
    write('late.txt', late);
    await both({ ...tale, path: 'late.txt' }, { op: 'tokenize', stride: 5000 });
    const western = Buffer.from('caf\u00e9 au lait, s\u00e9rieux\n'.repeat(50_000), 'latin1');
    write('west.txt', western);
    await both({ ...tale, path: 'west.txt' });
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });
});

describe('a vocabulary of more words than are counted in memory', () => {
  it.each([
    { by: 'words', lowercase: true, vocabulary: 700 },
    { by: 'words', lowercase: false, vocabulary: 1e6 },
    { by: 'bytePairs', lowercase: false, vocabulary: 400 },
    { by: 'characters', lowercase: false, vocabulary: Infinity },
  ] as const)('is the same: $by, $vocabulary', async ({ vocabulary, ...settings }) => {
    // Among them signs whose order is another by their code points.
    const texts = Array.from({ length: 900 }, (_, row) =>
      Array.from(
        { length: 9 },
        (__, place) => `${['w', '\ufb01', '🙂', 'é'][place % 4]}x${Math.floor(wave(row * 9 + place) ** 3 * 2000)}`,
      ).join(' '),
    );
    const streamed = await fitStreamed(Readable.from(texts), vocabulary, settings, folders, 200);
    expect(streamed).toEqual(fitTokenizer(texts, vocabulary, settings));
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
  });
});

describe('a column that names the rows', () => {
  const many = 60_000;
  it.each([
    ['numbers in turn', (row: number) => String(row + 1000)],
    ['numbers by its name', (row: number) => String((row * 7919) % 1_000_003)],
  ])('is found among %s', async (_, make) => {
    const lines = Array.from({ length: many }, (__, row) => `${make(row)},${wave(row)},${row % 2 ? 'x' : 'z'}`);
    write('ids.csv', ['patient_id,size,kind', ...lines].join('\n'));
    const { preview } = await load(1, { format: 'csv', path: 'ids.csv' }, [kind, { op: 'normalize' }, split]);
    expect(preview.streamed).toBeDefined();
    expect(preview.findings.map(({ code, fix }) => [code, fix])).toEqual([
      ['data.idColumn', { do: 'addStep', step: ".drop('patient_id')" }],
    ]);
  });

  it('is no set of categories to make a column each of, on the disk as in memory', async () => {
    const lines = Array.from({ length: many }, (_, row) => `row-${row},${wave(row)},${row % 2 ? 'x' : 'z'}`);
    write('names.csv', ['name,size,kind', ...lines].join('\n'));
    for (const most of [1, 2 ** 32]) {
      const error = await fault(load(most, { format: 'csv', path: 'names.csv' }, [kind, { op: 'oneHot' }, split]));
      expect([error.code, error.at, error.values['column']]).toEqual(['data.oneHotTooWide', '/data/steps/1', 'name']);
    }
  });
});
