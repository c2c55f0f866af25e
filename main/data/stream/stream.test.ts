/** Tables that are not held in memory give the same samples as those that are, to the bit. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import Database from 'better-sqlite3';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Part, Preparation } from '#contract/samples.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { loadDataset, type LoadedData } from '../load.ts';
import { preparationOf } from '../preparation.ts';
import { fault, makeWorkspace } from '../testing/workspace.ts';

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
  if (!stored) return part.inputs;
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
    expect(file.preview.streamed?.samples).toBeLessThanOrEqual(20_000);
    expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => !name.endsWith('.samples'))).toEqual([]);
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
    // Interpolated over time, every window is its own: that is done in memory.
    const shape: DataStep[] = [
      { op: 'window', length: 8 },
      { op: 'reshape', shape: [8, 2, 1] },
      { op: 'resize', size: [4, 2] },
    ];
    expect((await load(1, ordered, [height, numbers, ...shape, ...after])).dataset.train.stored).toBeUndefined();

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

    // A text among numbers is what a row that is predicted may say: the model is told what a gap is.
    const strange = later.map((row, index) => (index % 90 === 7 ? { ...row, size: 'much', weight: 'Infinity' } : row));
    write('strange.csv', csv(strange));
    const odd: DataSource = { format: 'csv', path: 'strange.csv' };
    await alike(odd, steps, known);
    expect(await fault(load(1, odd, steps))).toMatchObject({ code: 'data.notANumber', values: { value: 'much', line: 8 } });
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
