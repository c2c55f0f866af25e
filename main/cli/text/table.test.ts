import { describe, expect, it } from 'vitest';
import { displayWidth, facts, table } from './table.ts';

describe('tables', () => {
  it('line up, numbers to the right', () => {
    const lines = table([
      { title: 'name', cells: ['a', 'longer'] },
      { title: 'n', cells: ['10', '9'], right: true },
    ]);
    expect(lines).toEqual(['name     n', 'a       10', 'longer   9']);
  });

  it('line up where letters are wide or combine', () => {
    expect(displayWidth('轮次')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(
      facts([
        ['轮', '1'],
        ['abc', '2'],
      ]),
    ).toEqual(['轮   1', 'abc  2']);
  });

  it('leave out titles that are all empty, and cells that are missing', () => {
    expect(
      table([
        { title: '', cells: ['a'] },
        { title: '', cells: [] },
      ]),
    ).toEqual(['a']);
  });
});
