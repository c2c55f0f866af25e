/** What was fitted while training does the same to samples that come later. */
import { expect, it } from 'vitest';
import type { Dataset, Preparation } from '#contract/samples.ts';
import type { DataStep } from '#contract/spec.ts';
import { parseCsv } from './csv.ts';
import { preparationOf, preparePieces } from './preparation.ts';
import { makeWorkspace } from './testing/workspace.ts';
import { writtenOut } from './windows.ts';

const { write, load } = makeWorkspace();
const kinds = ['red', 'green', 'blue'];
const rows = Array.from(
  { length: 60 },
  (_, row) =>
    `${row},${(row * 7) % 13},${row % 9 === 4 ? '' : (row * 3) % 8},${kinds[row % 3]},text ${row % 5} ${kinds[row % 2]},${row % 2 ? 'u' : 'v'}`,
);
const header = 'time,a,b,colour,text,y';
write('t.csv', [header, ...rows].join('\n'));
const target: DataStep = { op: 'target', column: 'y' };
const split: DataStep = { op: 'split', validation: 0.25, seed: 1 };

/** As it comes back from the file that is kept with a run. */
const kept = (dataset: Dataset) => JSON.parse(JSON.stringify(preparationOf(dataset))) as Preparation;

it.each<[string, DataStep[]]>([
  [
    'columns',
    [
      { op: 'map', column: 'ratio', expression: 'a / (time + 1)' },
      { op: 'select', columns: ['a', 'b', 'colour', 'ratio'] },
      { op: 'impute' },
      { op: 'bucketize', columns: ['a'], buckets: 3 },
      { op: 'oneHot' },
      { op: 'normalize' },
    ],
  ],
  [
    'a shape',
    [
      { op: 'select', columns: ['a', 'time'] },
      { op: 'reshape', shape: [1, 2, 1] },
      { op: 'resize', size: [2, 2] },
    ],
  ],
  ['text', [{ op: 'tokenize', by: 'bytePairs', length: 12 }]],
  ['windows', [{ op: 'select', columns: ['a', 'time'] }, { op: 'normalize' }, { op: 'window', length: 4, horizon: 0 }]],
])('%s', async (_, steps) => {
  const { dataset } = await load({ format: 'csv', path: 't.csv' }, target, ...steps, split);
  const table = parseCsv(
    { path: 'later.csv', bytes: Buffer.from([header, ...rows].join('\n')) },
    { format: 'csv', path: 'later.csv' },
    '/',
  );
  const [{ inputs, rows: ends }] = [...preparePieces(kept(dataset), table)];
  const size = dataset.inputShape.reduce((product, one) => product * one, 1);
  const validation = writtenOut(dataset.validation!);
  validation.rows.forEach((row, index) => {
    const place = ends.indexOf(row);
    expect(place).toBeGreaterThanOrEqual(0);
    expect(inputs.subarray(place * size, (place + 1) * size)).toEqual(validation.inputs.subarray(index * size, (index + 1) * size));
  });
  expect(validation.count).toBeGreaterThan(8);
});
