import { parseCsv } from './csv.ts';
import { preparePieces } from './preparation.ts';
import { describe, expect, it } from 'vitest';
import type { DataStep } from '#contract/spec.ts';
import { featureOf } from './features.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { write, load } = makeWorkspace();
const target: DataStep = { op: 'target', column: 'y' };
const table = (rows: readonly string[], ...steps: DataStep[]) => {
  write('t.csv', ['x,k,y', ...rows].join('\n'));
  return load({ format: 'csv', path: 't.csv' }, target, ...steps);
};
const select = (...columns: string[]): DataStep => ({ op: 'select', columns });

/** What the training part sees of the only feature, in order of rows. */
async function numbers(rows: readonly string[], ...steps: DataStep[]): Promise<number[]> {
  return [...(await table(rows, ...steps)).dataset.train.inputs];
}

describe('preparation', () => {
  const rows = ['1,b,u', '4,a,v', ',a,u', '100,,v', '2,c,u'];

  it.each<[string, DataStep[], number[]]>([
    ['the median', [{ op: 'impute' }], [1, 4, 3, 100, 2]],
    ['the mean', [{ op: 'impute', method: 'mean' }], [1, 4, 26.75, 100, 2]],
    ['a value', [{ op: 'impute', value: -1 }], [1, 4, -1, 100, 2]],
    ['the least of the most frequent', [{ op: 'impute', method: 'mostFrequent' }], [1, 4, 1, 100, 2]],
    ['bounds after the median', [{ op: 'impute' }, { op: 'clip', columns: ['x'], max: 4, min: 2 }], [2, 4, 3, 4, 2]],
    ['buckets', [{ op: 'impute' }, { op: 'bucketize', columns: ['x'], boundaries: [4, 2] }], [0, 2, 1, 2, 1]],
    [
      'a scale, bounds, a scale',
      [{ op: 'impute' }, { op: 'normalize', method: 'minMax' }, { op: 'clip', columns: ['x'], max: 0 }, { op: 'normalize' }],
      [0, 0, 0, 0, 0],
    ],
  ])('fills and changes numbers: %s', async (_, steps, wanted) => {
    expect(await numbers(rows, select('x'), ...steps)).toEqual(wanted);
  });

  it.each<[string, DataStep[], number[][]]>([
    ['categories in natural order', [{ op: 'impute' }, { op: 'ordinal' }], [[1], [0], [0], [0], [2]]],
    [
      'categories in a given order',
      [
        { op: 'impute', value: 'c' },
        { op: 'ordinal', order: ['c', 'b', 'a'] },
      ],
      [[1], [2], [2], [0], [0]],
    ],
    [
      'one column each',
      [{ op: 'impute' }, { op: 'oneHot' }],
      [
        [0, 1, 0],
        [1, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
      ],
    ],
  ])('turns text into numbers: %s', async (_, steps, wanted) => {
    expect(await numbers(rows, select('k'), ...steps)).toEqual(wanted.flat());
  });

  it('takes the logarithm, and says where there is none', async () => {
    expect(await numbers(['0,a,u', '1,a,v'], select('x'), { op: 'log', columns: ['x'] })).toEqual([0, Math.fround(Math.log(2))]);
    const error = await fault(table(['0,a,u', '-1,a,v'], select('x'), { op: 'log', columns: ['x'] }));
    expect(error).toMatchObject({ code: 'data.logOfNegative', values: { line: 3, value: -1 }, at: '/data/steps/2' });
  });

  it('makes even buckets of the training part', async () => {
    const many = Array.from({ length: 40 }, (_, row) => `${row},a,${row % 2 ? 'u' : 'v'}`);
    const found = await numbers(many, select('x'), { op: 'bucketize', columns: ['x'], buckets: 4 });
    expect([0, 1, 2, 3].map((bucket) => found.filter((value) => value === bucket).length)).toEqual([10, 10, 10, 10]);
  });

  it('casts: codes to categories, odd text to an error', async () => {
    const codes = ['10,a,u', '20,a,v', '10,b,u'];
    const { dataset } = await table(codes, select('x'), { op: 'cast', columns: ['x'], to: 'text' }, { op: 'oneHot' });
    expect(dataset.features?.map(({ category }) => category)).toEqual(['10', '20']);
    expect((await fault(table(codes, { op: 'cast', columns: ['k'], to: 'number' }))).code).toBe('data.notANumber');
  });

  it.each<[string, DataStep, number[]]>([
    ['bounds', { op: 'filter', column: 'x', min: 2, max: 50 }, [1, 4]],
    ['values', { op: 'filter', column: 'k', oneOf: ['a', 'c'] }, [1, 2, 4]],
    ['numbers however they are written', { op: 'filter', column: 'x', oneOf: [1, 4] }, [0, 1]],
    ['other values', { op: 'filter', column: 'k', noneOf: ['a'] }, [0, 3, 4]],
    ['gaps', { op: 'filter', column: 'x', missing: false }, [0, 1, 3, 4]],
    // A row without a number is neither above nor below.
    ['formula', { op: 'where', expression: 'x * 2 > 6 || x < 2' }, [0, 1, 3]],
  ])('filters by %s, and keeps the numbers of rows', async (_, filter, wanted) => {
    const { dataset } = await table(rows, select('x'), { op: 'impute' }, filter);
    expect([...dataset.train.rows]).toEqual(wanted);
  });

  it.each<[DataStep, string]>([
    [{ op: 'filter', column: 'x', min: 1000 }, 'data.filteredAll'],
    [{ op: 'filter', column: 'xx', min: 1 }, 'data.columnMissingNear'],
    [{ op: 'where', expression: 'x > 1e9' }, 'data.filteredAll'],
    [{ op: 'where', expression: 'xx > 1' }, 'data.expressionNear'],
    [{ op: 'impute', columns: ['k'], method: 'mean' }, 'data.imputeText'],
    [{ op: 'impute', columns: ['x'], value: 'many' }, 'data.imputeText'],
    [{ op: 'clip', columns: ['k'], min: 0 }, 'data.textStep'],
    [{ op: 'ordinal', columns: ['k'], order: ['a', 'b'] }, 'data.notInOrder'],
  ])('says what is wrong with %j', async (step, code) => {
    expect(await fault(table(rows, step))).toMatchObject({ code, at: '/data/steps/1' });
  });

  it('fits on the training part alone, and is recorded so that a row by itself gives the same', async () => {
    const random = (row: number, factor: number) => Math.abs(Math.sin(row * factor)) * 100;
    const lines = Array.from({ length: 120 }, (_, row) => {
      const x = row % 7 === 0 ? '' : random(row, 12.9).toFixed(3);
      return `${x},${['red', 'green', '', 'blue'][Math.floor(random(row, 7.7)) % 4]},${(row % 3) - 1}`;
    });
    const { dataset } = await table(
      lines,
      { op: 'impute' },
      { op: 'log', columns: ['x'] },
      { op: 'normalize', columns: ['x'] },
      { op: 'clip', columns: ['x'], min: -1.5, max: 1.5 },
      { op: 'normalize', columns: ['x'], method: 'minMax' },
      { op: 'oneHot' },
      { op: 'split', validation: 0.3, test: 0.2, seed: 4 },
    );
    const features = dataset.features!;
    const trained = [...dataset.train.rows]
      .map((row) => lines[row].split(',')[0])
      .filter((text) => text !== '')
      .map(Number)
      .toSorted((a, b) => a - b);
    const middle = trained.length / 2;
    const median = (trained[Math.floor(middle)] + trained[Math.ceil(middle) - 1]) / 2;
    expect(features[0].before?.[0]).toEqual({ op: 'impute', value: expect.closeTo(median, 9) as number });
    for (const part of [dataset.train, dataset.validation!, dataset.test!]) {
      part.rows.forEach((row, index) => {
        const [x, k] = lines[row].split(',');
        const alone = features.map((feature) => Math.fround(featureOf(feature, feature.column === 'x' ? x : k)));
        expect(alone).toEqual([...part.inputs.subarray(index * features.length, (index + 1) * features.length)]);
      });
    }
  });

  it('gives a category that was not trained no column', async () => {
    write('v.csv', 'x,k,y\n1,new,u\n');
    const { dataset } = await table(
      ['1,a,u', '2,b,v'],
      { op: 'oneHot' },
      { op: 'withValidation', data: { source: { format: 'csv', path: 'v.csv' }, steps: [] } },
    );
    expect([...dataset.validation!.inputs]).toEqual([1, 0, 0]);
  });
});

describe('splits', () => {
  const patients = Array.from({ length: 60 }, (_, row) => `${row},p${(row * 7) % 12},${row % 2 ? 'u' : 'v'}`);
  const names = (rows: Uint32Array | undefined) => new Set([...rows!].map((row) => patients[row].split(',')[1]));

  it('keeps each group in one part, and takes it for no feature', async () => {
    const { dataset } = await table(patients, { op: 'split', validation: 0.25, test: 0.25, group: 'k', seed: 2 });
    const parts = [dataset.train, dataset.validation, dataset.test].map((part) => names(part!.rows));
    expect(new Set(parts.flatMap((part) => [...part])).size).toBe(12);
    expect(parts.map((part) => part.size)).toEqual([6, 3, 3]);
    expect(dataset.features?.map(({ column }) => column)).toEqual(['x']);
  });

  it('puts the latest last, and does not cut a moment in two', async () => {
    const days = Array.from(
      { length: 20 },
      (_, row) => `${row},2024-01-${String(((row * 7) % 10) + 1).padStart(2, '0')},${row % 2 ? 'u' : 'v'}`,
    );
    const { dataset } = await table(days, { op: 'split', validation: 5, test: 4, time: 'k' });
    const dayOf = (row: number) => days[row].split(',')[1];
    const [train, validation, test] = [dataset.train, dataset.validation, dataset.test].map((part) =>
      [...part!.rows].map(dayOf).toSorted(),
    );
    expect(train.at(-1)! < validation[0] && validation.at(-1)! < test[0]).toBe(true);
    expect([train.length, validation.length, test.length]).toEqual([12, 4, 4]);
  });

  it.each<[DataStep, string]>([
    [{ op: 'split', validation: 0.2, time: 'k' }, 'data.notATime'],
    [{ op: 'split', validation: 0.2, group: 'kk' }, 'data.columnMissingNear'],
    [{ op: 'split', validation: 0.2, group: 'y', test: 0.2 }, 'data.fewGroups'],
    [{ op: 'split', validation: 0.2, group: 'k', stratify: true }, 'data.splitWays'],
  ])('says what is wrong with %j', async (step, code) => {
    expect(await fault(table(patients, step))).toMatchObject({ code, at: '/data/steps/1' });
  });
});

describe('other data as a part', () => {
  const other = (path: string, ...steps: Extract<DataStep, { op: 'withTest' }>['data']['steps']): DataStep => ({
    op: 'withValidation',
    data: { source: { format: 'csv', path }, steps },
  });

  it('is prepared with what was fitted on the training data, columns by name', async () => {
    write('v.csv', 'y,extra,x\nv,1,10\nu,2,20\nv,3,\n');
    const { dataset, preview } = await table(
      ['0,a,u', '5,a,v', '10,a,u'],
      select('x'),
      { op: 'impute' },
      { op: 'normalize', method: 'minMax' },
      other('v.csv'),
      { op: 'split', validation: 0, test: 1 },
    );
    expect(preview.samples).toEqual({ train: 2, validation: 3, test: 1 });
    const seen = [...dataset.train.rows].map((row) => row * 5);
    const scale = (value: number) => Math.fround((value - Math.min(...seen)) / (Math.max(...seen) - Math.min(...seen)));
    expect([...dataset.validation!.inputs]).toEqual([10, 20, (seen[0] + seen[1]) / 2].map(scale));
    expect([...dataset.validation!.targets]).toEqual([1, 0, 1]);
    expect([...dataset.validation!.rows]).toEqual([0, 1, 2]);
  });

  it.each<[string, string, DataStep[], object]>([
    [
      'has a bad line',
      'x,k,y\n1,a,u\n2,a\n',
      [other('v.csv')],
      { code: 'data.raggedRow', where: { file: 'v.csv', line: 3 }, at: '/data/steps/2/data/source/path' },
    ],
    ['has a gap', 'x,k,y\n1,a,u\n,a,u\n', [other('v.csv')], { code: 'data.missingValue', where: { file: 'v.csv', line: 3 } }],
    ['lacks a column', 'width,kind,y\n1,a,u\n', [other('v.csv')], { code: 'data.columnMissingNear', at: '/data/steps/2' }],
    ['is missing', '', [other('w.csv')], { code: 'data.fileMissingNear', at: '/data/steps/2/data/source/path' }],
    [
      'is prepared alone',
      'x,k,y\n1,a,u\n',
      [other('v.csv', { op: 'normalize' })],
      { code: 'data.otherStep', at: '/data/steps/2/data/steps/0' },
    ],
    [
      'is split off as well',
      'x,k,y\n1,a,u\n',
      [other('v.csv'), { op: 'split', validation: 1 }],
      { code: 'data.partTwice', at: '/data/steps/2' },
    ],
    [
      'is no table',
      '',
      [{ op: 'withValidation', data: { source: { format: 'npz', path: 'v.npz' }, steps: [] } }],
      { code: 'data.otherKind' },
    ],
  ])('says so when it %s', async (_, text, steps, wanted) => {
    write('v.csv', text);
    expect(await fault(table(['0,a,u', '5,a,v'], select('x'), ...steps))).toMatchObject(wanted);
  });
});

describe('steps that mend', () => {
  const file = 'a,b,c,y\n1,red,5,x\n1,Red,5,x\n2,blue,6,y\n2,blue,6,x\n-999,blue,7,y\n3,red,8,y\n';
  it('replace, drop and distinct, and the same to later rows', async () => {
    write('mend.csv', file);
    const source = { format: 'csv', path: 'mend.csv' } as const;
    const { dataset } = await load(
      source,
      { op: 'target', column: 'y' },
      { op: 'replace', column: 'b', values: { Red: 'red' } },
      { op: 'replace', column: 'a', values: { '-999': '' } },
      { op: 'drop', columns: ['c'] },
      { op: 'distinct', contrary: 'drop' },
      { op: 'impute', value: 9 },
      { op: 'oneHot' },
    );
    expect(dataset.features?.map(({ column, category }) => category ?? column)).toEqual(['a', 'blue', 'red']);
    expect([...dataset.train.rows]).toEqual([0, 4, 5]);
    expect([...dataset.train.inputs]).toEqual([1, 0, 1, 9, 1, 0, 3, 0, 1]);
    const later = parseCsv({ path: 'later.csv', bytes: Buffer.from('a,b\n-999,Red\n') }, source, '/data/source');
    expect([...[...preparePieces(dataset, later)][0].inputs]).toEqual([9, 0, 1]);
  });
});
