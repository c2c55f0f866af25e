/** Files that something has happened to, drawn by a seed; each must be read rightly or refused with a reason and a place. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { EpochbookError } from '#contract/errors.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressedArchive } from './numpy-files.ts';
import type { TestWorkspace } from './workspace.ts';
import { zipOf } from './zip-files.ts';

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

/** Of 64-bit floats. */
function npyOf(shape: readonly number[], valueAt: (index: number) => number): Buffer {
  const says = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  const head = Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, says.length, 0]), Buffer.from(says)]);
  const values = Float64Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => valueAt(index));
  return Buffer.concat([head, Buffer.from(values.buffer)]);
}

const seriesText = `day,size,kind\n${Array.from({ length: rowCount }, (_, row) => `2024-01-${String(row + 1).padStart(2, '0')},${row + 0.5},k${row % 2}`).join('\n')}\n`;

/** One thing that happens to files. */
export const accidents: Readonly<Record<string, (bytes: Buffer, draw: (below: number) => number) => Buffer>> = {
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
  'another encoding': (bytes, draw) =>
    Buffer.from(bytes.toString('utf8').replaceAll('colour', ['größe', '颜色', 'colòr'][draw(3)]), draw(2) ? 'latin1' : 'utf16le'),
  'a value gone odd': (bytes, draw) => {
    const text = bytes.toString('latin1');
    const odd = ['NaN', 'inf', '-', '1e400', '0x10', '٣', '1,5', ''][draw(8)];
    return Buffer.from(
      text.replaceAll('.5', (found) => (draw(12) === 0 ? odd : found)),
      'latin1',
    );
  },
  'a bomb': (bytes, draw) =>
    bytes.subarray(0, 2).toString('latin1') === 'PK'
      ? zipOf({ 't.csv': { packed: bomb, size: [bytes.length, bombBytes, 2 ** 31][draw(3)] } })
      : Buffer.concat([gzipSync(bytes), gzipSync(Buffer.alloc(bombBytes, draw(2) * 0x2c))]),
  'counts wrong': (bytes, draw) => {
    const changed = Buffer.from(bytes);
    // Where formats keep their counts: near the beginning, and near the end.
    const at = Math.max(0, draw(2) ? draw(64) : bytes.length - 4 - draw(120));
    if (at + 4 <= bytes.length) changed.writeUInt32LE([0, 1, 255, 65_536, 2 ** 31 - 1, 2 ** 32 - 1][draw(6)], at);
    return changed;
  },
  'ten thousand columns': (bytes, draw) => {
    const lines = bytes.toString('latin1').split('\n');
    const filled = wideText.replaceAll(/c\d+/g, ['1', '', 'x', 'NaN'][draw(4)]);
    const most = draw(4) === 0 ? draw(lines.length) : lines.length;
    return Buffer.from(
      lines.map((line, index) => (line === '' || index > most ? line : line + (index === 0 ? wideText : filled))).join('\n'),
      'latin1',
    );
  },
  'a field more': (bytes, draw) => {
    const lines = bytes.toString('latin1').split('\n');
    lines[draw(lines.length)] += ',x';
    return Buffer.from(lines.join('\n'), 'latin1');
  },
};

/** Unpacks to a thousand times its size. */
const bombBytes = 4 * 2 ** 20;
const bomb = deflateRawSync(Buffer.alloc(bombBytes));
const wideText = Array.from({ length: 10_000 }, (_, column) => `,c${column}`).join('');

const target: DataStep = { op: 'target', column: 'kind' };
const rows = Array.from({ length: rowCount }, (_, row) => ({ size: row + 0.5, colour: `c${row % 3}`, kind: `k${row % 2}` }));

interface Kind {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly source: DataSource;
  readonly steps: readonly DataStep[];
}
export type Kinds = Readonly<Record<string, Kind>>;

/** Sound files of every format. */
export async function soundFiles({ folders }: TestWorkspace): Promise<Kinds> {
  const table = tableFromArrays({
    size: Float64Array.from(rows, ({ size }) => size),
    colour: rows.map(({ colour }) => colour),
    kind: rows.map(({ kind }) => kind),
  });
  const database = new Database(':memory:');
  database.exec('CREATE TABLE t (size REAL, colour TEXT, kind TEXT)');
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?)');
  for (const { size, colour, kind } of rows) insert.run(size, colour, kind);
  const sqlite = database.serialize();
  database.close();
  const parquet = join(folders.notebook, 'sound.parquet');
  const duck = await DuckDBInstance.create(':memory:');
  const connection = await duck.connect();
  await connection.run(
    `COPY (SELECT i + 0.5 AS size, 'c' || i % 3 AS colour, 'k' || i % 2 AS kind FROM range(${rowCount}) t(i)) TO '${parquet}'`,
  );
  const kinds = join(folders.notebook, 'kinds.parquet');
  await connection.run(`COPY (SELECT 'k' || i AS kind, i AS grade FROM range(2) t(i)) TO '${kinds}'`);
  duck.closeSync();
  const picture = (red: number) =>
    sharp({ create: { width: 6, height: 6, channels: 3, background: { r: red, g: 90, b: 20 } } })
      .png()
      .toBuffer();
  const ofTable = [target, { op: 'oneHot' }] as const;
  const spec = (source: DataSource, files: Record<string, Buffer>, steps: readonly DataStep[] = ofTable): Kind => ({
    source,
    files,
    steps,
  });
  const text = Buffer.from(csv());
  return {
    csv: spec({ format: 'csv', path: 'a.csv' }, { 'a.csv': text }),
    json: spec({ format: 'json', path: 'a.json' }, { 'a.json': Buffer.from(json) }),
    idx: spec({ format: 'idx', images: 'images', labels: 'labels' }, { images: idx([rowCount, 2, 2]), labels: idx([rowCount]) }, []),
    npz: spec({ format: 'npz', path: 'a.npz' }, { 'a.npz': compressedArchive }, []),
    zip: spec({ format: 'csv', path: 'a.zip/t.csv' }, { 'a.zip': zipOf({ 't.csv': text }) }),
    parquet: spec({ format: 'parquet', path: 'a.parquet' }, { 'a.parquet': readFileSync(parquet) }),
    arrow: spec({ format: 'arrow', path: 'a.arrow' }, { 'a.arrow': Buffer.from(tableToIPC(table, 'file')) }),
    sqlite: spec({ format: 'sqlite', path: 'a.sqlite' }, { 'a.sqlite': sqlite }),
    pictures: spec(
      { format: 'imageFolder', path: 'pictures' },
      { 'pictures/a/1.png': await picture(1), 'pictures/a/2.png': await picture(50), 'pictures/b/1.png': await picture(200) },
      [],
    ),
    ndjson: spec({ format: 'json', path: 'a.ndjson' }, { 'a.ndjson': Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')) }),
    npy: spec(
      { format: 'npy', inputs: 'x.npy', targets: 'y.npy' },
      { 'x.npy': npyOf([rowCount, 3], (index) => index / 8), 'y.npy': npyOf([rowCount], (index) => index % 2) },
      [],
    ),
    labelled: spec(
      { format: 'imageFolder', path: 'flat', labels: 'labels.csv' },
      {
        'labels.csv': Buffer.from('file,kind\n1.png,k0\n2.png,k1\n3.webp,k0\n'),
        'flat/1.png': await picture(1),
        'flat/2.png': await picture(50),
        'flat/3.webp': await sharp(await picture(90))
          .webp()
          .toBuffer(),
      },
      [],
    ),
    texts: spec(
      { format: 'textFolder', path: 'texts' },
      { 'texts/a/1.txt': Buffer.from('one two three'), 'texts/b/1.txt': Buffer.from('four five, six') },
      [{ op: 'tokenize', by: 'bytePairs', vocabulary: 40, length: 6 }],
    ),
    series: spec({ format: 'csv', path: 's.csv' }, { 's.csv': Buffer.from(seriesText) }, [
      { op: 'target', column: 'size' },
      { op: 'window', length: 3, time: 'day' },
      { op: 'impute' },
      { op: 'oneHot' },
    ]),
    sql: spec(
      { format: 'sql', query: 'SELECT t.* FROM t JOIN u USING (kind)', tables: { t: 'a.csv', u: 'b.parquet' } },
      { 'a.csv': text, 'b.parquet': readFileSync(kinds) },
    ),
    text: spec({ format: 'text', path: 'a.txt' }, { 'a.txt': Buffer.from(csv()) }, [{ op: 'tokenize', length: 8 }]),
  };
}

/** Strikes one file and reads it; tells what is wrong with how that went, undefined where nothing is. */
export async function strike(
  { write, load, folders }: TestWorkspace,
  kinds: Kinds,
  kind: string,
  accident: string,
  draw: (below: number) => number,
): Promise<string | undefined> {
  const { files, source, steps } = kinds[kind];
  const names = Object.keys(files);
  const struck = names[draw(names.length)];
  for (const name of names) write(name, name === struck ? accidents[accident](files[name], draw) : files[name]);
  let read: Awaited<ReturnType<typeof load>>;
  try {
    read = await load(source, ...steps);
  } catch (error) {
    // Anything else than an error with a place would be a crash.
    if (!(error instanceof EpochbookError)) return `${kind}, ${accident}: ${String(error)}`;
    const isTold = error.code.startsWith('data.') && error.at?.startsWith('/data/') && !/undefined|\[object|internal/.test(error.message);
    return isTold ? undefined : `${kind}, ${accident}: ${error.code} at ${error.at ?? 'no place'}: ${error.message}`;
  }
  const { dataset, preview } = read;
  const wrong = (what: string) => `${kind}, ${accident}: ${what}`;
  const size = dataset.inputShape.reduce((product, one) => product * one, 1);
  if (!dataset.train.inputs.every(Number.isFinite)) return wrong('a value that is no number');
  const { inputs, windows, count } = dataset.train;
  const isWhole = windows
    ? windows.size === size && windows.starts.length === count && windows.starts.every((start) => start + size <= inputs.length)
    : inputs.length === count * size;
  if (!isWhole) return wrong('a wrong number of values');
  // No row is lost: there are as many as what was read says.
  const expected = rowsTold(kind, accident, readFileSync(join(folders.notebook, struck)));
  const found = preview.table?.totalRows;
  if (expected !== undefined && found !== undefined && found !== expected) return wrong(`${expected} rows, of which ${found} were read`);
  // The archive has checksums: what is read of it is what was written.
  if (kind === 'npz' && accident !== 'a piece twice') {
    const expected = Array.from({ length: 48 }, (_, value) => Math.fround(value / 255));
    if (dataset.train.inputs.some((value, index) => value !== expected[index])) return wrong('other values');
  }
  return undefined;
}

/** Rows that a struck file still tells of by another way of counting; undefined where that is not known. */
function rowsTold(kind: string, accident: string, bytes: Buffer): number | undefined {
  if (accident === 'gzipped' || accident === 'zeros added') return kind === 'texts' ? 2 : rowCount;
  if (kind === 'zip' || kind === 'parquet' || kind === 'arrow') return accident === 'a bomb' ? undefined : rowCount;
  const isText = kind === 'csv' || kind === 'series' || kind === 'ndjson';
  if (!isText || accident === 'a bomb' || accident === 'UTF-16' || accident === 'another encoding') return undefined;
  const lines = bytes
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  // A quote that is not closed on its line makes one row of several.
  if (lines.some((line) => (line.match(/"/g)?.length ?? 0) % 2 === 1)) return undefined;
  return kind === 'ndjson' ? lines.length : lines.length - 1;
}

/** A draw for a case of its own. */
export const drawsFor = (kind: string, accident: string, seed: number) =>
  draws(Buffer.from(`${kind} ${accident} ${seed}`).reduce((sum, byte) => (sum * 31 + byte) | 0, 7));
