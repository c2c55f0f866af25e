import { describe, expect, it } from 'vitest';
import { diffSources } from './source-diff.ts';

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

describe('two texts of a notebook', () => {
  it('have no difference where only line ends differ', () => {
    expect(diffSources('a\nb\n', 'a\r\nb\r\n')).toEqual([]);
  });

  it('show what changed with its line numbers, some lines around it, and the words', () => {
    const before = [...lines(20), "train({ epochs: 10, loss: 'a' })", ...lines(5), ''].join('\n');
    const after = ['new first', ...lines(20), "train({ epochs: 12, loss: 'a' })", ...lines(5), ''].join('\n');
    const hunks = diffSources(before, after);
    expect(hunks).toHaveLength(2);
    expect(hunks[0].map(({ kind, before: old, after: now }) => [kind, old, now])).toEqual([
      ['added', undefined, 1],
      ['same', 1, 2],
      ['same', 2, 3],
      ['same', 3, 4],
    ]);
    const [removed, added] = hunks[1].filter(({ kind }) => kind !== 'same');
    expect([removed.before, added.after]).toEqual([21, 22]);
    expect(removed.pieces.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(['10']);
    expect(added.pieces.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(['12']);
    expect(added.pieces.map(({ text }) => text).join('')).toBe("train({ epochs: 12, loss: 'a' })");
  });
});
