import { describe, expect, it } from 'vitest';
import { type SortKey, sortBy } from './sorting.ts';

const by = (values: readonly SortKey[], descending: boolean) => sortBy(values, (value) => value, descending);

describe('sortBy', () => {
  it('orders numbers by size and text as people count', () => {
    expect(by([10, 9, 100], false)).toEqual([9, 10, 100]);
    expect(by(['run 10', 'run 9'], false)).toEqual(['run 9', 'run 10']);
    expect(by([10, 9, 100], true)).toEqual([100, 10, 9]);
  });

  it('puts what is missing or not a number last, whichever the direction', () => {
    expect(by([undefined, 2, Number.NaN, 1], false)).toEqual([1, 2, undefined, Number.NaN]);
    expect(by([undefined, 2, Number.NaN, 1], true)).toEqual([2, 1, undefined, Number.NaN]);
  });

  it('keeps the order of equals in both directions', () => {
    const rows = [1, 2, 3, 4].map((id) => ({ id, same: 0 }));
    expect(sortBy(rows, (row) => row.same, false).map((row) => row.id)).toEqual([1, 2, 3, 4]);
    expect(sortBy(rows, (row) => row.same, true).map((row) => row.id)).toEqual([1, 2, 3, 4]);
  });
});
