/** Columns that are computed, samples that get another shape, and what they may be changed by. */
import { describe, expect, it } from 'vitest';
import { message } from '#contract/words/message.ts';
import type { ArrayStep } from '#contract/samples.ts';
import type { DataStep } from '#contract/spec.ts';
import { parseExpression } from './expression.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';

const { write, load } = makeWorkspace();
const target: DataStep = { op: 'target', column: 'y' };

/** An IDX file of bytes. */
function idx(shape: readonly number[], valueAt: (index: number) => number): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => valueAt(index))]);
}
const pictures = (...steps: DataStep[]) => load({ format: 'idx', images: 'i', labels: 'l' }, ...steps);
write(
  'i',
  idx([10, 4, 4], (index) => (index * 7) % 256),
);
write(
  'l',
  idx([10], (index) => index % 2),
);

describe('formulas', () => {
  const of = (text: string, row: Record<string, number> = {}) => parseExpression(text, Object.keys(row))((name) => row[name]);

  it.each<[string, number]>([
    ['1 + 2 * 3', 7],
    ['-2 ** 2', -4],
    ['2 ** -1', 0.5],
    ['2 ** 3 ** 2', 512],
    ['(1 + 2) * 3 % 5', 4],
    ['10 - 2 - 3', 5],
    ['where(3 > 2 && !(1 == 2), max(1, 5, 3), 0)', 5],
    ['1e3 / 4', 250],
    ['sqrt(abs(-9)) + log(exp(2))', 5],
  ])('%s = %d', (text, value) => expect(of(text)).toBeCloseTo(value, 12));

  it('reads columns of any name, and is missing where one is', () => {
    expect(of('weight / `height (m)` ** 2', { weight: 80, 'height (m)': 2 })).toBe(20);
    expect(of('where(a > 1, 1, 0)', { a: NaN })).toBeNaN();
  });

  it.each<[string, string, number]>([
    ['a +', 'end', 4],
    ['a + b', 'column', 5],
    ['sqr(a)', 'function', 1],
    ['a ; a', 'sign', 3],
    ['log(a, a)', 'arguments', 1],
    ['a a', 'sign', 3],
    ['constructor', 'column', 1],
    ['toString(a)', 'function', 1],
    ['('.repeat(300), 'deep', 51],
  ])('refuses %s', (text, problem, column) => {
    expect(() => parseExpression(text, ['a'])).toThrow(
      expect.objectContaining({ message: problem, ...(problem !== 'deep' && { column }) }),
    );
  });

  it('makes a column, in its turn among filters, for prediction as well', async () => {
    write('t.csv', 'w,h,y\n80,2,u\n60,,v\n50,1,u\n90,3,v\n');
    const { dataset } = await load(
      { format: 'csv', path: 't.csv' },
      target,
      { op: 'map', column: 'bmi', expression: 'w / h ** 2' },
      { op: 'filter', column: 'bmi', missing: false },
      { op: 'select', columns: ['bmi'] },
    );
    expect([...dataset.train.inputs]).toEqual([20, 50, 10]);
    expect(dataset.derived).toEqual([{ column: 'bmi', expression: 'w / h ** 2' }]);
    const wrong = await fault(load({ format: 'csv', path: 't.csv' }, target, { op: 'map', column: 'b', expression: 'w / hh' }));
    expect(wrong).toMatchObject({ code: 'data.expressionNear', at: '/data/steps/1', values: { near: 'h', column: 5 } });
    expect(message('en', wrong.code as 'data.expressionNear', wrong.values)).toBe('“w / hh”, character 5: did you mean h?');
  });
});

describe('shapes', () => {
  it('gives rows the shape of pictures, and pictures that of rows', async () => {
    write('p.csv', ['a,b,c,d,y', '1,2,3,4,u', '5,6,7,8,v'].join('\n'));
    const { dataset } = await load({ format: 'csv', path: 'p.csv' }, target, { op: 'reshape', shape: [2, 2, 1] });
    expect(dataset.inputShape).toEqual([2, 2, 1]);
    expect([...dataset.train.inputs]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await pictures({ op: 'reshape', shape: [16] })).dataset.inputShape).toEqual([16]);
    const error = await fault(pictures({ op: 'reshape', shape: [5, 3, 1] }));
    expect(error).toMatchObject({ code: 'data.reshape', at: '/data/steps/0', values: { wantedSize: 15, foundSize: 16 } });
  });

  it('brings pictures to a size, between the middles of pixels', async () => {
    const { dataset } = await pictures({ op: 'resize', size: [2, 2] });
    // Each new pixel lies amid four old ones.
    const old = (row: number, column: number) => (((row * 4 + column) * 7) % 256) / 255;
    expect(dataset.train.inputs[0]).toBeCloseTo((old(0, 0) + old(0, 1) + old(1, 0) + old(1, 1)) / 4, 6);
    expect(dataset.train.inputs[3]).toBeCloseTo((old(2, 2) + old(2, 3) + old(3, 2) + old(3, 3)) / 4, 6);
    expect(dataset.arraySteps).toEqual([{ op: 'resize', size: [2, 2] }]);
    expect((await pictures({ op: 'resize', size: [8, 8] })).dataset.inputShape).toEqual([8, 8, 1]);
    expect(await fault(pictures({ op: 'reshape', shape: [16] }, { op: 'resize', size: [2, 2] }))).toMatchObject({
      code: 'data.notPictures',
    });
  });

  it('scales pictures by the training part alone', async () => {
    const { dataset } = await pictures({ op: 'split', validation: 0.3, seed: 2 }, { op: 'normalize' });
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = (values: Float32Array) => mean(values.map((value) => value * value));
    expect(mean(dataset.train.inputs)).toBeCloseTo(0, 5);
    expect(squares(dataset.train.inputs)).toBeCloseTo(1, 5);
    expect(Math.abs(mean(dataset.validation!.inputs))).toBeGreaterThan(1e-4);
    const [step] = dataset.arraySteps!;
    const raw = await pictures({ op: 'split', validation: 0.3, seed: 2 });
    const { offset, scale } = step as Extract<ArrayStep, { op: 'normalize' }>;
    expect(dataset.validation!.inputs[5]).toBeCloseTo((raw.dataset.validation!.inputs[5] - offset[0]) / scale[0], 5);
  });

  it('tells what changes pictures alone', async () => {
    expect((await pictures({ op: 'augment', flip: 'horizontal', seed: 4 })).dataset.augmentation).toEqual({ flip: 'horizontal', seed: 4 });
    expect(await fault(pictures({ op: 'reshape', shape: [16] }, { op: 'augment', rotate: 3 }))).toMatchObject({
      code: 'data.notPictures',
      at: '/data/steps/1',
    });
    expect((await pictures({ op: 'reshape', shape: [16] }, { op: 'augment', noise: 0.1 })).dataset.augmentation).toEqual({ noise: 0.1 });
  });
});
