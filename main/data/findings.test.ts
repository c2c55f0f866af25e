import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Finding } from '#contract/notebook.ts';
import type { DataStep } from '#contract/spec.ts';
import { makeWorkspace } from './testing/workspace.ts';

const { write, load } = makeWorkspace();
const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

/** Two real tables, as rows of fields with the header first, and the name of the column to predict. */
const tables = [
  { name: 'iris', rows: read('testing/iris.csv'), target: 'species' },
  { name: 'wine', rows: read('../../resources/samples/wine/wine.csv'), target: 'class' },
].map((table) => ({ ...table, target: table.rows[0][table.rows[0].length - 1] }));

async function findings(rows: readonly (readonly string[])[], target: string, ...steps: DataStep[]): Promise<Finding[]> {
  write('table.csv', rows.map((row) => row.join(',')).join('\n'));
  const { preview } = await load({ format: 'csv', path: 'table.csv' }, { op: 'target', column: target }, ...steps);
  return preview.findings;
}
const usual: DataStep[] = [{ op: 'impute' }, { op: 'normalize' }, { op: 'oneHot' }];
const shuffled: DataStep = { op: 'split', validation: 0.2, test: 0.1, seed: 3 };

describe('clean tables', () => {
  it('wine has no finding, whichever way it is split', async () => {
    const [, { rows, target }] = tables;
    for (let seed = 0; seed < 20; seed += 1) expect(await findings(rows, target, ...usual, { ...shuffled, seed })).toEqual([]);
  });

  it('iris has one: its own flower that is there twice', async () => {
    const [{ rows, target }] = tables;
    const codes = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      for (const { code, evidence } of await findings(rows, target, ...usual, { ...shuffled, seed })) codes.add(`${code} ${evidence}`);
    }
    expect([...codes].toSorted()).toEqual(['data.sameInBoth 102 = 143', 'data.sameInBoth 143 = 102']);
  });

  it('without scaling, wine is told of its ranges and iris is not', async () => {
    const codes: string[][] = [];
    for (const { rows, target } of tables) codes.push((await findings(rows, target)).map(({ code }) => code));
    expect(codes).toEqual([[], ['data.notScaled']]);
  });
});

type Row = readonly string[];
/** Adds a column before the target; `make` sees a row's fields and its number. */
const withColumn = (rows: readonly Row[], name: string, make: (row: Row, index: number) => string): Row[] =>
  rows.map((row, index) => [...row.slice(0, -1), index === 0 ? name : make(row, index - 1), row[row.length - 1]]);
const withTarget = (rows: readonly Row[], make: (label: string, index: number) => string): Row[] =>
  rows.map((row, index) => (index === 0 ? row : [...row.slice(0, -1), make(row[row.length - 1], index - 1)]));
/** A number in 0…1 that looks drawn. */
const drawn = (index: number) => Math.abs(Math.sin((index + 1) * 12.9898) * 43_758.5453) % 1;

describe.each(tables)('faults planted in $name', ({ rows, target }) => {
  const labels = [...new Set(rows.slice(1).map((row) => row[row.length - 1]))];
  it.each<[code: string, rows: readonly Row[], ...steps: DataStep[]]>([
    ['data.sameInBoth', [...rows, ...rows.slice(1, 30)], shuffled],
    ['data.contrary', [...rows, ...withTarget(rows, (label) => labels[(labels.indexOf(label) + 1) % labels.length]).slice(1, 12)]],
    ['data.givesAway', withColumn(rows, 'measured', (row, index) => String(labels.indexOf(row[row.length - 1]) * 3 + drawn(index)))],
    ['data.givesAway', withColumn(rows, 'code', (row) => `code ${labels.indexOf(row[row.length - 1])}`)],
    ['data.idColumn', withColumn(rows, 'number', (_, index) => String(index + 1000))],
    ['data.idColumn', withColumn(rows, 'patient_id', (_, index) => String(Math.floor(drawn(index) * 1e9)))],
    ['data.idColumn', withColumn(rows, 'name', (_, index) => `sample-${index}`)],
    ['data.constantColumn', withColumn(rows, 'unit', () => '7')],
    ['data.nearlyEmpty', withColumn(rows, 'remark', (_, index) => (index % 5 === 0 ? String(drawn(index)) : ''))],
    ['data.labelSpelling', withTarget(rows, (label, index) => (index % 4 === 0 ? label.toUpperCase() : label))],
    [
      'data.categorySpelling',
      withColumn(rows, 'colour', (_, index) => (index % 3 === 0 ? 'red' : index % 3 === 1 ? 'Red ' : 'green').replace(' ', '_')),
    ],
    ['data.smallClass', withTarget(rows, (label, index) => (index % 60 === 7 ? 'rare' : label))],
    ['data.unbalanced', rows.filter((row, index) => row[row.length - 1] !== labels[0] || index % 10 === 1)],
    ['data.classNotTrained', rows, { op: 'split', validation: 0.34, time: 'order' }],
    ['data.placeholder', withColumn(rows, 'weight', (_, index) => (index % 20 === 3 ? '-999' : String(50 + drawn(index) * 40)))],
    [
      'data.shifted',
      withColumn(rows, 'order', (_, index) => String(index)),
      { op: 'select', columns: [...rows[0].slice(0, -1), 'order'] },
      { op: 'split', validation: 0.3, time: 'order' },
    ],
    [
      'data.categoryNotTrained',
      withColumn(rows, 'site', (_, index) => (index > rows.length - 12 ? 'new' : 'old')),
      { op: 'split', validation: 0.1, time: 'order' },
    ],
  ])('%s', async (code, planted, ...steps) => {
    const ordered = steps.some((step) => step.op === 'split' && step.time !== undefined) && !planted[0].includes('order');
    const all = ordered ? withColumn(planted, 'order', (_, index) => String(index)) : planted;
    const found = await findings(all, target, ...usual, ...steps);
    expect(found.map((one) => one.code)).toContain(code);
    expect(found.find((one) => one.code === code)?.evidence).not.toBe('');
  });
});

it('a series that has shifted names a column once, which is both seen and predicted', async () => {
  const rows = [['hour', 'heat'], ...Array.from({ length: 400 }, (_, hour) => [String(hour), (hour / 40 + drawn(hour)).toFixed(3)])];
  const steps: DataStep[] = [
    { op: 'select', columns: ['heat'] },
    { op: 'window', length: 4, time: 'hour' },
    { op: 'split', validation: 0.3 },
  ];
  const found = (await findings(rows, 'heat', ...steps)).find(({ code }) => code === 'data.shifted');
  expect(found?.values).toMatchObject({ columns: 'heat', count: 1 });
});

it('a number that is the target in other units gives it away', async () => {
  const rows = [
    ['a', 'metres', 'feet'],
    ...Array.from({ length: 60 }, (_, index) => [
      String(drawn(index)),
      (drawn(index + 99) * 100).toFixed(6),
      (drawn(index + 99) * 328.084).toFixed(6),
    ]),
  ];
  const found = await findings(rows, 'feet', { op: 'normalize' });
  expect(found.map(({ code, values }) => [code, values?.['column']])).toEqual([['data.givesAway', 'metres']]);
});

it('finds pictures that are in two parts, folders spelled in two ways, and none in what is clean', async () => {
  const picture = (seed: number) =>
    sharp(Buffer.from(Array.from({ length: 48 }, (_, index) => Math.floor(drawn(seed * 48 + index) * 256))), {
      raw: { width: 4, height: 4, channels: 3 },
    })
      .png()
      .toBuffer();
  for (let index = 0; index < 24; index += 1) write(`clean/${index % 2 ? 'cat' : 'dog'}/${index}.png`, await picture(index));
  for (let index = 0; index < 24; index += 1) write(`twice/${index % 3 ? 'cat' : 'Cat'}/${index}.png`, await picture(index % 12));
  const codes = async (path: string) =>
    (await load({ format: 'imageFolder', path }, { op: 'split', validation: 0.4, seed: 1 })).preview.findings.map(({ code }) => code);
  expect(await codes('clean')).toEqual([]);
  expect(await codes('twice')).toEqual(['data.labelSpelling', 'data.sameInBoth', 'data.twice']);
});
