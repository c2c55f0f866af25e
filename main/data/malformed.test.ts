import { describe, expect, it } from 'vitest';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { accidents, drawsFor, soundFiles, strike } from './testing/malformed.ts';
import { compressedArchive } from './testing/numpy-files.ts';
import { makeWorkspace } from './testing/workspace.ts';

const workspace = makeWorkspace();
const { write, load } = workspace;
const target: DataStep = { op: 'target', column: 'kind' };
/** Of each format and accident; `npm run campaign -- malformed` draws thousands. */
const each = 1;

describe('files that something has happened to', async () => {
  const kinds = await soundFiles(workspace);

  it.each(Object.keys(kinds))('%s: sound ones are read', async (kind) => {
    const { files, source, steps } = kinds[kind];
    for (const [name, bytes] of Object.entries(files)) write(name, bytes);
    expect((await load(source, ...steps)).dataset.train.count).toBeGreaterThanOrEqual(2);
  });

  it.each(Object.keys(kinds))(
    '%s: read rightly or refused with a reason',
    async (kind) => {
      for (const accident of Object.keys(accidents))
        for (let seed = 1; seed <= each; seed += 1)
          expect(await strike(workspace, kinds, kind, accident, drawsFor(kind, accident, seed))).toBeUndefined();
    },
    60_000,
  );
});

it('ends where an Arrow file promises batches that are none', async () => {
  const kinds = await soundFiles(workspace);
  for (const [accident, seed] of [
    ['a quote added', 106],
    ['a piece gone', 123],
  ] as const)
    expect(await strike(workspace, kinds, 'arrow', accident, drawsFor('arrow', accident, seed))).toBeUndefined();
});

it('leaves no row of a Parquet file out where its footer tells of fewer', async () => {
  const kinds = await soundFiles(workspace);
  expect(await strike(workspace, kinds, 'parquet', 'counts wrong', drawsFor('parquet', 'counts wrong', 340))).toBeUndefined();
});

it('refuses a line of millions of fields before anything is made of it', async () => {
  write('commas.csv', `size,kind\n1,u\n2,v\n${','.repeat(2_000_000)}`);
  const sql: DataSource = { format: 'sql', query: 'FROM t', tables: { t: 'commas.csv' } };
  for (const source of [{ format: 'csv', path: 'commas.csv' } as const, sql])
    await expect(load(source, target)).rejects.toMatchObject({ code: 'data.lineTooWide', where: { file: 'commas.csv', line: 4 } });
});

it('reads ten thousand columns', async () => {
  const names = Array.from({ length: 10_000 }, (_, column) => `c${column}`);
  const rows = ['u', 'v', 'u'].map((label, row) => [...names.map((_, column) => String((column * 7 + row * 3) % 11)), label].join(','));
  write('wide.csv', [[...names, 'kind'].join(','), ...rows].join('\n'));
  const { dataset } = await load({ format: 'csv', path: 'wide.csv' }, target);
  expect(dataset.inputShape).toEqual([10_000]);
});

it('does not unpack more than an archive says, nor believe what it says', async () => {
  const lying = Buffer.from(compressedArchive);
  // The size of the first array as the directory tells it.
  const directory = lying.readUInt32LE(lying.length - 6);
  lying.writeUInt32LE(10, directory + 24);
  write('lying.npz', lying);
  await expect(load({ format: 'npz', path: 'lying.npz' })).rejects.toMatchObject({ code: 'data.zipDamaged' });
});
