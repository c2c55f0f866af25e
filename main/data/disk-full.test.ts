/** A disk that fills while what is larger than memory is brought into a file. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { isDiskFull } from '#files/disk-error.ts';
import { loadDataset } from './load.ts';
import { npyOf } from './testing/numpy-files.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { folders, write } = makeWorkspace();
write(
  'x.npy',
  npyOf(
    [500, 4],
    Array.from({ length: 2000 }, (_, index) => index),
  ),
);
write(
  'y.npy',
  npyOf(
    [500],
    Array.from({ length: 500 }, (_, row) => row % 2),
  ),
);
const samples = join(folders.workspace, '.epochbook', 'cache', 'samples');

afterEach(() => vi.restoreAllMocks());

it('is said at the data, and leaves nothing behind; with room again it is read', async () => {
  const open = disk.open.bind(disk);
  vi.spyOn(disk, 'open').mockImplementation(async (...given) => {
    const handle = await open(...given);
    if (String(given[0]).startsWith(samples))
      vi.spyOn(handle, 'write').mockRejectedValue(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
    return handle;
  });
  const load = () =>
    loadDataset(
      {
        source: { format: 'npy', inputs: 'x.npy', targets: 'y.npy' },
        steps: [{ op: 'split', validation: 0.2, seed: 1 }, { op: 'normalize' }],
      },
      folders,
      { mostInMemory: 1000 },
    );
  expect(await fault(load())).toMatchObject({ code: 'store.diskFull', at: '/data/source', values: { path: samples } });
  expect(existsSync(samples) ? readdirSync(samples) : []).toEqual([]);
  vi.restoreAllMocks();
  expect((await load()).dataset.train.stored?.size).toBe(4);
});

it('is known by DuckDB’s words as well, and other faults are not', () => {
  expect(isDiskFull(new Error('IO Error: Could not write file "/x/y.spill": No space left on device'))).toBe(true);
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'EFBIG' }))).toBe(true);
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'EACCES' }))).toBe(false);
});
