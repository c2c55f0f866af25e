/** A table says the same moments on every computer. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { DataStep } from '#contract/spec.ts';
import { loadDataset } from './load.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';
import { secondsOf } from './times.ts';

it.each([
  ['2024-05-31', Date.UTC(2024, 4, 31)],
  ['2024-05', Date.UTC(2024, 4, 1)],
  ['2024-05-31T12:30', Date.UTC(2024, 4, 31, 12, 30)],
  ['2024-05-31 9:30:15', Date.UTC(2024, 4, 31, 9, 30, 15)],
  ['2024-05-31 12:30:15.1234567', Date.UTC(2024, 4, 31, 12, 30, 15, 123)],
  ['2024-05-31T12:30:15,5Z', Date.UTC(2024, 4, 31, 12, 30, 15, 500)],
  ['2024-05-31 12:30 UTC', Date.UTC(2024, 4, 31, 12, 30)],
  ['2024-05-31 12:30:00+02', Date.UTC(2024, 4, 31, 10, 30)],
  ['2024-05-31T12:30-0330', Date.UTC(2024, 4, 31, 16)],
  ['2024-05-31T24:00', Date.UTC(2024, 5, 1)],
  ['2024-05-31 9:30 PM', Date.UTC(2024, 4, 31, 21, 30)],
  ['2024-05-31 12:05 a.m.', Date.UTC(2024, 4, 31, 0, 5)],
  ['2024-05-31 12:00:01pm', Date.UTC(2024, 4, 31, 12, 0, 1)],
  ['2024-05-31 7 am', Date.UTC(2024, 4, 31, 7)],
  ['2024-05-31 01:30:00 PM +02:00', Date.UTC(2024, 4, 31, 11, 30)],
])('%s is a moment', (text, wanted) => {
  expect(secondsOf(text)).toBe(wanted / 1000);
});

it.each([
  '2024-05-31 13:00 PM',
  '2024-05-31 0:30 AM',
  '2024-05-31 12:30 CET',
  '',
  'yesterday',
  '31.05.2024',
  '2024',
  '2024-13-01',
  '2024-05-31T25:00',
  '2024-05-31 12',
  '2024-05-31 later',
  '2024-05-311',
])('“%s” is none', (text) => {
  expect(secondsOf(text)).toBeNaN();
});

it('says how a zone of letters is told, in memory and beyond it', async () => {
  const { folders, write, load } = makeWorkspace();
  const steps: DataStep[] = [
    { op: 'target', column: 'value', kind: 'number' },
    { op: 'select', columns: ['value'] },
    { op: 'window', length: 2, time: 'when' },
  ];
  for (const [text, instead] of [
    ['2024-05-31 9:30 PM EST', '2024-05-31 9:30 PM-05:00'],
    ['2024-05-31 12:30:00 cest', '2024-05-31 12:30:00+02:00'],
  ]) {
    write('zones.csv', `when,value\n2024-05-30 00:00,1\n${text},2\n2024-06-01 00:00,3\n`);
    const source = { format: 'csv', path: 'zones.csv' } as const;
    for (const most of [1e12, 1]) {
      const error = await fault(loadDataset({ source, steps }, folders, { mostInMemory: most }));
      expect(error).toMatchObject({
        code: 'data.timeZone',
        at: '/data/steps/2',
        where: { file: 'zones.csv' },
        values: { instead, value: text },
      });
    }
    // What is said helps.
    const query = String((await fault(load(source, ...steps))).values['query']);
    const mended = { format: 'sql', query: `SELECT ${query} AS "when", value FROM t`, tables: { t: 'zones.csv' } } as const;
    expect((await load(mended, ...steps)).dataset.train.count).toBeGreaterThan(0);
  }
});

it('are the same in memory and beyond it, in every zone', async () => {
  const { folders, write } = makeWorkspace();
  const hours = Array.from({ length: 400 }, (_, hour) => new Date(Date.UTC(2024, 2, 29, hour)).toISOString());
  // Summer time begins in these days: an hour that is not there in Berlin, and one that is in Tokyo.
  const line = (moment: string, row: number) => `${moment.slice(0, 19).replace('T', ' ')},${moment},${row}`;
  write('hours.csv', ['local,zoned,value', ...hours.map(line)].join('\n'));
  const duck = await DuckDBInstance.create(':memory:');
  const connection = await duck.connect();
  const place = (name: string) => join(folders.notebook, name);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(
    `COPY (SELECT local::TIMESTAMP AS local, zoned::TIMESTAMPTZ AS zoned, value FROM '${place('hours.csv')}') TO '${place('hours.parquet')}'`,
  );
  duck.closeSync();
  const steps = (time: string): DataStep[] => [
    { op: 'target', column: 'value', kind: 'number' },
    { op: 'select', columns: ['value'] },
    { op: 'window', length: 6, time },
    { op: 'split', validation: 0.2 },
  ];
  const sources = [
    { format: 'csv', path: 'hours.csv' },
    { format: 'parquet', path: 'hours.parquet' },
  ];
  const specs = sources.flatMap((source) => ['local', 'zoned'].map((time) => ({ source, steps: steps(time) })));
  const script = `
    import { loadDataset } from ${JSON.stringify(new URL('load.ts', import.meta.url).href)};
    const said = [];
    for (const spec of ${JSON.stringify(specs)})
      for (const mostInMemory of [1, 1e12]) {
        const { preview, dataset } = await loadDataset(spec, ${JSON.stringify(folders)}, { mostInMemory });
        const { series, table, samples } = preview;
        said.push({ series, first: table.rows[47], samples, rows: [...dataset.validation.rows] });
      }
    console.log(JSON.stringify(said));`;
  const answers: unknown[] = [];
  for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Tokyo']) {
    const options = { env: { ...process.env, TZ: zone }, maxBuffer: 2 ** 26 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
    answers.push(JSON.parse(stdout));
  }
  const [first] = answers as [{ series: { gap: number; gaps: number }; samples: object }[]];
  expect(first).toHaveLength(8);
  for (const { series, samples } of first) expect([series.gap, series.gaps, samples]).toEqual([5400, 0, first[0].samples]);
  for (const other of answers) expect(other).toEqual(first);
}, 120_000);
