import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesSince, packRows, readRows, unpackRows, writeDataRecord } from './data-record.ts';

it('packs rows in any order and gives them back', () => {
  for (const rows of [[], [0], [7, 3, 3, 4_000_000_000, 0], Array.from({ length: 10_000 }, (_, index) => index * 5)])
    expect([...unpackRows(packRows(Uint32Array.from(rows)))]).toEqual(rows);
  const drawn = Uint32Array.from({ length: 100_000 }, (_, row) => row).filter((row) => Math.sin(row * 12.9898) > 0.3);
  expect(packRows(drawn).length).toBeLessThan(drawn.length / 3);
});

it('tells which files changed since, by content and not by time', async () => {
  const place = mkdtempSync(join(tmpdir(), 'epochbook-record-'));
  const run = join(place, 'run');
  mkdirSync(join(place, 'pictures', 'cat'), { recursive: true });
  mkdirSync(run);
  for (const name of ['a.csv', 'b.csv', 'c.csv', 'pictures/cat/1.png']) writeFileSync(join(place, name), name);
  expect(await filesSince(run, place)).toEqual([]);
  await writeDataRecord(run, place, ['a.csv', 'b.csv', 'c.csv', 'pictures'], {
    train: Uint32Array.of(0, 2),
    validation: Uint32Array.of(1),
  });
  expect(await readRows(run)).toEqual({ train: Uint32Array.of(0, 2), validation: Uint32Array.of(1) });
  const states = async () => (await filesSince(run, place)).map(({ state }) => state);
  expect(await states()).toEqual(['same', 'same', 'same', 'same']);
  utimesSync(join(place, 'a.csv'), 1, 1);
  writeFileSync(join(place, 'b.csv'), 'B.csv');
  rmSync(join(place, 'c.csv'));
  writeFileSync(join(place, 'pictures/cat/2.png'), 'more');
  expect(await states()).toEqual(['same', 'changed', 'missing', 'changed']);
});
