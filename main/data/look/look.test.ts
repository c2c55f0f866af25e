import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ColumnProfile, LookPage, LookSelection, LookSeries, OpenedLook, PicturePage, SeriesAsk } from '#contract/look.ts';
import type { DataSpec, DataStep } from '#contract/spec.ts';
import { gbk } from '../testing/gbk.ts';
import { fault, makeWorkspace } from '../testing/workspace.ts';
import { npyOf } from '../testing/numpy-files.ts';
import { zipOf } from '../testing/zip-files.ts';
import type { TableSource } from '../duck-tables.ts';
import { createLooker, type LookAsk } from './look.ts';
import { type LookTable, openTable } from './source.ts';

const { folders, write } = makeWorkspace();
const looker = createLooker();
const at = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)));
const clothes = '../../../resources/samples/clothes/t10k';

/** Asks of data, as the workbench does. */
function about(data: DataSpec) {
  const base = { data, folders, cache: join(folders.workspace, 'copy') };
  const ask = (question: Record<string, unknown>) => looker.ask({ ...base, ...question } as LookAsk, () => {});
  return {
    open: () => ask({ kind: 'open' }) as Promise<OpenedLook>,
    rows: (selection: LookSelection, offset = 0, limit = 5) => ask({ kind: 'rows', selection, offset, limit }) as Promise<LookPage>,
    profile: async (columns: string[], selection: LookSelection = { filters: [] }) =>
      ((await ask({ kind: 'profile', columns, selection })) as { columns: ColumnProfile[] }).columns,
    series: (question: SeriesAsk) => ask({ kind: 'series', ...question }) as Promise<LookSeries>,
    pictures: (question: object) => ask({ kind: 'pictures', offset: 0, limit: 10, ...question }) as Promise<PicturePage>,
  };
}

write('iris.csv', at('../testing/iris.csv'));
const iris = about({ source: { format: 'csv', path: 'iris.csv' }, steps: [{ op: 'target', column: 'species' }] });

describe('a delimited text', () => {
  const rowsOf = async (name: string, content: string | Buffer, more: object = {}) => {
    write(name, content);
    const looked = about({ source: { format: 'csv', path: name, ...more }, steps: [] });
    const { table } = await looked.open();
    return { names: table?.columns.map(({ name: column, type }) => `${column}: ${type}`), rows: table?.firstRows };
  };

  it('keeps its rows in their order where several threads read it, and what is missing in any words', async () => {
    const many = 250_000;
    const filling = 'of some length '.repeat(12);
    const lines = Array.from(
      { length: many },
      (_, row) => `${row},${row % 5 ? filling : 'n/a'},${row % 7 ? row / 8 : ''},${row % 3 ? 'true' : ''}`,
    );
    const ordered = async (name: string, odd: string) => {
      write(name, ['id,note,size,sold', ...lines.with(200_000, odd)].join('\n'));
      const looked = about({ source: { format: 'csv', path: name }, steps: [] });
      const types = (await looked.open()).table?.columns.map(({ type }) => type);
      const pages = await Promise.all([0, 120_000, 200_000, many - 5].map((from) => looked.rows({ filters: [] }, from)));
      for (const { offset, cells } of pages) expect(cells.map(([id]) => id)).toEqual([0, 1, 2, 3, 4].map((row) => offset + row));
      const missing = (await looked.profile(['id', 'note', 'size', 'sold'])).map((column) => column.missing);
      return { types, missing, odd: pages[2].cells[0] };
    };
    const types = ['number', 'text', 'number', 'logical'];
    expect(await ordered('order.csv', '200000,of words,1,true')).toEqual({
      types,
      missing: [0, 49_999, 35_715, 83_334],
      odd: [200_000, 'of words', 1, true],
    });
    // Late, a number is missing in words.
    expect(await ordered('order-na.csv', '200000,-,NaN,None')).toEqual({
      types,
      missing: [0, 50_000, 35_716, 83_335],
      odd: [200_000, null, null, null],
    });
  });

  // Few rows, all of which the types are told from, and many.
  it.each([150, 10])('is shown as it is read for training where its encoding shows later than the first look reaches, %i', async (long) => {
    const line = `${'of no more than ASCII '.repeat(long)},1\n`;
    const late = gbk('朱红,2\n“靛蓝”,3\n');
    const bytes = Buffer.concat([Buffer.from(`colour,n\n${line.repeat(Math.ceil((65 * 2 ** 20) / line.length))}`), late]);
    write('late.csv.gz', gzipSync(bytes, { level: 1 }));
    const looked = about({ source: { format: 'csv', path: 'late.csv.gz' }, steps: [] });
    await looked.open();
    const { total } = await looked.rows({ filters: [] });
    expect((await looked.rows({ filters: [] }, total - 2)).cells).toEqual([
      ['朱红', 2],
      ['“靛蓝”', 3],
    ]);
  });

  it('is shown as it is read for training', async () => {
    const latin = Buffer.from('prénom;prix\nZoë;1,5\nRené;2\n', 'latin1');
    expect(await rowsOf('latin.csv', latin)).toEqual({
      names: ['prénom: text', 'prix: number'],
      rows: [
        ['Zoë', 1.5],
        ['René', 2],
      ],
    });
    expect((await rowsOf('bare.csv', '5.1,setosa\n4.9,setosa\n')).names).toEqual(['column1: number', 'column2: text']);
    const told = await rowsOf('told.csv', "# made\na,b\n-9,'x, y'\n4,z\n", { comment: '#', quote: "'", nulls: ['-9'] });
    expect(told).toEqual({
      names: ['a: number', 'b: text'],
      rows: [
        [null, 'x, y'],
        [4, 'z'],
      ],
    });
  });
});

describe('a table', () => {
  it('shows its columns and first rows before it is copied', async () => {
    const { table, target } = await iris.open();
    expect(target).toBe('species');
    expect(table?.columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'sepal length: number',
      'sepal width: number',
      'petal length: number',
      'petal width: number',
      'species: text',
    ]);
    expect(table?.firstRows[0]).toEqual([5.1, 3.5, 1.4, 0.2, 'setosa']);
  });

  it('gives any page, sorted and filtered, with the rows’ own numbers', async () => {
    expect(await iris.rows({ filters: [] }, 148)).toMatchObject({ total: 150, offset: 148, rows: [148, 149] });
    const sorted = await iris.rows({ filters: [], order: { column: 'sepal length', descending: true } }, 0, 2);
    expect(sorted.rows).toEqual([131, 117]);
    expect(sorted.cells.map(([length]) => length)).toEqual([7.9, 7.7]);
    const filters: LookSelection['filters'] = [
      { is: 'equal', column: 'species', value: 'virginica' },
      { is: 'between', column: 'petal length', from: 6.5, to: 6.9, closed: true },
    ];
    expect((await iris.rows({ filters })).cells.map((row) => row[2])).toEqual([6.6, 6.7, 6.9, 6.7]);
    expect((await iris.rows({ filters: [{ is: 'rows', rows: [142, 101] }] })).rows).toEqual([101, 142]);
    expect((await iris.rows({ filters: [{ is: 'containing', column: 'species', text: 'COLOR' }] })).total).toBe(50);
  });

  it('profiles its columns as they are known to be', async () => {
    const [length, species] = await iris.profile(['petal length', 'species']);
    expect(length).toMatchObject({ rows: 150, missing: 0, distinct: 43, estimated: false });
    expect(length.numbers?.mean).toBeCloseTo(3.758, 3);
    expect(length.numbers?.deviation).toBeCloseTo(1.7594, 4);
    expect(length.numbers?.quantiles).toEqual([1.3, 1.6, 4.35, 5.1, expect.closeTo(6.1, 6)]);
    expect(length.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(150);
    // F = 1180 of the analysis of variance gives η² = 0.9414.
    expect(length.withTarget?.measure).toBe('correlationRatio');
    expect((length.withTarget?.value ?? 0) ** 2).toBeCloseTo(0.9414, 3);
    expect(species.top).toEqual(['setosa', 'versicolor', 'virginica'].map((value) => ({ value, count: 50 })));
  });

  it('profiles what a filter leaves, counts gaps, and tells dates and infinities apart', async () => {
    write('odd.csv', 'n,when,flag,word\n1,2024-01-02,true,a\nNA,2024-03-04,false,a\ninf,2024-02-03,true,b\n3,,true,?\n');
    const odd = about({ source: { format: 'csv', path: 'odd.csv' }, steps: [{ op: 'target', column: 'flag' }] });
    const [n, when, flag, word] = await odd.profile(['n', 'when', 'flag', 'word']);
    expect(n).toMatchObject({ missing: 1, numbers: { min: 1, max: 3, mean: 2, notFinite: 1 } });
    expect(when).toMatchObject({ type: 'time', missing: 1, range: { from: '2024-01-02', to: '2024-03-04' } });
    expect(flag).toMatchObject({ type: 'logical', distinct: 2 });
    expect(word).toMatchObject({
      missing: 1,
      top: [
        { value: 'a', count: 2 },
        { value: 'b', count: 1 },
      ],
    });
    const [rest] = await odd.profile(['word'], { filters: [{ is: 'missing', column: 'when' }] });
    expect(rest).toMatchObject({ rows: 1, missing: 1 });
  });

  it('says times of a zone as they are shown first, and finds them so', async () => {
    write('zoned.csv', 'at,x\n2024-01-02T03:04:05Z,1\n2024-01-02T05:00:00+01:00,2\n2024-01-02T03:04:05Z,3\n');
    const zoned = about({ source: { format: 'csv', path: 'zoned.csv' }, steps: [] });
    const { table } = await zoned.open();
    expect(table?.firstRows.map(([at]) => at)).toEqual(['2024-01-02 03:04:05', '2024-01-02 04:00:00', '2024-01-02 03:04:05']);
    const { cells } = await zoned.rows({ filters: [{ is: 'equal', column: 'at', value: '2024-01-02 03:04:05' }] });
    expect(cells).toEqual([
      ['2024-01-02 03:04:05', 1],
      ['2024-01-02 03:04:05', 3],
    ]);
    const [at] = await zoned.profile(['at']);
    expect([at.range, at.top?.[0]]).toEqual([
      { from: '2024-01-02 03:04:05', to: '2024-01-02 04:00:00' },
      { value: '2024-01-02 03:04:05', count: 2 },
    ]);
  });

  it('keeps the database to the file: a query cannot read another one', async () => {
    write('other.csv', 'secret\n42\n');
    const outside = join(folders.notebook, 'other.csv');
    const sql = about({ source: { format: 'sql', query: `FROM read_csv('${outside}')`, tables: { iris: 'iris.csv' } }, steps: [] });
    expect(await fault(sql.open())).toMatchObject({ code: 'data.sql' });
    const good = about({
      source: { format: 'sql', query: 'SELECT species, count(*) AS n FROM iris GROUP BY 1', tables: { iris: 'iris.csv' } },
      steps: [],
    });
    expect((await good.rows({ filters: [], order: { column: 'species', descending: false } })).cells[0]).toEqual(['setosa', 50]);
  });

  it('copies a large table to the disk and takes the copy away', async () => {
    const line = 'abcdefghijklmnopqrstuvwxyz,1.25,7\n';
    write('large.csv', `text,a,b\n${line.repeat(2_100_000)}`);
    const large = about({ source: { format: 'csv', path: 'large.csv' }, steps: [] });
    expect(await large.rows({ filters: [] }, 2_099_999)).toMatchObject({ total: 2_100_000, rows: [2_099_999] });
    const [a] = await large.profile(['a']);
    expect(a).toMatchObject({ estimated: true, distinct: 1, numbers: { mean: 1.25 } });
    await iris.open();
    expect(existsSync(join(folders.workspace, 'copy'))).toBe(false);
  });
});

describe('what the database cannot read by itself', () => {
  const rows = [
    { size: 1.5, kind: '科隆', day: '2024-01-02', fine: true, code: '9007199254740993' },
    { size: null, kind: '北京', day: '2024-02-03', fine: false, code: '9007199254740995' },
  ];
  const text = `size,kind,day,fine,code\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`;
  const arrow = tableFromArrays({
    size: [1.5, null],
    kind: rows.map(({ kind }) => kind),
    day: rows.map(({ day }) => day),
    fine: [true, false],
    code: rows.map(({ code }) => code),
  });
  const database = new Database(':memory:');
  database.exec(
    'CREATE TABLE a (size REAL, kind TEXT, day TEXT, fine TEXT, code TEXT); CREATE TABLE b (x INTEGER); INSERT INTO b VALUES (7)',
  );
  for (const { size, kind, day, fine, code } of rows)
    database.prepare('INSERT INTO a VALUES (?, ?, ?, ?, ?)').run(size, kind, day, String(fine), code);
  write('a.arrow', tableToIPC(arrow, 'file'));
  write('a.sqlite', database.serialize());
  const gbk: Readonly<Record<string, string>> = { 科隆: 'bfc6c2a1', 北京: 'b1b1bea9' };
  write('gbk.csv', Buffer.concat(text.split(/(科隆|北京)/).map((part) => (gbk[part] ? Buffer.from(gbk[part], 'hex') : Buffer.from(part)))));
  write(
    'all.zip',
    zipOf({ 'a.csv': text, 'a.ndjson': rows.map((row) => JSON.stringify(row)).join('\n'), 'a.sqlite': database.serialize() }),
  );
  write('a.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'));

  it.each<DataSpec['source']>([
    { format: 'arrow', path: 'a.arrow' },
    { format: 'sqlite', path: 'a.sqlite', table: 'a' },
    { format: 'sqlite', path: 'all.zip/a.sqlite', table: 'a' },
    { format: 'csv', path: 'gbk.csv' },
    { format: 'csv', path: 'all.zip/a.csv' },
    { format: 'json', path: 'all.zip/a.ndjson' },
    { format: 'json', path: 'a.ndjson' },
    { format: 'sql', query: 'FROM t', tables: { t: 'a.arrow' } },
    { format: 'sql', query: 'FROM t', tables: { t: 'a.sqlite/a' } },
    { format: 'sql', query: 'FROM t', tables: { t: 'gbk.csv' } },
    { format: 'sql', query: 'FROM t', tables: { t: 'all.zip/a.csv' } },
  ])('$format: $path$tables.t is shown, typed, sorted and profiled', async (source) => {
    const looked = about({ source, steps: [{ op: 'target', column: 'kind' }] });
    const { table } = await looked.open();
    expect(table?.columns.map(({ name, type }) => `${name}: ${type}`).slice(0, 4)).toEqual([
      'size: number',
      'kind: text',
      'day: time',
      'fine: logical',
    ]);
    const { cells } = await looked.rows({ filters: [], order: { column: 'day', descending: true } });
    expect(cells.map((row) => row.slice(0, 2))).toEqual([
      [null, '北京'],
      [1.5, '科隆'],
    ]);
    // No digit is lost.
    expect(cells.map((row) => String(row[4]))).toEqual(['9007199254740995', '9007199254740993']);
    expect((await looked.profile(['size']))[0]).toMatchObject({ rows: 2, missing: 1, distinct: 1 });
  });

  it('is read some rows at a time where it is large, its first rows before the others', async () => {
    const lines = Array.from({ length: 9000 }, (_, row) => ({ n: row < 8500 ? row : row + 0.5, day: '2024-01-02', word: `w${row % 7} é` }));
    const many = new Database(':memory:');
    many.exec('CREATE TABLE a (n, day TEXT, word TEXT)');
    const insert = many.prepare('INSERT INTO a VALUES (?, ?, ?)');
    many.transaction(() => lines.forEach(({ n, day, word }) => insert.run(n, day, word)))();
    const columnOf = (name: 'n' | 'day' | 'word') => lines.map((line) => line[name]);
    write('many.sqlite', many.serialize());
    write('many.zip', zipOf({ 'many.sqlite': many.serialize() }));
    write('many.arrow', tableToIPC(tableFromArrays({ n: columnOf('n'), day: columnOf('day'), word: columnOf('word') }), 'file'));
    write('many.txt', `${columnOf('word').join('\r\n')}\n`);
    write('wide.txt', Buffer.from(`\ufeff${columnOf('word').join('\n')}`, 'utf16le'));
    lines.slice(0, 100).forEach(({ word }, row) => write(`texts/${row % 2 ? 'odd' : 'even'}/${row}.txt`, word));
    const sources: TableSource[] = [
      { format: 'sqlite', path: 'many.sqlite' },
      { format: 'sqlite', path: 'many.zip/many.sqlite', table: 'a' },
      { format: 'arrow', path: 'many.arrow' },
      { format: 'text', path: 'many.txt' },
      { format: 'text', path: 'wide.txt' },
      { format: 'textFolder', path: 'texts' },
      { format: 'sql', query: 'FROM t WHERE n > 8000', tables: { t: 'many.sqlite' } },
      { format: 'sql', query: 'SELECT n, word FROM t', tables: { t: 'many.arrow' } },
    ];
    const unpacked = () => readdirSync(join(folders.workspace, '.epochbook/cache/samples')).filter((name) => name.endsWith('.unpacked'));
    const before = unpacked();
    for (const source of sources) {
      const [whole, paged] = await Promise.all([
        openTable(source, folders, join(folders.workspace, 'whole')),
        openTable(source, folders, join(folders.workspace, 'paged'), 1),
      ]);
      const everyRow = async (table: LookTable) => {
        const { connection, rows } = await table.import(() => {});
        return { rows, cells: (await connection.runAndReadAll('SELECT *, typeof(COLUMNS(*)) FROM looked ORDER BY rowid')).getRowsJS() };
      };
      expect(paged.firstRows).toEqual(whole.firstRows);
      expect(paged.columns).toEqual(whole.columns);
      expect([source, await everyRow(paged)]).toEqual([source, await everyRow(whole)]);
      await whole.close();
      await paged.close();
    }
    expect(unpacked()).toEqual(before);
  });

  it('is joined by a query over files of several kinds', async () => {
    const sql = about({
      source: { format: 'sql', query: 'SELECT kind, x FROM t, u', tables: { t: 'a.arrow', u: 'a.sqlite/b' } },
      steps: [],
    });
    expect((await sql.rows({ filters: [] })).cells).toEqual([
      ['科隆', 7],
      ['北京', 7],
    ]);
  });

  it('shows texts as rows: a file each, or a line each', async () => {
    write('mail/ham/1.txt', 'hello');
    write('mail/spam/1.txt', 'win');
    write('book.txt', 'one\ntwo\n');
    expect((await about({ source: { format: 'textFolder', path: 'mail' }, steps: [] }).rows({ filters: [] })).cells).toEqual([
      ['hello', 'ham'],
      ['win', 'spam'],
    ]);
    expect((await about({ source: { format: 'text', path: 'book.txt' }, steps: [] }).rows({ filters: [] })).cells).toEqual([
      ['one'],
      ['two'],
    ]);
  });
});

it('draws a series that is larger than memory as one in memory', async () => {
  // Three series in turns and not in the order of time, with gaps, a stretch without a number, and one too short for a window.
  const wave = (index: number) => Math.abs(Math.sin(index * 12.9898) * 43758.5453) % 1;
  const hours = Array.from({ length: 20_000 }, (_, hour) => hour).filter((hour) => wave(hour) > 0.001);
  const lines = hours.map((hour) => {
    const moment = new Date(Date.UTC(2021, 0, 1, hour)).toISOString().slice(0, 16);
    const rain = hour % 500 < 20 ? '' : (wave(hour + 0.5) * 9).toFixed(2);
    return `${moment},${hour > 19_996 ? 'short' : hour % 2 ? 'north' : 'south'},${(wave(hour * 3) * 40).toFixed(3)},${rain},${hour % 3}`;
  });
  const mixed = lines.map((line, row) => ({ line, at: wave(row * 17) })).sort((one, other) => one.at - other.at);
  write('long.csv', ['time,place,temp,rain,kind', ...mixed.map(({ line }) => line)].join('\n'));
  write('turns.csv', ['temp,rain', ...hours.slice(0, 900).map((hour) => `${wave(hour)},${hour % 7 === 2 ? 'NA' : hour}`)].join('\n'));
  const pairOf = (path: string, steps: DataStep[]) => {
    const of = (more: DataStep[]) => about({ source: { format: 'csv', path }, steps: [...steps, ...more] });
    return [of([]), of([{ op: 'memory', megabytes: 0.001 }])];
  };
  const [memory, file] = pairOf('long.csv', [
    { op: 'target', column: 'temp', kind: 'number' },
    { op: 'impute' },
    { op: 'window', length: 6, horizon: 2, outputs: 2, stride: 3, time: 'time', group: 'place' },
    { op: 'split', validation: 0.2, test: 0.1 },
    { op: 'ordinal' },
  ]);
  const all = await memory.series({ group: 0, window: 0 });
  const middle = { from: all.extent.from + 1e6, to: all.extent.from + 2e6 };
  const asks: SeriesAsk[] = [0, 1, 2].flatMap((group) => [
    { group, window: 0 },
    { group, window: 700, range: middle },
    { group, window: 1e9, range: { from: middle.from, to: middle.from + 90_000 } },
  ]);
  const wanted: LookSeries[] = [];
  for (const ask of asks) wanted.push(await memory.series(ask));
  for (const [index, ask] of asks.entries()) expect(await file.series(ask)).toEqual(wanted[index]);
  expect(all.groups.toSorted()).toEqual(['north', 'short', 'south']);
  expect([all.gaps.length > 5, all.lines.map(({ name }) => name), all.isDate]).toEqual([true, ['temp', 'rain', 'kind'], true]);
  const [temp, rain] = all.lines;
  const places = temp.segments.reduce((sum, { at: own }) => sum + own.length, 0);
  expect([places > 1000, places < 1300, rain.segments.length > temp.segments.length]).toEqual([true, true, true]);
  const short = await file.series({ group: all.groups.indexOf('short'), window: 0 });
  expect([short.rows, short.windows.count, short.windows.window]).toEqual([3, 0, undefined]);
  const [plain, stored] = pairOf('turns.csv', [
    { op: 'target', column: 'temp', kind: 'number' },
    { op: 'impute' },
    { op: 'window', length: 4 },
  ]);
  const inMemory = await plain.series({ group: 0, window: 99 });
  expect(await stored.series({ group: 0, window: 99 })).toEqual(inMemory);
  const samples = join(folders.workspace, '.epochbook', 'cache', 'samples');
  const left = () => readdirSync(samples).filter((name) => name.endsWith('.columns'));
  expect(left()).toHaveLength(1);
  await about({ source: { format: 'csv', path: 'turns.csv' }, steps: [] }).open();
  expect(left()).toEqual([]);
});

it('shows a series with its parts, gaps and windows, none of which looks ahead', async () => {
  // Two series, the first with a gap of 10 hours after its 60th row.
  const rows = ['a', 'b'].flatMap((place) =>
    Array.from({ length: place === 'a' ? 100 : 40 }, (_, hour) => {
      const late = place === 'a' && hour >= 60 ? 10 : 0;
      return `${new Date(Date.UTC(2024, 0, 1, hour + late)).toISOString()},${place},${hour},${100 - hour}`;
    }),
  );
  write('hours.csv', ['time,place,temp,wind', ...rows].join('\n'));
  const hours = about({
    source: { format: 'csv', path: 'hours.csv' },
    steps: [
      { op: 'target', column: 'temp' },
      { op: 'window', length: 6, horizon: 2, outputs: 2, time: 'time', group: 'place' },
      { op: 'split', validation: 0.25 },
    ],
  });
  expect((await hours.open()).series).toBe(true);
  const first = await hours.series({ group: 0, window: 0 });
  expect(first).toMatchObject({ groups: ['a', 'b'], isDate: true, rows: 100, time: 'time' });
  expect(first.gaps).toEqual([{ from: Date.UTC(2024, 0, 1, 59) / 1000, to: Date.UTC(2024, 0, 1, 70) / 1000 }]);
  expect(first.lines.map(({ name, role, segments }) => [name, role, segments.map(({ at }) => at.length)])).toEqual([
    ['temp', 'target', [60, 40]],
    ['wind', 'feature', [60, 40]],
  ]);
  // The series end at hours 110 and 40: a quarter of 140 rows by time are the last of the first one alone.
  expect(first.windows.spans.map(({ part, count }) => [part, count])).toEqual([
    ['train', 52],
    ['validation', 27],
  ]);
  for (let window = 0; window < first.windows.count; window += 1) {
    const { rows: seen, targetRows, from, to, targetFrom } = (await hours.series({ group: 0, window })).windows.window!;
    expect(seen[1] - seen[0]).toBe(5);
    expect(targetRows).toEqual([seen[1] + 2, seen[1] + 3]);
    expect(targetFrom).toBeGreaterThan(to);
    expect(first.gaps.some((gap) => from <= gap.from && targetFrom >= gap.to)).toBe(false);
  }
  const near = await hours.series({ group: 1, window: 3, range: { from: 0, to: 1 } });
  expect([near.rows, near.lines[0].segments, near.windows.window!.rows]).toEqual([40, [], [103, 108]]);
});

describe('pictures', () => {
  write('images.gz', at(`${clothes}-images-idx3-ubyte.gz`));
  write('labels.gz', at(`${clothes}-labels-idx1-ubyte.gz`));
  const set = about({ source: { format: 'idx', images: 'images.gz', labels: 'labels.gz' }, steps: [] });

  it('are counted by class, and shown a page of a class at a time', async () => {
    const { pictures } = await set.open();
    expect(pictures?.classes).toHaveLength(10);
    expect(pictures?.sizes).toEqual([{ height: 28, width: 28, count: pictures?.count }]);
    const page = await set.pictures({ label: 3, limit: 4 });
    expect(page.total).toBe(pictures?.classes[3].count);
    expect(page.pictures.map(({ label, shown }) => [label, shown?.pixels.length])).toEqual(Array.from({ length: 4 }, () => ['3', 784]));
    expect((await set.pictures({ rows: [9, 4] })).pictures.map(({ row }) => row)).toEqual([9, 4]);
  });
});

it('opens arrays that are no pictures with nothing of their own to show, as batches of them can be seen', async () => {
  write('x.npy', npyOf([6, 2], Array.from({ length: 12 }, Math.sqrt)));
  write('y.npy', npyOf([6], [0, 1, 0, 1, 0, 1]));
  const arrays = about({ source: { format: 'npy', inputs: 'x.npy', targets: 'y.npy' }, steps: [] });
  expect(await arrays.open()).toEqual({ path: 'x.npy' });
  expect(await fault(arrays.pictures({}))).toMatchObject({ code: 'data.noLook' });
});
