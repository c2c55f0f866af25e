import { expect, test } from 'vitest';
import { cellsOf, isCell, isShown, newCell, newProse, textOf, withEditorText, withKeys } from './blocks.ts';
import { convert, mergeWithNext, splitCell, withCopy } from './restructure.ts';

const blocks = withKeys([
  { type: 'front', text: '---\nepochbook: 1\n---\n' },
  { type: 'prose', text: '\nWhich wine?\n\n' },
  { type: 'cell', id: 'net', kind: 'model', open: '```ts model #net\n', source: 'const a = 1\nsequential([])\n', close: '```\n' },
  { type: 'prose', text: '\n' },
  { type: 'cell', id: 'training', kind: 'train', open: '```ts train #training\n', source: 'train({})\n', close: '```\n' },
]);
const net = cellsOf(blocks)[0];

test('a copy has the text and a name of its own, and stands behind', () => {
  const copied = withCopy(blocks, net, net.key)!;
  expect(cellsOf(copied.blocks).map((cell) => cell.id)).toEqual(['net', 'net2', 'training']);
  expect(textOf(copied.blocks)).toContain('```\n\n```ts model #net2\nconst a = 1\nsequential([])\n```\n');
});

test('a cut cell comes back under its name', () => {
  const without = blocks.filter((block) => block !== net);
  expect(cellsOf(withCopy(without, net, without[1].key)!.blocks)[0].id).toBe('net');
});

test('splitting and merging come back to the text', () => {
  const split = splitCell(blocks, net, 2, 1)!;
  expect(cellsOf(split.blocks).map((cell) => cell.source)).toEqual(['const a = 1\n', 'sequential([])\n', 'train({})\n']);
  const merged = mergeWithNext(split.blocks, net.key)!;
  expect(cellsOf(merged.blocks).map((cell) => cell.source)).toEqual(['const a = 1\n\nsequential([])\n', 'train({})\n']);
  expect(splitCell(blocks, net, 1, 1)).toBeUndefined();
  expect(mergeWithNext(blocks, blocks[1].key)).toBeUndefined();
});

test('prose merges with prose', () => {
  const two = [newProse('One.'), newProse('Two.')];
  expect(textOf(mergeWithNext(two, two[0].key)!.blocks)).toBe('One.\n\nTwo.\n');
});

test('a cell becomes prose and prose a cell, in their place', () => {
  const prose = convert(blocks, net, 'prose')!;
  expect(prose.blocks.filter(isShown).map((block) => (isCell(block) ? block.id : block.text.trim()))).toEqual([
    'Which wine?',
    'const a = 1\nsequential([])',
    'training',
  ]);
  const cell = convert(
    prose.blocks,
    prose.blocks.find(({ key }) => key === prose.key)!,
    'code',
  )!;
  expect(cellsOf(cell.blocks)[0]).toMatchObject({ kind: 'code', source: net.source });
  expect(convert(blocks, net, 'model')).toBeUndefined();
  const empty = withEditorText(newCell('code', []), '');
  expect(convert([empty], empty, 'prose')).toBeUndefined();
});
