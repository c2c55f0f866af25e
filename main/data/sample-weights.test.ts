/** How much samples count, from wherever the data may say it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { npyOf } from './testing/numpy-files.ts';
import { fault, makeWorkspace, type TestWorkspace } from './testing/workspace.ts';
import { zipOf } from './testing/zip-files.ts';

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = makeWorkspace();
  const rows = Array.from({ length: 8 }, (_, row) => `${row},${row * 10},${row % 2 ? 'up' : 'down'},${row / 2}`);
  workspace.write('rows.csv', ['a,b,kind,counts', ...rows].join('\n'));
  workspace.write('odd.csv', 'a,kind,counts\n1,up,1\n2,down,-0.5\n3,up,2\n');
});
const csv: DataSource = { format: 'csv', path: 'rows.csv' };
const target: DataStep = { op: 'target', column: 'kind' };
const weight = (column: string): DataStep => ({ op: 'sampleWeight', column });

describe('a column says how much samples count', () => {
  it('and goes with its rows into every part; it is no feature unless selected', async () => {
    const { dataset, preview } = await workspace.load(csv, target, weight('counts'), { op: 'split', validation: 0.25, seed: 3 });
    for (const part of [dataset.train, dataset.validation!]) expect([...part.weights!]).toEqual(Array.from(part.rows, (row) => row / 2));
    expect(dataset.inputShape).toEqual([2]);
    expect(preview.table!.columns.map(({ role }) => role)).toEqual(['feature', 'feature', 'target', 'weight']);
    const seen = await workspace.load(csv, target, weight('counts'), { op: 'select', columns: ['a', 'counts'] });
    expect(seen.dataset.inputShape).toEqual([2]);
    expect(seen.dataset.train.weights).toHaveLength(8);
  });

  it('of windows, that of the row that is predicted', async () => {
    const window: DataStep = { op: 'window', length: 3, horizon: 2 };
    const { dataset } = await workspace.load(
      csv,
      { op: 'target', column: 'b' },
      { op: 'drop', columns: ['kind'] },
      weight('counts'),
      window,
    );
    expect([...dataset.train.weights!]).toEqual([4, 5, 6, 7].map((row) => row / 2));
  });

  it('what cannot be is said with file and line', async () => {
    const odd: DataSource = { format: 'csv', path: 'odd.csv' };
    expect(await fault(workspace.load(odd, target, weight('counts')))).toMatchObject({
      code: 'data.weightNegative',
      at: '/data/steps/1',
      where: { file: 'odd.csv', line: 3, column: 3 },
    });
    expect(await fault(workspace.load(odd, target, weight('count')))).toMatchObject({
      code: 'data.columnMissingNear',
      at: '/data/steps/1',
    });
    const none: DataStep = { op: 'map', column: 'none', expression: 'a * 0' };
    expect(await fault(workspace.load(csv, none, target, weight('none')))).toMatchObject({ code: 'data.weightsNone', at: '/data/steps/2' });
  });
});

describe('an array says how much samples count', () => {
  const images = npyOf(
    [6, 2, 2],
    Array.from({ length: 24 }, (_, index) => index),
    'u1',
  );
  const labels = npyOf([6], [0, 1, 0, 1, 0, 1], 'u1');
  const counts = npyOf([6], [0.5, 1, 0, 2, 3, 4]);

  it('in the same archive, or in a file of its own', async () => {
    workspace.write('all.npz', zipOf({ 'x.npy': images, 'y.npy': labels, 'w.npy': counts }));
    workspace.write('x.npy', images);
    workspace.write('y.npy', labels);
    workspace.write('w.npy', counts);
    const archive = await workspace.load({ format: 'npz', path: 'all.npz', sampleWeight: 'w' });
    expect([...archive.dataset.train.weights!]).toEqual([0.5, 1, 0, 2, 3, 4]);
    const files = await workspace.load(
      { format: 'npy', inputs: 'x.npy', targets: 'y.npy', sampleWeight: 'w.npy' },
      { op: 'take', count: 4 },
    );
    expect([...files.dataset.train.weights!]).toEqual([0.5, 1, 0, 2]);
    expect(await fault(workspace.load({ format: 'npz', path: 'all.npz', sampleWeight: 'v' }))).toMatchObject({
      code: 'data.npzArrayNear',
      at: '/data/source/sampleWeight',
    });
  });

  it('one for each sample, from 0 on', async () => {
    workspace.write('x.npy', images);
    workspace.write('y.npy', labels);
    const source: DataSource = { format: 'npy', inputs: 'x.npy', targets: 'y.npy', sampleWeight: 'few.npy' };
    workspace.write('few.npy', npyOf([5], [1, 2, 3, 4, 5]));
    expect(await fault(workspace.load(source))).toMatchObject({ code: 'data.samplesDiffer', at: '/data/source/sampleWeight' });
    workspace.write('few.npy', npyOf([6], [1, 2, Number.NaN, 4, 5, 6]));
    expect(await fault(workspace.load(source))).toMatchObject({ code: 'data.weightSample', values: { sample: 2 } });
    const both = await fault(
      workspace.load(source, {
        op: 'withValidation',
        data: { source: { format: 'npy', inputs: 'x.npy', targets: 'y.npy' }, steps: [] },
      }),
    );
    expect(both.code).toBe('data.weightSample');
  });
});

it('a column of a table of pictures does', async () => {
  const sharp = (await import('sharp')).default;
  const dot = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
  for (const name of ['a.png', 'b.png', 'c.png']) workspace.write(`faces/${name}`, dot);
  workspace.write('faces.csv', 'file,kind,counts\na,old,2\nc,young,0.25\nb,old,1\n');
  const source: DataSource = { format: 'imageFolder', path: 'faces', labels: 'faces.csv', sampleWeight: 'counts' };
  expect([...(await workspace.load(source)).dataset.train.weights!]).toEqual([2, 0.25, 1]);
  workspace.write('faces.csv', 'file,kind,counts\na,old,2\nc,young,-0.25\n');
  expect(await fault(workspace.load(source))).toMatchObject({ code: 'data.weightNegative', where: { file: 'faces.csv', line: 3 } });
});
