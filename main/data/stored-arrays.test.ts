/** Pictures that do not fit into memory give the same samples as those that do. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Part } from '#contract/samples.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { loadDataset } from './load.ts';
import { areSound } from './stored-arrays.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { folders, write } = makeWorkspace();
for (const [folder, factor] of [
  ['p', 31],
  ['q', 29],
] as const)
  for (let index = 0; index < 30; index += 1) {
    const pixels = Uint8Array.from({ length: 48 }, (_, place) => (index * factor + place * 7) % 256);
    const png = await sharp(pixels, { raw: { width: 4, height: 4, channels: 3 } })
      .png()
      .toBuffer();
    write(`${folder}/${index % 2 ? 'odd' : 'even'}/${index}.png`, png);
  }
const source: DataSource = { format: 'imageFolder', path: 'p' };
const split: DataStep = { op: 'split', validation: 0.3, seed: 4 };
const load = (most: number, more: Partial<DataSource> = {}, steps: DataStep[] = [], onDamaged?: (file: string) => void) =>
  loadDataset({ source: { ...source, ...more } as DataSource, steps: [split, ...steps] }, folders, { mostInMemory: most, onDamaged });

function inputsOf(part: Part): number[] {
  const { stored } = part;
  if (!stored) return [...part.inputs];
  const bytes = readFileSync(stored.file);
  return Array.from(stored.places!).flatMap((place) =>
    Array.from(bytes.subarray(place * stored.size, (place + 1) * stored.size), (value) => Math.fround(value * stored.scale)),
  );
}
const samplesFolder = join(folders.workspace, '.epochbook', 'cache', 'samples');

it('are decoded into the cache once, and split alike', async () => {
  const [memory, file] = [await load(1e9), await load(1000)];
  expect(memory.dataset.train.stored).toBeUndefined();
  expect(file.dataset.train.inputs).toHaveLength(0);
  for (const part of ['train', 'validation'] as const) {
    expect(file.dataset[part]!.rows).toEqual(memory.dataset[part]!.rows);
    expect(file.dataset[part]!.targets).toEqual(memory.dataset[part]!.targets);
    expect(inputsOf(file.dataset[part]!)).toEqual(inputsOf(memory.dataset[part]!));
  }
  expect(file.dataset.hash).toBe(memory.dataset.hash);
  expect(file.preview.images?.thumbnails).toHaveLength(15);
  const [name] = readdirSync(samplesFolder);
  const before = statSync(join(samplesFolder, name)).ino;
  await load(1000, {}, [{ op: 'take', count: 20 }]);
  expect(readdirSync(samplesFolder)).toEqual([name]);
  expect(statSync(join(samplesFolder, name)).ino).toBe(before);
});

describe('a file of the cache that is not as it was written', () => {
  const fileOf = () => join(samplesFolder, readdirSync(samplesFolder)[0]);
  const changes: [string, () => void][] = [
    ['has a flipped bit', () => flip(100)],
    ['has a flipped bit in its checksum', () => flip(statSync(fileOf()).size - 1)],
    ['is cut', () => truncateSync(fileOf(), statSync(fileOf()).size - 1)],
    ['is empty', () => truncateSync(fileOf(), 0)],
    ['is of other pictures', () => writeFileSync(fileOf(), foreign)],
  ];
  let foreign: Buffer;
  function flip(at: number): void {
    const bytes = readFileSync(fileOf());
    bytes[at] ^= 16;
    writeFileSync(fileOf(), bytes);
  }

  it.each(changes)('is made again where it %s', async (_, change) => {
    rmSync(samplesFolder, { recursive: true });
    await load(1000, { path: 'q' });
    foreign = readFileSync(fileOf());
    rmSync(samplesFolder, { recursive: true });
    const sound = await load(1000);
    const inputs = inputsOf(sound.dataset.train);
    const file = fileOf();
    change();
    expect(await areSound(sound.dataset.train.stored!)).toBe(false);
    const damaged: string[] = [];
    const again = await load(1000, {}, [], (one) => damaged.push(one));
    expect(damaged).toEqual([file]);
    expect(inputsOf(again.dataset.train)).toEqual(inputs);
    expect(await areSound(again.dataset.train.stored!)).toBe(true);
  });
});

it('take away what a process that is gone was writing, and nothing of one that runs', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const names = (pid: number) =>
    ['part', 'unpacked', 'columns2', 'spill', 'spill.duckdb', 'spill.duckdb.wal'].map((ending) => `name.${pid}.${ending}`);
  for (const name of [...names(gone), ...names(process.pid)]) writeFileSync(join(samplesFolder, name), 'half');
  await load(1000, {}, [{ op: 'resize', size: [2, 2] }]);
  const left = readdirSync(samplesFolder).filter((name) => name.startsWith('name.'));
  expect(left.sort()).toEqual(names(process.pid).sort());
  for (const name of left) rmSync(join(samplesFolder, name));
});

it('leave nothing behind where one is damaged, and may be left out', async () => {
  rmSync(samplesFolder, { recursive: true });
  // Its head is sound: only decoding tells.
  const struck = join(folders.notebook, 'p/odd/7.png');
  truncateSync(struck, statSync(struck).size - 30);
  expect(await fault(load(1000))).toMatchObject({ code: 'data.pictureDamaged' });
  expect(readdirSync(samplesFolder)).toEqual([]);
  for (let round = 0; round < 2; round += 1) {
    const [memory, file] = [await load(1e9, { damaged: 'skip' }), await load(1000, { damaged: 'skip' })];
    expect(file.dataset.train.rows).toEqual(memory.dataset.train.rows);
    expect(inputsOf(file.dataset.train)).toEqual(inputsOf(memory.dataset.train));
  }
});

it('are left out where they come again, by their labels or whatever these say', async () => {
  const colours = ['f00', 'f00', '0f0', '00f', '00f', '00f', 'fff', '000', '0f0', '123'];
  for (const [index, colour] of colours.entries()) {
    const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: `#${colour}` } })
      .png()
      .toBuffer();
    write(`twins/${['one', 'two', 'three'][index % 3]}/${index}.png`, index === 9 ? picture.subarray(0, -30) : picture);
  }
  const twins = { path: 'twins', damaged: 'skip' } as const;
  for (const distinct of [{ op: 'distinct' }, { op: 'distinct', contrary: 'drop' }] as const)
    for (const more of [[], [{ op: 'filter', column: 'label', oneOf: ['one', 'two'] }]] as DataStep[][]) {
      const steps = [...more, distinct, { op: 'normalize' } as const];
      const [memory, file] = [await load(1e9, twins, steps), await load(100, twins, steps)];
      expect(file.dataset.train.stored).toBeDefined();
      for (const part of ['train', 'validation'] as const) expect(file.dataset[part]!.rows).toEqual(memory.dataset[part]!.rows);
      expect(file.preview.classes).toEqual(memory.preview.classes);
    }
  const { dataset } = await load(100, twins, [{ op: 'distinct' }]);
  expect(dataset.train.count + dataset.validation!.count).toBe(5);
});
