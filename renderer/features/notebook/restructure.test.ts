import { expect, test } from 'vitest';
import { cellsOf, isCell, isShown, newCell, newProse, textOf, withEditorText, withKeys } from './blocks.ts';
import { asHeadings, convert, merge, splitCell, withCopies } from './restructure.ts';

const blocks = withKeys([
  { type: 'front', text: '---\nepochbook: 1\n---\n' },
  { type: 'prose', text: '\nWhich wine?\n\n' },
  { type: 'cell', id: 'net', kind: 'model', open: '```ts model #net\n', source: 'const a = 1\nsequential([])\n', close: '```\n' },
  { type: 'prose', text: '\n' },
  { type: 'cell', id: 'training', kind: 'train', open: '```ts train #training\n', source: 'train({})\n', close: '```\n' },
]);
const net = cellsOf(blocks)[0];

test('a copy has the text and a name of its own, and stands behind', () => {
  const copied = withCopies(blocks, [net], net.key)!;
  expect(cellsOf(copied.blocks).map((cell) => cell.id)).toEqual(['net', 'net2', 'training']);
  expect(textOf(copied.blocks)).toContain('```\n\n```ts model #net2\nconst a = 1\nsequential([])\n```\n');
});

test('a cut cell comes back under its name', () => {
  const without = blocks.filter((block) => block !== net);
  expect(cellsOf(withCopies(without, [net], without[1].key)!.blocks)[0].id).toBe('net');
});

test('splitting and merging come back to the text', () => {
  const split = splitCell(blocks, net, 2, 1)!;
  expect(cellsOf(split.blocks).map((cell) => cell.source)).toEqual(['const a = 1\n', 'sequential([])\n', 'train({})\n']);
  const merged = merge(split.blocks, [net.key, split.key])!;
  expect(cellsOf(merged.blocks).map((cell) => cell.source)).toEqual(['const a = 1\n\nsequential([])\n', 'train({})\n']);
  expect(splitCell(blocks, net, 1, 1)).toBeUndefined();
  expect(merge(blocks, [blocks[1].key, net.key])).toBeUndefined();
  expect(merge(blocks, [net.key])).toBeUndefined();
});

test('prose merges with prose', () => {
  const two = [newProse('One.'), newProse('Two.')];
  expect(textOf(merge(two, [two[0].key, two[1].key])!.blocks)).toBe('One.\n\nTwo.\n');
});

test('several are copied in their order, each under a name of its own', () => {
  const all = withCopies(blocks, cellsOf(blocks), undefined)!;
  expect(cellsOf(all.blocks).map((cell) => cell.id)).toEqual(['net2', 'training2', 'net', 'training']);
  const shown = all.blocks.filter(isShown);
  expect([all.from, all.key]).toEqual([shown[0].key, shown[1].key]);
});

const placeholder = 'Write here.';
const shownText = (shown: typeof blocks) =>
  shown.filter(isShown).map((block) => (isCell(block) ? `${block.kind} ${block.source.trim()}` : block.text.trim()));

test('cells become prose and prose cells, in their place', () => {
  const keys = blocks.filter(isShown).map(({ key }) => key);
  const prose = convert(blocks, keys, 'prose', placeholder)!;
  expect(shownText(prose.blocks as typeof blocks)).toEqual(['Which wine?', 'const a = 1\nsequential([])', 'train({})']);
  expect(prose.from).toBe(keys[0]);
  const cell = convert(prose.blocks, [prose.key], 'code', placeholder)!;
  expect(cellsOf(cell.blocks)[0]).toMatchObject({ kind: 'code', source: 'train({})\n' });
  expect(convert(blocks, [net.key], 'model', placeholder)).toBeUndefined();
});

test('an empty cell becomes prose to be written, and that an empty cell', () => {
  const empty = withEditorText(newCell('code', []), '');
  const prose = convert([empty], [empty.key], 'prose', placeholder)!;
  expect(textOf(prose.blocks)).toBe(`${placeholder}\n`);
  expect(cellsOf(convert(prose.blocks, [prose.key], 'code', placeholder)!.blocks)[0].source).toBe('');
});

test.each([
  ['One\n\nTwo', '## One\n\nTwo'],
  ['#### One ##\ntwo', '## One\ntwo'],
  ['One\n===\ntwo', '## One\ntwo'],
  ['#hash', '## #hash'],
  ['#', '## '],
])('%j as a heading', (before, after) => {
  const prose = [newProse(before)];
  expect(textOf(asHeadings(prose, [prose[0].key], 2, placeholder)!.blocks).replace(/\n$/, '')).toBe(after.trimEnd());
});

test('of a selection every first line becomes a heading, of cells too', () => {
  const keys = blocks.filter(isShown).map(({ key }) => key);
  const headed = asHeadings(blocks, keys, 3, placeholder)!;
  expect(shownText(headed.blocks as typeof blocks)).toEqual(['### Which wine?', '### const a = 1\nsequential([])', '### train({})']);
  expect(headed.from).toBe(keys[0]);
  const headings = headed.blocks.filter(isShown).map(({ key }) => key);
  expect(asHeadings(headed.blocks, headings, 3, placeholder)).toBeUndefined();
});
