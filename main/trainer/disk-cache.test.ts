import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DataSpec } from '#contract/spec.ts';
import { loadDataset } from '#data/load.ts';
import { makeWorkspace } from '#data/testing/workspace.ts';
import { cacheFolder, cacheSize, clearCache, trimCache } from '#files/cache-folder.ts';
import { createDataCache } from './data-cache.ts';
import { readCached, writeCached } from './disk-cache.ts';

const { folders, write } = makeWorkspace();
const cache = cacheFolder(folders.workspace);
const spec: DataSpec = {
  source: { format: 'csv', path: 't.csv' },
  steps: [{ op: 'target', column: 'y' }, { op: 'split', validation: 0.25, seed: 1 }, { op: 'normalize' }],
};
write('t.csv', ['a,b,y', ...Array.from({ length: 400 }, (_, row) => `${row},${row % 7},${row % 2 ? 'u' : 'v'}`)].join('\n'));

function counting() {
  const count = { loads: 0 };
  const load: typeof loadDataset = (...given) => {
    count.loads += 1;
    return loadDataset(...given);
  };
  return { count, make: () => createDataCache({ load, worthKeeping: -1 }) };
}
/** The cache is written behind the reader's back. */
async function written(files: number): Promise<void> {
  await expect.poll(() => (existsSync(cache) ? readdirSync(cache).filter((name) => name.endsWith('.data')).length : 0)).toBe(files);
}

it('gives another process the same data without reading it again', async () => {
  const { count, make } = counting();
  await make()(spec, folders);
  // Looking at a workspace makes no folder in it.
  expect(existsSync(join(folders.workspace, '.epochbook'))).toBe(false);
  mkdirSync(join(folders.workspace, '.epochbook'));
  const first = await make()(spec, folders);
  await written(1);
  const second = await make()(spec, folders);
  expect(count.loads).toBe(2);
  expect(second).toEqual(first);
});

it('reads again what has changed, and what is cut short', async () => {
  const { count, make } = counting();
  const file = join(cache, readdirSync(cache)[0]);
  truncateSync(file, statSync(file).size - 100);
  await make()(spec, folders);
  expect(count.loads).toBe(1);
  const text = readFileSync(join(folders.notebook, 't.csv'), 'utf8');
  writeFileSync(join(folders.notebook, 't.csv'), text.replace('0,0,v', '9,0,v'));
  const { dataset } = await make()(spec, folders);
  expect(count.loads).toBe(2);
  expect(dataset.features![0].offset * dataset.train.count).not.toBe(0);
  await written(2);
});

it.each([
  ['a flipped bit', (bytes: Buffer) => (bytes[bytes.length - 70] ^= 4)],
  ['a flipped bit in the head', (bytes: Buffer) => (bytes[60] ^= 1)],
])('reads again what has %s, and says so once', async (_, change) => {
  const { count, make } = counting();
  const first = await make()(spec, folders);
  expect(count.loads).toBe(0);
  for (const name of readdirSync(cache)) {
    const bytes = readFileSync(join(cache, name));
    change(bytes);
    writeFileSync(join(cache, name), bytes);
  }
  const load = make();
  const { dataset, preview } = await load(spec, folders);
  expect(count.loads).toBe(1);
  expect(dataset).toEqual(first.dataset);
  expect(preview.findings.at(-1)).toMatchObject({ code: 'data.cacheDamaged', evidence: expect.stringContaining('.data') as string });
  expect((await load(spec, folders)).preview).toEqual(first.preview);
  await expect.poll(async () => (await make()(spec, folders)).preview).toEqual(first.preview);
});

it('is not taken in by the file of other data', async () => {
  const { count, make } = counting();
  const first = await make()(spec, folders);
  const names = readdirSync(cache);
  expect(names).toHaveLength(2);
  const [one, other] = names.map((name) => readFileSync(join(cache, name)));
  writeFileSync(join(cache, names[0]), other);
  writeFileSync(join(cache, names[1]), one);
  const { dataset, preview } = await make()(spec, folders);
  expect(count.loads).toBe(1);
  expect(dataset).toEqual(first.dataset);
  expect(preview.findings.map(({ code }) => code)).toContain('data.cacheDamaged');
  await expect.poll(async () => (await make()(spec, folders)).preview).toEqual(first.preview);
});

it('lets go of what was used longest ago, and can be emptied', async () => {
  await clearCache(folders.workspace);
  const loaded = await loadDataset(spec, folders);
  for (const [index, key] of ['one', 'two', 'three'].entries()) {
    await writeCached(folders.workspace, key, loaded);
    const newest = readdirSync(cache)
      .map((name) => join(cache, name))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
    utimesSync(newest, 1000 + index, 1000 + index);
  }
  const { bytes, files } = await cacheSize(folders.workspace);
  expect(files).toBe(3);
  expect(await readCached(folders.workspace, 'one')).toEqual(loaded);
  await trimCache(folders.workspace, (bytes / 3) * 2.5);
  expect(await readCached(folders.workspace, 'two')).toBeUndefined();
  expect(await readCached(folders.workspace, 'one')).toEqual(loaded);
  await clearCache(folders.workspace);
  expect(await cacheSize(folders.workspace)).toEqual({ files: 0, bytes: 0 });
});
