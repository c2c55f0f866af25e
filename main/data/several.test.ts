/** Data for models with several inputs and outputs. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataStep } from '#contract/spec.ts';
import { fault, makeWorkspace, type TestWorkspace } from './testing/workspace.ts';

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = makeWorkspace();
  const rows = Array.from(
    { length: 8 },
    (_, row) => `${row},${row * 10},${row % 2 ? 'red' : 'blue'},${row / 4},${row < 4 ? 'low' : 'high'}`,
  );
  workspace.write('rows.csv', ['a,b,colour,price,kind', ...rows].join('\n'));
});
const load = (...steps: DataStep[]) => workspace.load({ format: 'csv', path: 'rows.csv' }, ...steps);
const inputs: DataStep = { op: 'inputs', columns: { right: ['b', 'colour'], left: ['a'] } };
const targets: DataStep = { op: 'targets', columns: { worth: 'price', class: 'kind' } };

describe('several inputs and targets of a table', () => {
  it('lie in a row one after another, categories as several values', async () => {
    const { dataset, preview } = await load(inputs, targets, { op: 'oneHot' });
    expect(dataset).toMatchObject({
      inputShape: [4],
      inputs: [
        { name: 'right', shape: [3] },
        { name: 'left', shape: [1] },
      ],
      targetShape: [2],
      targets: [
        { name: 'worth', shape: [1], task: 'regression' },
        { name: 'class', shape: [], task: 'classification', classes: ['high', 'low'] },
      ],
    });
    expect(dataset.classes).toBeUndefined();
    expect([...dataset.train.inputs.subarray(12, 16)]).toEqual([30, 0, 1, 3]);
    expect([...dataset.train.targets.subarray(6, 8)]).toEqual([0.75, 1]);
    expect(preview.table!.columns.map(({ name, role }) => [name, role])).toEqual([
      ['a', 'feature'],
      ['b', 'feature'],
      ['colour', 'feature'],
      ['price', 'target'],
      ['kind', 'target'],
    ]);
  });

  it('a target is no input, and a column must be there', async () => {
    expect((await fault(load({ op: 'inputs', columns: { x: ['a', 'kind'] } }, targets))).code).toBe('data.targetIsFeature');
    expect(await fault(load({ op: 'inputs', columns: { x: ['A1'] } }, targets))).toMatchObject({ at: '/data/steps/0' });
    expect(await fault(load({ op: 'targets', columns: { x: 'pric' } }))).toMatchObject({ at: '/data/steps/0' });
  });

  it('windows cannot be had as well', async () => {
    const window: DataStep = { op: 'window', length: 2 };
    expect(await fault(load(inputs, { op: 'target', column: 'price' }, window))).toMatchObject({
      code: 'data.partsOfRows',
      at: '/data/steps/0',
    });
  });
});
