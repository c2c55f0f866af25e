import { describe, expect, test } from 'vitest';
import type { Block } from '#contract/notebook.ts';
import {
  cellsOf,
  type EditedBlock,
  editorText,
  insertAfter,
  isShown,
  move,
  newCell,
  newCellId,
  newProse,
  proseText,
  type ProseBlock,
  remove,
  textOf,
  withEditorText,
  withKeys,
  withoutKeys,
  withProseText,
  withTitle,
} from './blocks.ts';

const notebook: Block[] = [
  { type: 'front', text: '---\nepochbook: 1\ntitle: Wine\n---\n' },
  { type: 'prose', text: 'Which wine?\n\n' },
  { type: 'cell', id: 'wine', kind: 'data', open: '```ts data #wine\n', source: "data.csv('wine.csv')\n", close: '```\n' },
  { type: 'prose', text: '\n' },
  { type: 'cell', id: 'net', kind: 'model', open: '```ts model #net\n', source: 'sequential([])\n', close: '```\n' },
  { type: 'prose', text: '\nThe end.\n' },
];

function shownTexts(blocks: readonly EditedBlock[]): string[] {
  return blocks.filter(isShown).map((block) => (block.type === 'cell' ? block.id : block.text.trim()));
}

/** Every fence stands on a line of its own, with a blank line (or the file's start) above. */
function expectWellFormed(blocks: readonly EditedBlock[]): void {
  const text = textOf(blocks);
  for (const cell of cellsOf(blocks)) {
    const at = text.indexOf(cell.open);
    expect(text.slice(0, at), cell.id).toMatch(/(^|\n---\n|\n\n)$/);
  }
}

function keyOf(blocks: readonly EditedBlock[], index: number): string {
  return blocks.filter(isShown)[index].key;
}

describe('blocks', () => {
  test('keys are apart and do not change the file', () => {
    const blocks = withKeys(notebook);
    expect(new Set(blocks.map((block) => block.key)).size).toBe(blocks.length);
    expect(withoutKeys(blocks)).toEqual(notebook);
  });

  test('inserts with blank lines around', () => {
    const blocks = withKeys(notebook);
    for (const after of [undefined, keyOf(blocks, 0), keyOf(blocks, 1), keyOf(blocks, 2), keyOf(blocks, 3)]) {
      for (const block of [newCell('train', blocks), newProse('A thought.')]) {
        const grown = insertAfter(blocks, after, block);
        expectWellFormed(grown);
        const place = after === undefined ? 0 : blocks.filter(isShown).findIndex((other) => other.key === after) + 1;
        expect(grown.filter(isShown)[place].key).toBe(block.key);
      }
    }
  });

  test('removing what was inserted gives the same blocks in the same order', () => {
    const blocks = withKeys(notebook);
    const cell = newCell('code', blocks);
    const grown = insertAfter(blocks, keyOf(blocks, 1), cell);
    expect(shownTexts(remove(grown, cell.key))).toEqual(shownTexts(blocks));
    expectWellFormed(remove(grown, cell.key));
  });

  test('moves among what is drawn and stops at the ends', () => {
    const blocks = withKeys(notebook);
    const down = move(blocks, [keyOf(blocks, 1)], 1);
    expect(shownTexts(down)).toEqual(['Which wine?', 'net', 'wine', 'The end.']);
    expectWellFormed(down);
    expect(shownTexts(move(down, [keyOf(blocks, 1)], -1))).toEqual(shownTexts(blocks));
    expect(move(blocks, [keyOf(blocks, 0)], -1)).toBe(blocks);
  });

  test('an unclosed cell is closed when something follows it', () => {
    const blocks = withKeys([{ type: 'cell', id: 'a', kind: 'code', open: '~~~~ts code #a\n', source: '1 + 1', close: '' }]);
    expect(textOf(insertAfter(blocks, blocks[0].key, newProse('After.')))).toBe('~~~~ts code #a\n1 + 1\n~~~~\n\nAfter.\n');
  });

  test('a new id is taken by no cell', () => {
    const blocks = withKeys(notebook);
    expect(newCellId('model', blocks)).toBe('model');
    const once = insertAfter(blocks, undefined, newCell('model', blocks));
    expect(newCellId('model', once)).toBe('model2');
  });
});

describe('a cell in the editor', () => {
  const [cell] = cellsOf(withKeys(notebook));

  test('the last line end is the file’s', () => {
    expect(editorText(cell)).toBe("data.csv('wine.csv')");
    expect(withEditorText(cell, editorText(cell))).toEqual(cell);
    expect(withEditorText(cell, '').source).toBe('');
    expect(withEditorText(cell, 'a\n').source).toBe('a\n\n');
  });

  test('line ends stay those of the file', () => {
    const dos = { ...cell, open: '```ts data #wine\r\n', source: 'a\r\nb\r\n', close: '```\r\n' };
    expect(editorText(dos)).toBe('a\nb');
    expect(withEditorText(dos, 'a\nc').source).toBe('a\r\nc\r\n');
  });

  test('a fence inside makes the fence around longer', () => {
    const edited = withEditorText(cell, 'const text = `\n```\n`');
    expect(edited.open).toBe('````ts data #wine\n');
    expect(edited.close).toBe('````\n');
  });
});

test('prose keeps the blank lines around it', () => {
  const block = withKeys([{ type: 'prose', text: '\n\nOld.\n\n\n' }])[0] as ProseBlock;
  expect(proseText(block)).toBe('Old.');
  expect(withProseText(block, 'New.\n\nSecond.').text).toBe('\n\nNew.\n\nSecond.\n\n\n');
  expect(withProseText(block, 'Old.').text).toBe(block.text);
});

test.each([
  ['Wine', 'title: Wine'],
  ['Wine: red', 'title: "Wine: red"'],
  ['true', 'title: "true"'],
  ['#1', 'title: "#1"'],
  ['葡萄酒', 'title: 葡萄酒'],
])('title %s is written as %s', (title, line) => {
  expect(withTitle('---\nepochbook: 1\ntitle: Old\nlicence: MIT\n---\n', title)).toBe(`---\nepochbook: 1\n${line}\nlicence: MIT\n---\n`);
  expect(withTitle('---\nepochbook: 1\n---\n', title)).toBe(`---\nepochbook: 1\n${line}\n---\n`);
});
