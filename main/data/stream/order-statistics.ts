/** Values by their rank, or by how often they come, among more than can be sorted or counted in memory. */
import { mostFrequentIn } from '../features.ts';

/** So many are sorted in memory. */
const mostSorted = 1 << 22;
const bits = 16;

/** Gives all values to the function, the same each time it is called. */
export type EachValue = (take: (value: number) => void) => Promise<void>;

const view = new DataView(new ArrayBuffer(8));

/** The 64 bits of a number, in two halves that compare as the numbers do. */
function keyOf(value: number): [number, number] {
  // −0 is 0.
  view.setFloat64(0, value === 0 ? 0 : value);
  const [high, low] = [view.getUint32(0), view.getUint32(4)];
  return high >>> 31 === 0 ? [(high | 0x80000000) >>> 0, low] : [~high >>> 0, ~low >>> 0];
}

const digitOf = (value: number, level: number): number => {
  const half = keyOf(value)[level >> 1];
  return level % 2 === 0 ? half >>> bits : half & 0xffff;
};

/**
 * The values at these ranks (from 0) of the `count` values that `each` gives; no NaN among them. Digits of 16 bits narrow
 * down where a rank lies, until what is left can be sorted: at most four passes, in memory that does not grow.
 */
export async function valuesAtRanks(each: EachValue, count: number, ranks: readonly number[], most = mostSorted): Promise<number[]> {
  const found: number[] = [];
  for (const rank of ranks) found.push(await valueAt(each, count, rank, most));
  return found;
}

async function valueAt(each: EachValue, count: number, rank: number, most: number): Promise<number> {
  /** Digits that the value begins with. */
  const prefix: number[] = [];
  let [left, below] = [count, 0];
  const begins = (value: number) => prefix.every((digit, level) => digitOf(value, level) === digit);
  for (let level = 0; level < 4 && left > most; level += 1) {
    const counts = new Uint32Array(1 << bits);
    await each((value) => {
      if (begins(value)) counts[digitOf(value, level)] += 1;
    });
    let digit = 0;
    while (below + counts[digit] <= rank) {
      below += counts[digit];
      digit += 1;
    }
    prefix.push(digit);
    left = counts[digit];
  }
  if (prefix.length === 4) {
    // All that is left is one number.
    let value = Number.NaN;
    await each((one) => {
      if (Number.isNaN(value) && begins(one)) value = one;
    });
    return value;
  }
  const rest = new Float64Array(left);
  let filled = 0;
  await each((value) => {
    if (begins(value)) rest[filled++] = value;
  });
  return rest.sort()[rank - below];
}

/** So many different numbers are counted in memory. */
const mostCounted = 4_000_000;

/** Which of so many heaps a number goes to, the same ones to the same. */
function heapOf(value: number, heaps: number): number {
  const [high, low] = keyOf(value);
  let mixed = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % heaps;
}

/**
 * The number that comes most often; of two that are as frequent, the first in natural order. Where there are too many to
 * count at once, those of one heap after another are counted, in a pass each.
 */
export async function mostFrequentNumber(each: EachValue, most = mostCounted): Promise<number | undefined> {
  const winners = new Map<number, number>();
  for (let heaps = 1, heap = 0; heap < heaps; heap += 1) {
    const counts = new Map<number, number>();
    await each((value) => {
      if (counts.size > most || (heaps > 1 && heapOf(value, heaps) !== heap)) return;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    });
    if (counts.size > most) {
      // Begun anew with smaller ones.
      winners.clear();
      heaps *= 4;
      heap = -1;
      continue;
    }
    const winner = mostFrequentIn(counts);
    if (typeof winner === 'number') winners.set(winner, counts.get(winner)!);
  }
  return mostFrequentIn(winners) as number | undefined;
}
