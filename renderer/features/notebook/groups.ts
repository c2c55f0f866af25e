/**
 * The blocks of a notebook in groups: the browser looks in each frame whether a group is near the view, which for some
 * hundred blocks each by itself is felt in every key. A block stays in its group, whatever is put in, taken out or moved
 * around it: in another it would be drawn anew, its editor with it.
 */
import { useState } from 'react';
import { sameList } from './lookup.ts';

export interface Group {
  readonly id: number;
  readonly keys: readonly string[];
}

/** About a screen: more would be drawn that nobody sees, and fewer would be more to look at. */
const usual = 8;

/** Places of values that do not decrease, as many as there can be. */
function longestOrdered(values: readonly number[]): ReadonlySet<number> {
  /** The place at which the best run of each length ends. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [place, value] of values.entries()) {
    let length = ends.length;
    while (length > 0 && values[ends[length - 1]] > value) length -= 1;
    before[place] = length > 0 ? ends[length - 1] : -1;
    ends[length] = place;
  }
  const found = new Set<number>();
  for (let place = ends.at(-1) ?? -1; place >= 0; place = before[place]) found.add(place);
  return found;
}

/** As they were, as far as the order of the keys allows; what is new or moved goes to what it stands beside. */
export function regrouped(groups: readonly Group[], keys: readonly string[]): readonly Group[] {
  const rankOf = new Map(groups.flatMap(({ keys: own }, rank) => own.map((key) => [key, rank] as const)));
  const known = keys.filter((key) => rankOf.has(key));
  const places = longestOrdered(known.map((key) => rankOf.get(key)!));
  const staying = new Map(known.filter((_, place) => places.has(place)).map((key) => [key, rankOf.get(key)!]));
  /** Of each key, the rank of the first from there on that stays. */
  const nextRanks: (number | undefined)[] = [];
  for (let index = keys.length - 1; index >= 0; index--) nextRanks[index] = staying.get(keys[index]) ?? nextRanks[index + 1];
  let free = groups.reduce((most, { id }) => Math.max(most, id), -1) + 1;
  const made: { id: number; rank: number | undefined; keys: string[] }[] = [];
  for (const [index, key] of keys.entries()) {
    const rank = staying.get(key);
    const last = made.at(-1);
    const nextRank = nextRanks[index];
    const isInside = last !== undefined && nextRank !== undefined && last.rank === nextRank;
    if (last && (rank === undefined ? isInside || last.keys.length < usual : last.rank === rank)) last.keys.push(key);
    else if (rank !== undefined) made.push({ id: groups[rank].id, rank, keys: [key] });
    // Before all others.
    else if (!last && nextRank !== undefined) made.push({ id: groups[nextRank].id, rank: nextRank, keys: [key] });
    else made.push({ id: free++, rank: undefined, keys: [key] });
  }
  return made.map(({ id, keys: own }) => ({ id, keys: own }));
}

export function useGroups(keys: readonly string[]): readonly Group[] {
  const [made, setMade] = useState(() => ({ keys, groups: regrouped([], keys) }));
  if (sameList(made.keys, keys) === made.keys) return made.groups;
  const groups = regrouped(made.groups, keys);
  setMade({ keys, groups });
  return groups;
}
