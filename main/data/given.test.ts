/** Files that are given to a trained model become what it has learnt from. */
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import Database from 'better-sqlite3';
import { DuckDBInstance } from '@duckdb/node-api';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Dataset, Preparation } from '#contract/samples.ts';
import type { DataSource, DataSpec, DataStep } from '#contract/spec.ts';
import { parseCsv, type TextTable } from './csv.ts';
import { csvPieces } from './csv-pieces.ts';
import { type GivenSamples, givenSamples } from './given.ts';
import { givenSpec } from './given-source.ts';
import { loadDataset } from './load.ts';
import { preparationOf } from './preparation.ts';
import { seriesPieces } from './series-pieces.ts';
import { endTokens } from './stream/large-running.ts';
import { gbk } from './testing/gbk.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';
import { compressedArchive } from './testing/numpy-files.ts';
import { zipOf } from './testing/zip-files.ts';

const { write, load, folders } = makeWorkspace();
/** As it comes back from the file that is kept with a run. */
const kept = (dataset: Dataset) => JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;

async function trained(source: DataSource, ...steps: DataStep[]): Promise<{ dataset: Dataset; data: DataSpec; preparation: Preparation }> {
  const { dataset } = await load(source, ...steps);
  return { dataset, data: { source, steps }, preparation: kept(dataset) };
}

async function all(pieces: AsyncIterable<GivenSamples>) {
  const found: GivenSamples[] = [];
  for await (const piece of pieces) found.push(piece);
  return {
    inputs: found.flatMap(({ inputs }) => [...inputs]),
    places: found.flatMap(({ places }) => [...places]),
    findings: found.flatMap(({ findings }) => findings),
    paths: found.map(({ path }) => path),
  };
}

const given = (...paths: string[]) => ({ paths, folder: folders.notebook });

describe('tables', () => {
  const colours = ['red', 'green', 'blue'];
  const rows = Array.from({ length: 40 }, (_, row) => [row, row % 9 === 4 ? '' : (row * 7) % 13, colours[row % 3], row % 2 ? 'u' : 'v']);
  write('train.csv', ['a,b,colour,y', ...rows.map((row) => row.join(','))].join('\n'));
  const steps: DataStep[] = [
    { op: 'target', column: 'y' },
    { op: 'replace', column: 'colour', values: { blue: 'green', green: 'red' } },
    { op: 'map', column: 'ratio', expression: 'a / 3' },
    { op: 'impute' },
    { op: 'oneHot' },
    { op: 'normalize' },
    { op: 'split', validation: 0.25, seed: 1 },
  ];
  const source = { format: 'csv', path: 'train.csv' } as const;
  /** The inputs of every row in the order of the file. */
  const inOrder = ({ train, validation, inputShape: [width] }: Dataset) => {
    const inputs: number[] = [];
    for (const part of [train, validation!])
      part.rows.forEach((row, index) =>
        part.inputs.subarray(index * width, (index + 1) * width).forEach((value, place) => (inputs[row * width + place] = value)),
      );
    return inputs;
  };

  it('are prepared alike from any kind of table, in any order of columns, without the target', async () => {
    const { dataset, data, preparation } = await trained(source, ...steps);
    const wanted = inOrder(dataset);
    write('later.tsv', ['colour\tb\ta', ...rows.map(([a, b, colour]) => [colour, b, a].join('\t'))].join('\n'));
    write('later.json', JSON.stringify(rows.map(([a, b, colour]) => ({ a, b: b === '' ? null : b, colour }))));
    const duck = await (await DuckDBInstance.create(':memory:')).connect();
    const [tsv, parquet] = ['later.tsv', 'later.parquet'].map((name) => join(folders.notebook, name));
    await duck.run(`COPY (FROM read_csv('${tsv}', all_varchar = true)) TO '${parquet}' (FORMAT parquet)`);
    for (const path of ['later.tsv', 'later.json', 'later.parquet']) {
      const { inputs, places, findings } = await all(givenSamples(preparation, data, given(path), folders.workspace));
      expect(inputs).toEqual(wanted);
      expect(places).toEqual(rows.map((_, row) => row + (path === 'later.tsv' ? 2 : 1)));
      expect(findings).toEqual([]);
    }
  });

  it('with the target are a part of their own, classes numbered as in training', async () => {
    const { dataset, data, preparation } = await trained(source, ...steps);
    write('labelled.csv', ['y,colour,b,a', ...rows.slice(5, 9).map(([a, b, colour]) => ['v', colour, b, a].join(','))].join('\n'));
    const { spec, folders: where } = givenSpec(data, given('labelled.csv'), folders.workspace);
    const { dataset: later } = await loadDataset(spec, where, { known: preparation });
    const [width] = dataset.inputShape;
    expect([...later.train.inputs]).toEqual(inOrder(dataset).slice(5 * width, 9 * width));
    // `v` alone would be the first class.
    expect([...later.train.targets]).toEqual([1, 1, 1, 1]);
    write('odd.csv', 'a,b,colour,y\n1,2,red,u\n1,2,red,w\n');
    const odd = givenSpec(data, given('odd.csv'), folders.workspace);
    expect(await fault(loadDataset(odd.spec, odd.folders, { known: preparation }))).toMatchObject({
      code: 'data.unknownClass',
      values: { line: 3, value: 'w', names: 'u, v' },
      where: { line: 3 },
    });
  });

  it('say what the model does not know and what is wrong, at its line', async () => {
    const { data, preparation } = await trained(source, ...steps);
    write('pink.csv', 'a,b,colour\n1,2,red\n1,2,pink\n3,,pink\n');
    const { findings, inputs } = await all(givenSamples(preparation, data, given('pink.csv'), folders.workspace));
    expect(findings).toMatchObject([{ code: 'data.unknownCategory', values: { line: 3, column: 'colour', value: 'pink', count: 2 } }]);
    expect(inputs).toHaveLength(3 * 5);
    write('lacks.csv', 'a,colour\n1,red\n');
    expect(await fault(all(givenSamples(preparation, data, given('lacks.csv'), folders.workspace)))).toMatchObject({
      code: 'data.columnMissingNear',
      values: { column: 'b', path: 'lacks.csv' },
      where: { file: 'lacks.csv' },
    });
    write('words.csv', 'a,b,colour\n1,2,red\nx,2,red\n');
    expect(await fault(all(givenSamples(preparation, data, given('words.csv'), folders.workspace)))).toMatchObject({
      code: 'data.notANumber',
      values: { column: 'a', value: 'x' },
      where: { line: 3 },
    });
    write('picture.png', 'no table');
    expect(await fault(all(givenSamples(preparation, data, given('train.csv', 'picture.png'), folders.workspace)))).toMatchObject({
      code: 'data.givenKind',
    });
  });

  it('are read some bytes at a time, cut between rows', async () => {
    const lines = Array.from({ length: 200 }, (_, row) =>
      row % 7 === 3 ? `${row},"two\nlines, and ""quotes""",x` : `${row},word ${row},y`,
    );
    const text = `a,b,c\n${lines.join('\n')}\n\n`;
    write('long.csv', text);
    write('long.csv.gz', gzipSync(text));
    const source = { format: 'csv', path: 'long.csv' } as const;
    const whole = parseCsv({ path: 'long.csv', bytes: Buffer.from(text) }, source, '/');
    write('long-wide.csv', Buffer.from(`\uFEFF${text}`, 'utf16le'));
    write('long-wide.csv.gz', gzipSync(Buffer.from(text, 'utf16le').swap16()));
    for (const path of ['long.csv', 'long.csv.gz', 'long-wide.csv', 'long-wide.csv.gz']) {
      const pieces: TextTable[] = [];
      for await (const piece of csvPieces({ ...source, path }, folders, 1)) pieces.push(piece);
      expect(whole.columns.map((_, column) => pieces.flatMap(({ columns }) => columns[column]))).toEqual(whole.columns);
      expect(pieces.flatMap(({ lines: each }) => each)).toEqual(whole.lines);
      expect(pieces.flatMap(({ rows: each }) => [...each])).toEqual([...whole.rows]);
    }
    write('long.zip', zipOf({ 'long.csv': text, 'long.csv.gz': gzipSync(text) }));
    for (const path of ['long.zip/long.csv', 'long.zip/long.csv.gz']) {
      let count = 0;
      for await (const piece of csvPieces({ ...source, path }, folders, 1)) count += piece.lines.length;
      expect([path, count]).toEqual([path, 200]);
    }
    // Longer than what is read at once, so that it is cut.
    const many = Array.from({ length: 120_000 }, (_, row) => `${row},1.5`);
    write('many.csv', `a,b\n${many.join('\n')}\n`);
    write('ragged.csv', `a,b\n${many.join('\n')}\n7\n`);
    let [count, last, number] = [0, 0, 0];
    for await (const { lines: each, columns } of csvPieces({ format: 'csv', path: 'many.csv' }, folders, 1 << 20)) {
      count += each.length;
      last = each.at(-1)!;
      expect(columns[0][0]).toBe(String(count - each.length));
      number += 1;
    }
    expect([count, last]).toEqual([120_000, 120_001]);
    expect(number).toBeGreaterThan(1);
    const ragged = async () => {
      for await (const _ of csvPieces({ format: 'csv', path: 'ragged.csv' }, folders, 1 << 20));
    };
    expect(await fault(ragged())).toMatchObject({ code: 'data.raggedRow', values: { line: 120_002 }, where: { line: 120_002 } });
  });
});

it('files of any format that are not held give what they give in memory, windows and the end of a text too', async () => {
  const n = Array.from({ length: 20_000 }, (_, row) => (row * 7919) % 20_000);
  const x = n.map((t) => (t * 5) % 11);
  write('waves.csv', ['t,x', ...n.map((t, row) => `${t},${x[row]}`)].join('\n'));
  write('waves.arrow', tableToIPC(tableFromArrays({ t: Float64Array.from(n), x: Float64Array.from(x) }), 'file'));
  const database = new Database(join(folders.notebook, 'waves.sqlite'));
  database.exec('CREATE TABLE waves (t REAL, x REAL)');
  const insert = database.prepare('INSERT INTO waves VALUES (?, ?)');
  database.transaction(() => n.forEach((t, row) => insert.run(t, x[row])))();
  database.close();
  const steps: DataStep[] = [{ op: 'target', column: 'x' }];
  const series = await trained({ format: 'csv', path: 'waves.csv' }, ...steps, { op: 'window', length: 4, time: 't' });
  const single = await trained({ format: 'csv', path: 'waves.csv' }, ...steps);
  const none = { bytes: 1, cells: 1 };
  for (const { preparation, data } of [series, single])
    for (const path of ['waves.csv', 'waves.arrow', 'waves.sqlite']) {
      const memory = await all(givenSamples(preparation, data, given(path), folders.workspace));
      const pieces = await all(givenSamples(preparation, data, given(path), folders.workspace, none));
      expect([path, memory.places.length]).toEqual([path, preparation.series ? n.length - 3 : n.length]);
      // One by one they would be as many assertions as there are values.
      expect(Buffer.from(Float32Array.from(pieces.inputs).buffer).equals(Buffer.from(Float32Array.from(memory.inputs).buffer))).toBe(true);
      expect(pieces.places.join()).toBe(memory.places.join());
    }

  const words = 'one two three four five six seven'.split(' ');
  const story = Array.from({ length: 60_000 }, (_, word) => words[(word * word) % 7] + (word % 11 === 0 ? '\r\n' : ' ')).join('');
  write('story.txt', story);
  write('story.txt.gz', gzipSync(story.repeat(10)));
  for (const by of ['words', 'characters', 'bytePairs'] as const) {
    const { preparation, data } = await trained({ format: 'text', path: 'story.txt' }, { op: 'tokenize', by, length: 20, vocabulary: 60 });
    for (const path of ['story.txt', 'story.txt.gz']) {
      const memory = await all(givenSamples(preparation, data, given(path), folders.workspace));
      expect((await all(givenSamples(preparation, data, given(path), folders.workspace, none))).inputs).toEqual(memory.inputs);
    }
    // Of so little at first that more must be looked at.
    const found = await endTokens('story.txt', preparation.text!, { folders, end: 'last', least: 1 });
    expect(Array.from(found).slice(-20)).toEqual(
      (await all(givenSamples(preparation, data, given('story.txt'), folders.workspace))).inputs,
    );
  }

  // One text of a model of texts in a column: its first tokens, or its last.
  write(
    'texts.csv',
    ['text,label', ...Array.from({ length: 60 }, (_, row) => `${words[row % 7]} ${words[(row * 3) % 7]},${row % 2 ? 'a' : 'b'}`)].join(
      '\n',
    ),
  );
  for (const more of [{ padding: 'post' }, { padding: 'pre' }, { by: 'bytePairs', length: 25 }] as const) {
    const { preparation, data } = await trained(
      { format: 'csv', path: 'texts.csv' },
      { op: 'target', column: 'label' },
      { op: 'tokenize', column: 'text', length: 9, ...more },
    );
    for (const path of ['story.txt', 'story.txt.gz']) {
      const memory = await all(givenSamples(preparation, data, given(path), folders.workspace));
      expect(memory.inputs.some((token) => token > 1)).toBe(true);
      expect((await all(givenSamples(preparation, data, given(path), folders.workspace, none))).inputs).toEqual(memory.inputs);
      const end = preparation.text!.padding === 'pre' ? 'last' : 'first';
      const found = Array.from(await endTokens(path, preparation.text!, { folders, end, least: 1 }));
      const { length } = preparation.text!;
      expect(end === 'last' ? found.slice(-length) : found.slice(0, length)).toEqual(memory.inputs);
    }
  }
});

it('a text in another encoding is read where that shows late', async () => {
  const plain = Array.from({ length: 120_000 }, (_, row) => `${row},red`);
  write('late.csv', gbk(`n,colour\n${plain.join('\n')}\n1,朱红\n2,“靛蓝”\n`));
  const colours: string[] = [];
  for await (const { columns } of csvPieces({ format: 'csv', path: 'late.csv' }, folders, 1 << 18)) colours.push(...columns[1].slice(-2));
  expect(colours.slice(-2)).toEqual(['朱红', '“靛蓝”']);
  const read = async (more: object) => {
    for await (const _ of csvPieces({ format: 'csv', path: 'late.csv', ...more }, folders, 1 << 18));
  };
  const told = await fault(read({ encoding: 'utf-8' }));
  expect(told).toMatchObject({ code: 'data.encodingTold', values: { line: 120_002 } });
  expect(JSON.parse(String(told.values['choices']))).toContain('gbk');
  // Found in one piece, it is not that of a later one.
  write('late.csv', Buffer.concat([gbk(`n,colour\n1,朱红\n${plain.join('\n')}\n`), Buffer.from('2,\xff\xff\n', 'latin1')]));
  expect(await fault(read({}))).toMatchObject({ code: 'data.encoding', values: { line: 120_003 } });
});

it('windows over more rows than are held are the same as over rows in memory', async () => {
  const series = { length: 5, horizon: 1, outputs: 1, group: 'site', time: 't', gap: 1 };
  const line = (row: number) => `${['b', 'a', 'c'][row % 3]},${Math.floor(row / 3)},${(row * 7) % 13},${'z'.repeat(100)}`;
  const lines = Array.from({ length: 30_000 }, (_, row) => line(row));
  const inTurn = [0, 1, 2].flatMap((site) => lines.filter((_, row) => row % 3 === site));
  const samplesOf = async (most: number, path: string) => {
    const rows: string[] = [];
    let largest = 0;
    for await (const { table, carried } of seriesPieces(
      () => csvPieces({ format: 'csv', path }, folders, 1 << 14),
      series,
      folders,
      most,
    )) {
      largest = Math.max(largest, table.lines.length);
      for (let row = carried; row < table.lines.length; row += 1)
        rows.push([...table.columns.map((column) => column[row]), table.lines[row], table.rows[row]].join());
      // What was there before comes again, as far as a window goes back.
      expect(carried).toBe(rows.length === table.lines.length ? 0 : series.length - 1);
    }
    return { rows, largest };
  };
  for (const [path, body] of Object.entries({ 'mixed.csv': lines, 'turned.csv': lines.toReversed(), 'in-turn.csv': inTurn })) {
    write(path, ['site,t,x,note', ...body].join('\n'));
    const [memory, pieces] = [await samplesOf(Infinity, path), await samplesOf(1, path)];
    expect(memory.largest).toBe(lines.length);
    expect(pieces.largest).toBeLessThan(lines.length / 2);
    expect(pieces.rows).toEqual(memory.rows);
  }
  expect(readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => name.includes('.spill'))).toEqual([]);
});

it('windows follow the order of time, one for each row with enough before it', async () => {
  const value = (row: number) => (row * 5) % 11;
  write('series.csv', ['t,x', ...Array.from({ length: 30 }, (_, row) => `${row},${value(row)}`)].join('\n'));
  const { data, preparation } = await trained(
    { format: 'csv', path: 'series.csv' },
    { op: 'target', column: 'x' },
    { op: 'window', length: 3, time: 't' },
    { op: 'split', validation: 0.2 },
  );
  write('turned.csv', ['t,x', ...[4, 3, 2, 1, 0].map((row) => `${row},${value(row)}`)].join('\n'));
  const { inputs, places } = await all(givenSamples(preparation, data, given('turned.csv'), folders.workspace));
  expect(inputs).toEqual([0, 1, 2, 1, 2, 3, 2, 3, 4].map(value));
  expect(places).toEqual([4, 3, 2]);
});

it('windows cross no gap and no border between series, and are made some at a time', async () => {
  const stamp = (hour: number) => new Date(Date.UTC(2024, 0, 1, hour)).toISOString();
  const rowsOf = (name: string, hours: readonly number[]) => hours.map((hour) => `${name},${stamp(hour)},${hour % 24}`);
  const upTo = (last: number) => Array.from({ length: last }, (_, hour) => hour);
  write('hours.csv', ['site,t,x', ...rowsOf('a', upTo(40)), ...rowsOf('b', upTo(40))].join('\n'));
  const { data, preparation } = await trained(
    { format: 'csv', path: 'hours.csv' },
    { op: 'target', column: 'x' },
    { op: 'window', length: 3, time: 't', group: 'site' },
    { op: 'split', validation: 0.25 },
  );
  expect(preparation.series).toMatchObject({ time: 't', group: 'site', gap: 5400 });
  const body = [...rowsOf('b', [7, 8, 9, 12, 13]), ...rowsOf('a', [1, 2, 3, 4, 9, 10, 11])];
  write('later.csv', ['site,t,x', ...body].join('\n'));
  const { inputs, places } = await all(givenSamples(preparation, data, given('later.csv'), folders.workspace));
  expect(places).toEqual([4, 9, 10, 13]);
  expect(inputs).toEqual([7, 8, 9, 1, 2, 3, 2, 3, 4, 9, 10, 11]);
  // Runs of before do not say what a gap is.
  const { gap: _, ...before } = preparation.series!;
  expect((await all(givenSamples({ ...preparation, series: before }, data, given('later.csv'), folders.workspace))).places).toHaveLength(8);
  // Evaluated, what is a gap was found in training: these lie farther apart than any there.
  const evaluated = (name: string) => {
    const { spec, folders: at } = givenSpec(data, given(name), folders.workspace);
    return loadDataset(spec, at, { known: preparation });
  };
  write('both.csv', ['site,t,x', ...rowsOf('a', [0, 1, 2, 3, 6, 7, 8, 9, 12, 14, 16, 18])].join('\n'));
  expect([...(await evaluated('both.csv')).dataset.train.rows]).toEqual([3, 7]);
  write(
    'wide.csv',
    [
      'site,t,x',
      ...rowsOf(
        'a',
        upTo(12).map((hour) => hour * 3),
      ),
    ].join('\n'),
  );
  expect(await fault(evaluated('wide.csv'))).toMatchObject({ code: 'data.windowNone', values: { longest: 1 } });
  expect(await fault(all(givenSamples(preparation, data, given('wide.csv'), folders.workspace)))).toMatchObject({
    code: 'data.givenWindow',
    values: { length: 3, longest: 1 },
  });

  const long = Array.from({ length: 9000 }, (_, row) => `${row},${(row * 13) % 997}`);
  write('long.csv', ['t,x', ...long].join('\n'));
  const many = await trained(
    { format: 'csv', path: 'long.csv' },
    { op: 'target', column: 'x' },
    { op: 'window', length: 600, time: 't' },
    { op: 'split', validation: 0.2 },
  );
  let [count, pieces] = [0, 0];
  for await (const piece of givenSamples(many.preparation, many.data, given('long.csv'), folders.workspace)) {
    const first = piece.places[0] - 2;
    expect(piece.inputs[599]).toBe((first * 13) % 997);
    expect(piece.inputs.length).toBe(piece.count * 600);
    count += piece.count;
    pieces += 1;
  }
  expect([count, pieces]).toEqual([8401, 2]);
});

describe('pictures and arrays', () => {
  const png = (value: number, width = 4) =>
    sharp(Buffer.alloc(width * 3, value), { raw: { width, height: 3, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();

  it('pictures are decoded as in training; a folder stands for those in it', async () => {
    for (const [label, value] of [
      ['dark', 10],
      ['light', 200],
    ] as const)
      for (let index = 0; index < 3; index++) write(`pictures/${label}/${index}.png`, await png(value + index));
    const { data, preparation } = await trained({ format: 'imageFolder', path: 'pictures' }, { op: 'normalize' });
    write('new/2.png', await png(12));
    write('new/10.png', await png(201));
    const { inputs, paths } = await all(givenSamples(preparation, data, given('new'), folders.workspace));
    expect(paths).toEqual(['new/2.png', 'new/10.png']);
    const [step] = preparation.arraySteps!;
    if (step.op !== 'normalize') throw new Error('a normalize step was to be kept');
    const wanted = (value: number) => Math.fround((Math.fround(value / 255) - step.offset[0]) / step.scale[0]);
    expect(inputs[0]).toBeCloseTo(wanted(12), 5);
    expect(inputs[12]).toBeCloseTo(wanted(201), 5);
    write('wide.png', await png(12, 5));
    expect(await fault(all(givenSamples(preparation, data, given('wide.png'), folders.workspace)))).toMatchObject({
      code: 'data.givenShape',
      values: { found: '3 × 5 × 1', wanted: '3 × 4 × 1' },
      where: { file: 'wide.png' },
    });
    write('broken.png', (await png(12)).subarray(0, 60));
    expect(await fault(all(givenSamples(preparation, data, given('broken.png'), folders.workspace)))).toMatchObject({
      code: 'data.pictureDamaged',
    });
  });

  it('arrays of NumPy are taken whole or as one sample, and fractions are not scaled twice', async () => {
    write('set.npz', compressedArchive);
    const { dataset, data, preparation } = await trained({ format: 'npz', path: 'set.npz' });
    const { inputs, places } = await all(givenSamples(preparation, data, given('set.npz'), folders.workspace));
    expect(inputs).toEqual([...dataset.train.inputs]);
    expect(places).toEqual(Array.from({ length: 12 }, (_, row) => row + 1));
    const npy = (type: string, shape: string, values: Buffer) => {
      const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
      return Buffer.concat([
        Buffer.from('\u0093NUMPY\u0001\u0000', 'latin1'),
        Buffer.from([header.length, 0]),
        Buffer.from(header),
        values,
      ]);
    };
    write('one.npy', npy('|u1', '(2, 2)', Buffer.from([51, 0, 255, 0])));
    expect((await all(givenSamples(preparation, data, given('one.npy'), folders.workspace))).inputs).toEqual(
      [51, 0, 255, 0].map((value) => Math.fround(value / 255)),
    );
    write('scaled.npy', npy('<f4', '(1, 2, 2)', Buffer.from(Float32Array.of(0.5, 0, 1, 0).buffer)));
    expect(await fault(all(givenSamples(preparation, data, given('scaled.npy'), folders.workspace)))).toMatchObject({
      code: 'data.givenScale',
    });
    // Larger than memory, they are read some at a time, to the same numbers.
    const bytes = Buffer.from(Uint8Array.from({ length: 5000 * 4 }, (_, index) => (index * 7) % 251));
    const shorts = Buffer.from(Int16Array.from({ length: 5000 * 4 }, (_, index) => (index * 7) % 999).buffer);
    write('many.npy', npy('|u1', '(5000, 2, 2)', bytes));
    write('many.npy.gz', gzipSync(npy('|u1', '(5000, 2, 2)', bytes)));
    write('shorts.npy', npy('<i2', '(5000, 2, 2)', shorts));
    const idx = Buffer.from([0, 0, 8, 3, 0, 0, 0x13, 0x88, 0, 0, 0, 2, 0, 0, 0, 2]);
    write('many.idx', Buffer.concat([idx, bytes]));
    const small: DataSpec = { ...data, steps: [...data.steps, { op: 'memory', megabytes: 0.001 }] };
    const archive = { 'x.npy': npy('<i2', '(5000, 2, 2)', shorts), 'y.npy': npy('|u1', '(5000,)', Buffer.alloc(5000)) };
    write('many.npz', zipOf(archive));
    write('plain.npz', zipOf(archive, { plain: true }));
    write('many.npz.gz', gzipSync(zipOf(archive)));
    for (const name of ['many.npy', 'many.npy.gz', 'shorts.npy', 'many.idx', 'many.npz', 'plain.npz', 'many.npz.gz']) {
      const wanted = await all(givenSamples(preparation, data, given(name), folders.workspace));
      const found = await all(givenSamples(preparation, small, given(name), folders.workspace));
      expect([name, found.inputs.length, found.inputs.every((value, index) => value === wanted.inputs[index])]).toEqual([
        name,
        20_000,
        true,
      ]);
      expect(found.places).toEqual(wanted.places);
    }
    const unpacked = readdirSync(join(folders.workspace, '.epochbook/cache/samples'));
    // Of those that are brought into files the last three are kept.
    expect(unpacked).toHaveLength(3);
    const two = { format: 'npz', path: 'plain.npz', inputs: { a: 'x', b: 'w' }, targets: 'y' } as const;
    write(
      'plain.npz',
      zipOf({ ...archive, 'w.npy': npy('<f4', '(5000, 1)', Buffer.from(new Float32Array(5000).fill(0.5).buffer)) }, { plain: true }),
    );
    const several = await trained({ ...two, kind: 'number' });
    const wanted = await all(givenSamples(several.preparation, several.data, given('plain.npz'), folders.workspace));
    const limited: DataSpec = { ...several.data, steps: [{ op: 'memory', megabytes: 0.001 }] };
    const found = await all(givenSamples(several.preparation, limited, given('plain.npz'), folders.workspace));
    expect([wanted.inputs.length, found.inputs.every((value, index) => value === wanted.inputs[index])]).toEqual([25_000, true]);
    expect(found.places).toEqual(wanted.places);
    write('fractions.npy', npy('<f4', '(5000, 2, 2)', Buffer.from(new Float32Array(20_000).fill(0.5).buffer)));
    expect(await fault(all(givenSamples(preparation, small, given('fractions.npy'), folders.workspace)))).toMatchObject({
      code: 'data.givenScale',
    });
    write('long.npy', npy('|u1', '(1, 5)', Buffer.alloc(5)));
    expect(await fault(all(givenSamples(preparation, data, given('long.npy'), folders.workspace)))).toMatchObject({
      code: 'data.givenShape',
      values: { found: '1 × 5', wanted: '2 × 2 × 1' },
    });
  });
});

it('texts are samples, and a running text is asked what follows its end', async () => {
  for (const [label, word] of [
    ['good', 'fine'],
    ['bad', 'poor'],
  ] as const)
    for (let index = 0; index < 3; index++) write(`texts/${label}/${index}.txt`, `${word} thing ${index}`);
  const folder = await trained({ format: 'textFolder', path: 'texts' }, { op: 'tokenize', length: 4 });
  write('letter.txt', 'fine thing, unheard of');
  const { inputs } = await all(givenSamples(folder.preparation, folder.data, given('letter.txt'), folders.workspace));
  const { tokens } = folder.preparation.text!;
  expect(inputs.map((token) => tokens[token])).toEqual(['fine', 'thing', '\uFFFD', '\uFFFD']);

  write('run.txt', 'abcabcabcabcabcabcabc');
  const running = await trained({ format: 'text', path: 'run.txt' }, { op: 'tokenize', length: 3 });
  write('start.txt', 'cabca');
  const next = await all(givenSamples(running.preparation, running.data, given('start.txt'), folders.workspace));
  expect(next.inputs.map((token) => running.preparation.text!.tokens[token]).join('')).toBe('bca');
  write('short.txt', 'ca');
  expect(await fault(all(givenSamples(running.preparation, running.data, given('short.txt'), folders.workspace)))).toMatchObject({
    code: 'data.givenShort',
  });
});
