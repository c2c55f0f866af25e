import { expect, test } from 'vitest';
import type { DataFix } from '#contract/notebook.ts';
import { withDataFix } from './data-fix.ts';

const step = (text: string, before?: string[]): DataFix => ({ do: 'addStep', step: text, ...(before && { before }) });

test('a step goes to the end of the chain, or before the steps that it must come before', () => {
  const line = "data.csv('a.csv').target('y').standardize().split({ validation: 0.2 })";
  expect(withDataFix(line, step(".drop('id')"))).toBe(`${line}.drop('id')`);
  expect(withDataFix(line, step('.distinct()', ['standardize', 'split']))).toBe(line.replace('.standardize', '.distinct().standardize'));
  const lines = "// data.csv('old.csv')\nconst wine = data.csv('a.csv') // .drop\n  .target('y')\n  .split({ validation: 0.2 })\nwine";
  expect(withDataFix(lines, step(".drop('it\\'s')"))).toBe(lines.replace('0.2 })', "0.2 })\n  .drop('it\\'s')"));
  expect(withDataFix(lines, step('.standardize()', ['split']))).toBe(lines.replace('  .split', '  .standardize()\n  .split'));
});

test('an option is set beside the others, in the place of the old value, or without what it excludes', () => {
  const set = (more: Partial<Extract<DataFix, { do: 'setOption' }>> = {}): DataFix => ({
    do: 'setOption',
    of: 'split',
    name: 'stratify',
    value: 'true',
    ...more,
  });
  const chain = (options: string) => `data.csv('a.csv', { delimiter: ';' }).split(${options}).standardize()`;
  expect(withDataFix(chain('{ validation: 0.2 }'), set())).toBe(chain('{ validation: 0.2, stratify: true }'));
  expect(withDataFix(chain('{ stratify: false, validation: 0.2 }'), set())).toBe(chain('{ stratify: true, validation: 0.2 }'));
  expect(withDataFix(chain("{ validation: 0.2, time: 'day, or so' }"), set({ without: ['time'] }))).toBe(
    chain('{ validation: 0.2, stratify: true }'),
  );
  expect(
    withDataFix("data.idx({\n  images: 'a',\n  labels: 'b',\n})", { do: 'setOption', of: 'idx', name: 'scale', value: '1 / 255' }),
  ).toBe("data.idx({\n  images: 'a',\n  labels: 'b',\n  scale: 1 / 255,\n})");
  expect(withDataFix("data.imageFolder('p')", { do: 'setOption', of: 'imageFolder', name: 'damaged', value: "'skip'" })).toBe(
    "data.imageFolder('p', { damaged: 'skip' })",
  );
});

test('a step takes the place of another', () => {
  const fix: DataFix = { do: 'setStep', of: 'kFold', step: ".split({ validation: 0.2, time: 'day' })" };
  const line = "data.csv('a.csv').target('y').kFold({ folds: 5, fold: param('fold', 1) }).standardize()";
  expect(withDataFix(line, fix)).toBe("data.csv('a.csv').target('y').split({ validation: 0.2, time: 'day' }).standardize()");
  expect(withDataFix("data.csv('a.csv').target('y')", fix)).toBeUndefined();
});

test('train gets its option, other data in the chain is left alone, and nothing is done where there is no place', () => {
  const weight: DataFix = { do: 'setTrainOption', name: 'classWeight', value: "'balanced'" };
  expect(withDataFix("train({ epochs: 3, loss: 'mse' })", weight)).toBe("train({ epochs: 3, loss: 'mse', classWeight: 'balanced' })");
  const other = "data.csv('a').withValidation(data.csv('b').take(3))";
  expect(withDataFix(other, step('.drop()'))).toBe(`${other}.drop()`);
  expect(withDataFix('makeData()', step('.drop()'))).toBeUndefined();
  expect(withDataFix('model', weight)).toBeUndefined();
});
