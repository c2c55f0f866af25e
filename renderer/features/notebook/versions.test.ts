import { describe, expect, test } from 'vitest';
import type { Block } from '#contract/notebook.ts';
import { changesBetween, countChanges, mergeVersions } from './versions.ts';

const cell = (id: string, source: string): Block => ({
  type: 'cell',
  id,
  kind: 'code',
  open: `\`\`\`ts code #${id}\n`,
  source,
  close: '```\n',
});
const prose = (text: string): Block => ({ type: 'prose', text });
const front: Block = { type: 'front', text: '---\nepochbook: 1\ntitle: T\n---\n' };
const base = [front, prose('Why.\n\n'), cell('a', '1\n'), prose('\n'), cell('b', '2\n'), prose('\n'), cell('c', '3\n')];
const edit = (blocks: readonly Block[], id: string, source: string) =>
  blocks.map((block) => (block.type === 'cell' && block.id === id ? { ...block, source } : block));
const cells = (blocks: readonly Block[]) =>
  blocks.flatMap((block) => (block.type === 'cell' ? [`${block.id}=${block.source.trim()}`] : []));
const none = new Map<string, 'mine' | 'theirs'>();

describe('three versions', () => {
  test('different cells changed on both sides need no choice', () => {
    const mine = edit(base, 'a', '10\n');
    const theirs = edit(base, 'c', '30\n');
    expect(changesBetween(base, mine, theirs).map(({ key, by }) => [key, by])).toEqual([
      ['cell a', 'mine'],
      ['cell c', 'theirs'],
    ]);
    expect(cells(mergeVersions(base, mine, theirs, none))).toEqual(['a=10', 'b=2', 'c=30']);
  });

  test('a cell changed on both sides is a choice, and either can be taken', () => {
    const mine = edit(base, 'b', 'mine\n');
    const theirs = edit(base, 'b', 'theirs\n');
    expect(changesBetween(base, mine, theirs)).toEqual([
      { key: 'cell b', kind: 'code', cell: 'b', base: '2', mine: 'mine', theirs: 'theirs', by: 'both' },
    ]);
    expect(cells(mergeVersions(base, mine, theirs, new Map([['cell b', 'theirs']])))).toEqual(['a=1', 'b=theirs', 'c=3']);
    expect(cells(mergeVersions(base, mine, theirs, new Map([['cell b', 'mine']])))).toEqual(['a=1', 'b=mine', 'c=3']);
  });

  test('the same change on both sides is none', () => {
    expect(changesBetween(base, edit(base, 'a', '9\n'), edit(base, 'a', '9\r\n'))).toEqual([]);
  });

  test('cells that one side added, removed or moved', () => {
    const mine = [...base, prose('\n'), cell('d', '4\n')];
    const theirs = [front, prose('Why.\n\n'), cell('c', '3\n'), prose('\n'), cell('a', '1\n')];
    expect(cells(mergeVersions(base, mine, theirs, none))).toEqual(['c=3', 'd=4', 'a=1']);
    expect(changesBetween(base, mine, theirs).map(({ key, by }) => [key, by])).toEqual(
      expect.arrayContaining([
        ['cell d', 'mine'],
        ['cell b', 'theirs'],
      ]),
    );
  });

  test('without the common text every difference is a choice', () => {
    expect(changesBetween(undefined, edit(base, 'a', '10\n'), edit(base, 'c', '30\n')).map(({ by }) => by)).toEqual(['both', 'both']);
  });

  test('texts between cells are merged too', () => {
    const theirs = base.map((block) => (block.type === 'prose' && block.text.startsWith('Why') ? prose('Because.\n\n') : block));
    const merged = mergeVersions(base, edit(base, 'a', '10\n'), theirs, none);
    expect(merged[1]).toEqual(prose('Because.\n\n'));
    expect(cells(merged)).toEqual(['a=10', 'b=2', 'c=3']);
  });
});

test('what a draft would change is counted', () => {
  const draft = [
    ...edit(base, 'a', '10\n').filter((block) => block.type !== 'cell' || block.id !== 'b'),
    prose('\nMore.\n'),
    cell('d', '4\n'),
  ];
  expect(countChanges(base, draft)).toEqual({ changed: 1, added: 1, removed: 1, texts: 1 });
});
