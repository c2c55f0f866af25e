import { describe, expect, it } from 'vitest';
import { type Group, regrouped } from './groups.ts';

const named = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);
const sizes = (groups: readonly Group[]) => groups.map(({ keys }) => keys.length);
const moved = (before: readonly Group[], after: readonly Group[]) => {
  const idOf = new Map(before.flatMap(({ id, keys }) => keys.map((key) => [key, id])));
  return after.flatMap(({ id, keys }) => keys.filter((key) => idOf.has(key) && idOf.get(key) !== id));
};

describe('groups of blocks', () => {
  const fifty = regrouped([], named(1, 50));

  it('are of eight, the last of what remains', () => {
    expect(sizes(fifty)).toEqual([8, 8, 8, 8, 8, 8, 2]);
    expect(fifty.flatMap(({ keys }) => keys)).toEqual(named(1, 50));
    expect(regrouped([], [])).toEqual([]);
  });

  it('take in what comes later, at the end', () => {
    const twelve = regrouped([], named(1, 12));
    const more = regrouped(twelve, named(1, 42));
    expect(sizes(more)).toEqual([8, 8, 8, 8, 8, 2]);
    expect(moved(twelve, more)).toEqual([]);
  });

  it.each([
    ['put in between', [...named(1, 5), 'new', ...named(6, 50)]],
    ['put in between two groups', [...named(1, 8), 'new', ...named(9, 50)]],
    ['put in before all', ['new', 'newer', ...named(1, 50)]],
    ['put in after all', [...named(1, 50), 'new']],
    ['taken out', [...named(1, 9), ...named(12, 50)]],
    ['taken out, a whole group', [...named(1, 8), ...named(17, 50)]],
    ['moved within its group', [...named(1, 3), '5', '4', ...named(6, 50)]],
  ])('stay for what is %s', (_, keys) => {
    const after = regrouped(fifty, keys);
    expect(after.flatMap(({ keys: own }) => own)).toEqual(keys);
    expect(new Set(after.map(({ id }) => id)).size).toBe(after.length);
    expect(moved(fifty, after)).toEqual([]);
  });

  it('give up no other block than the one that is moved to another', () => {
    expect(moved(fifty, regrouped(fifty, [...named(2, 30), '1', ...named(31, 50)]))).toEqual(['1']);
    expect(moved(fifty, regrouped(fifty, [...named(1, 3), '45', ...named(4, 44), ...named(46, 50)]))).toEqual(['45']);
  });

  it('hold every block once, in its order, whatever happens', () => {
    let groups = fifty;
    let keys = named(1, 50);
    for (let turn = 0; turn < 300; turn++) {
      const at = (turn * 7919) % (keys.length + 1);
      const [one] = keys.slice((turn * 104729) % keys.length);
      if (turn % 3 === 0) keys = keys.toSpliced(at, 0, `new ${turn}`);
      else if (turn % 3 === 1) keys = keys.filter((key) => key !== one);
      else keys = keys.filter((key) => key !== one).toSpliced(Math.min(at, keys.length - 1), 0, one);
      groups = regrouped(groups, keys);
      expect(groups.flatMap(({ keys: own }) => own)).toEqual(keys);
      expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
    }
  });
});
