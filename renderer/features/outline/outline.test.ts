import { expect, test } from 'vitest';
import { withKeys } from '../notebook/blocks.ts';
import { outlineOf } from './outline.ts';

test('headings of every kind, and cells below them', () => {
  const blocks = withKeys([
    { type: 'front', text: '---\nepochbook: 1\ntitle: A\n---\n' },
    { type: 'prose', text: '\n## The *data* and `code`\n\n```md\n# not one\n```\n\nSetext\n---\n\n> # quoted\n\n' },
    { type: 'cell', id: 'wine', kind: 'data', open: '```ts data #wine\n', source: '1\n', close: '```\n' },
    { type: 'prose', text: '\n### Deeper\n\n' },
    { type: 'cell', id: 'network', kind: 'model', open: '```ts model #network\n', source: '1\n', close: '```\n' },
  ]);
  const shown = outlineOf(blocks).map((item) => `${item.level} ${item.type === 'cell' ? item.cell.id : `${item.index} ${item.text}`}`);
  expect(shown).toEqual(['1 0 The data and code', '1 1 Setext', '2 wine', '2 0 Deeper', '3 network']);
});
