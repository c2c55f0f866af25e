/** A disk that fills while what is larger than memory is brought into a file. */
import fs, { existsSync, readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
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

afterEach(restore);

function restore(): void {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
}

it('is said at the data, and leaves nothing behind; with room again it is read', async () => {
  const writeSync = fs.writeSync.bind(fs);
  // Half of a block still fits.
  let room = 1000;
  vi.spyOn(fs, 'writeSync').mockImplementation(((handle: number, bytes: Uint8Array, from: number, length: number, position: number) => {
    if (room === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const written = writeSync(handle, bytes, from, Math.min(length, room), position);
    room -= written;
    return written;
  }) as typeof fs.writeSync);
  syncBuiltinESMExports();
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
  restore();
  expect((await load()).dataset.train.stored?.size).toBe(4);
});

it('is known by DuckDB’s words as well, and other faults are not', () => {
  expect(isDiskFull(new Error('IO Error: Could not write file "/x/y.spill": No space left on device'))).toBe(true);
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'EFBIG' }))).toBe(true);
  expect(isDiskFull(Object.assign(new Error('write'), { code: 'EACCES' }))).toBe(false);
});
