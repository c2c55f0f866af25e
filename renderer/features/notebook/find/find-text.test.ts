import { expect, test } from 'vitest';
import type { Block } from '#contract/notebook.ts';
import { type EditedBlock, withKeys } from '../blocks.ts';
import { findIn, patternOf, placeOf, replaceIn, searchedText, type Wanted } from './find-text.ts';

const plain = { matchCase: false, wholeWord: false, regex: false };
const notebook: Block[] = [
  { type: 'front', text: '---\nepochbook: 1\ntitle: units\n---\n' },
  { type: 'prose', text: '\nMore Units, or fewer unit?\n\n' },
  {
    type: 'cell',
    id: 'network',
    kind: 'model',
    open: '```ts model #network\r\n',
    source: 'const units = 8\r\nunits * 2\r\n',
    close: '```\r\n',
  },
];
const blocks: EditedBlock[] = withKeys(notebook);

function found(wanted: Partial<Wanted> & { query: string }): string[] {
  const pattern = patternOf({ ...plain, ...wanted });
  if (!pattern || !('expression' in pattern)) return [];
  return findIn(blocks, pattern.expression).map(({ key, start, end }) => {
    const text = searchedText(blocks.find((block) => block.key === key)!)!;
    const { line, column } = placeOf(text, start);
    return `${blocks.findIndex((block) => block.key === key)}:${line}:${column} ${text.slice(start, end)}`;
  });
}

test('goes over prose and code, and leaves the front matter alone', () => {
  expect(found({ query: 'UNITS' })).toEqual(['1:1:6 Units', '2:1:7 units', '2:2:1 units']);
  expect(found({ query: 'units', matchCase: true })).toEqual(['2:1:7 units', '2:2:1 units']);
  expect(found({ query: 'unit', wholeWord: true })).toEqual(['1:1:22 unit']);
  expect(found({ query: '8\nunits' })).toEqual(['2:1:15 8\nunits']);
});

test('regular expressions, their mistakes, and what matches nothing', () => {
  expect(found({ query: '^units', regex: true })).toEqual(['2:2:1 units']);
  expect(found({ query: 'x*', regex: true })).toEqual([]);
  expect(found({ query: 'units?.', regex: false })).toEqual([]);
  expect(patternOf({ ...plain, query: '(', regex: true })).toHaveProperty('mistake');
  expect(patternOf({ ...plain, query: '' })).toBeUndefined();
});

test('whole words in every script', () => {
  const pattern = patternOf({ ...plain, query: 'größe', wholeWord: true });
  expect(pattern && 'expression' in pattern && 'Größe Größen, größe'.match(pattern.expression)).toEqual(['Größe', 'größe']);
});

test('replaces one or all; groups only in a regular expression', () => {
  const words = /(\w+)=(?<value>\d+)/g;
  expect(replaceIn('a=1 b=2', words, '$<value>:$1$$ $& $7', true)).toBe('1:a$ a=1 $7 2:b$ b=2 $7');
  expect(replaceIn('a=1 b=2', words, '$1', false)).toBe('$1 $1');
  expect(replaceIn('a=1 b=2', words, '-', true, 4)).toBe('a=1 -');
});
