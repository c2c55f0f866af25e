import type { DataSource } from '#contract/spec.ts';
import { npyOf } from './numpy-files.ts';
import type { TestWorkspace } from './workspace.ts';
import { zipOf } from './zip-files.ts';

const count = 12;

/** Twelve samples of two inputs and two targets in `all.npz`, and an array that is one short. */
export function writeArchive(workspace: TestWorkspace): void {
  const every = (size: number, value: (row: number, place: number) => number) =>
    Array.from({ length: count * size }, (_, index) => value(Math.floor(index / size), index % size));
  workspace.write(
    'all.npz',
    zipOf({
      'pictures.npy': npyOf(
        [count, 4, 4],
        every(16, (row, place) => (row * 16 + place) % 256),
        'u1',
      ),
      'rows.npy': npyOf(
        [count, 2],
        every(2, (row, place) => row * (place + 1)),
      ),
      'kind.npy': npyOf(
        [count],
        every(1, (row) => row % 3),
        'u1',
      ),
      'size.npy': npyOf(
        [count, 2],
        every(2, (row, place) => row + place / 2),
      ),
      'short.npy': npyOf([count - 1], every(1, () => 0).slice(1)),
    }),
  );
}

/** All but the short array. */
export const archive = {
  format: 'npz',
  path: 'all.npz',
  inputs: { image: 'pictures', facts: 'rows' },
  targets: { kind: 'kind', size: 'size' },
} satisfies DataSource;
