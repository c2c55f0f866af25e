import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { DataStep } from '#contract/spec.ts';
import { loadDataset } from './load.ts';
import { preparationOf } from './preparation.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { write, load, folders } = makeWorkspace();

const picture = (shade: number) =>
  sharp(
    Uint8Array.from({ length: 16 }, (_, index) => (shade * 7 + index * 3) % 256),
    { raw: { width: 4, height: 4, channels: 1 } },
  )
    .png()
    .toBuffer();
const counts = { cat: 6, Cat: 3, dog: 7, '7': 2 };
let shade = 0;
for (const [name, count] of Object.entries(counts))
  for (let index = 0; index < count; index += 1) write(`pets/${name}/${index}.png`, await picture((shade += 1)));
for (const name of ['Cat', 'dog'])
  for (let index = 0; index < 2; index += 1) write(`more/${name}/${index}.png`, await picture((shade += 1)));

const pets = { format: 'imageFolder', path: 'pets' } as const;
const alike: DataStep = { op: 'replace', column: 'label', values: { Cat: 'cat' } };
const withoutNumber: DataStep = { op: 'filter', column: 'label', noneOf: ['7'] };

describe('labels of pictures', () => {
  it('are spelled alike and chosen among, and each picture keeps its place in the folder', async () => {
    const plain = await load(pets);
    const { dataset, preview } = await load(pets, alike, withoutNumber);
    expect(preview.classes).toEqual([
      { name: 'cat', count: 9 },
      { name: 'dog', count: 7 },
    ]);
    const { classes: names = [], train } = plain.dataset;
    const size = train.inputs.length / train.count;
    const told = new Map(Array.from(train.rows, (row, index) => [row, index]));
    for (const [index, row] of dataset.train.rows.entries()) {
      const before = told.get(row)!;
      expect(dataset.classes?.[dataset.train.targets[index]]).toBe(names[train.targets[before]].toLowerCase());
      const pixels = (of: Float32Array, at: number) => [...of.subarray(at * size, (at + 1) * size)];
      expect(pixels(dataset.train.inputs, index)).toEqual(pixels(train.inputs, before));
    }
    const labels = preview.images?.thumbnails.map(({ label }) => label);
    expect(new Set(labels)).toEqual(new Set(['cat', 'dog']));
  });

  it('are split, and read from the disk, as those in memory are', async () => {
    const parting: DataStep = { op: 'split', validation: 0.3, stratify: true, seed: 2 };
    const whole = await load(pets, alike, withoutNumber, parting);
    const stored = await loadDataset({ source: pets, steps: [alike, withoutNumber, parting] }, folders, { mostInMemory: 64 });
    expect(stored.dataset.train.stored).toBeDefined();
    for (const part of ['train', 'validation'] as const) {
      expect([...stored.dataset[part]!.rows]).toEqual([...whole.dataset[part]!.rows]);
      expect([...stored.dataset[part]!.targets]).toEqual([...whole.dataset[part]!.targets]);
    }
  });

  it('of other pictures are spelled alike too, as a part and when evaluated on', async () => {
    const more = { source: { format: 'imageFolder', path: 'more' }, steps: [] } as const;
    const { dataset } = await load(pets, alike, withoutNumber, { op: 'withTest', data: { ...more, steps: [] } });
    expect(Array.from(dataset.test!.targets, (target) => dataset.classes?.[target])).toEqual(['cat', 'cat', 'dog', 'dog']);
    const given = await loadDataset({ source: more.source, steps: [alike, withoutNumber] }, folders, { known: preparationOf(dataset) });
    expect([...given.dataset.train.targets]).toEqual([...dataset.test!.targets]);
  });

  it.each<[what: string, code: string, ...steps: DataStep[]]>([
    ['another column', 'data.columnMissing', { op: 'replace', column: 'kind', values: { Cat: 'cat' } }],
    ['none left', 'data.filteredAll', { op: 'filter', column: 'label', oneOf: ['bird'] }],
    ['one left', 'data.oneLabel', { op: 'filter', column: 'label', oneOf: ['dog'] }],
    ['a bound', 'data.tableStep', { op: 'filter', column: 'label', min: 3 }],
  ])('are asked for wrongly: %s', async (_, code, ...steps) => {
    const error = await fault(load(pets, ...steps));
    expect([error.code, error.at]).toEqual([code, '/data/steps/0']);
  });
});

it('numbers are no labels to choose among', async () => {
  write('table.csv', 'file,weight\n0.png,1.5\n1.png,2.25\n2.png,3.125\n');
  const source = { format: 'imageFolder', path: 'pets/cat', labels: 'table.csv' } as const;
  expect((await fault(load(source, alike))).code).toBe('data.tableStep');
});
