import { expect, test } from 'vitest';
import { type EditedBlock, insertAfter, move, newCell, newProse, remove } from './blocks.ts';
import { headingAbove, sectionOf, stillCollapsed } from './headings.ts';
import { viewBeside, viewKeys } from './lookup.ts';

const prose = (text: string): EditedBlock => newProse(text);
const cell = (): EditedBlock => newCell('code', []);

test('under a heading is all down to the next of its level or a higher one; of several in one text the last counts', () => {
  const [lead, one, data, model, deeper, train, two, rest] = [
    prose('What this is about.'),
    prose('# One\n\nwith words'),
    cell(),
    prose('a note\n\n```\n# not one\n```'),
    prose('intro\n\n### Deeper\n'),
    cell(),
    prose('Two\n==='),
    prose('words\n\n## Low\n\n# High'),
  ];
  const blocks = [lead, one, data, model, deeper, train, two, rest];
  const under = (block: EditedBlock) => sectionOf(blocks, block.key);
  expect(under(lead)).toEqual([]);
  expect(under(one)).toEqual([data, model, deeper, train].map(({ key }) => key));
  expect(under(deeper)).toEqual([train.key]);
  expect(under(two)).toEqual([]);
  expect(under(rest)).toEqual([]);
  expect(headingAbove(blocks, train.key)).toBe(deeper.key);
  expect(headingAbove(blocks, deeper.key)).toBe(one.key);
  expect(headingAbove(blocks, lead.key)).toBeUndefined();

  const view = { blocks, collapsed: [one.key] };
  expect(viewKeys(view)).toEqual([lead, one, two, rest].map(({ key }) => key));
  expect(viewBeside(view, one.key, 1)).toBe(two);
  expect(viewBeside(view, two.key, -1)).toBe(one);
});

test('a collapsed heading opens where its cells become others, or one of them is selected; a text that changes leaves it', () => {
  const [one, first, second, two] = [prose('# One'), cell(), cell(), prose('# Two')];
  const blocks = [one, first, second, two];
  const collapsed = [one.key];
  const stays = (after: readonly EditedBlock[], selected?: string) => stillCollapsed(collapsed, blocks, after, selected);
  expect(stays(blocks.map((block) => (block === first ? { ...block, source: '1\n' } : block) as EditedBlock))).toBe(collapsed);
  expect(stays(blocks, two.key)).toBe(collapsed);
  expect(stays(blocks, second.key)).toEqual([]);
  expect(stays(insertAfter(blocks, one.key, cell()))).toEqual([]);
  expect(stays(move(blocks, [two.key], -1))).toEqual([]);
  expect(stays(remove(blocks, one.key))).toEqual([]);
});
