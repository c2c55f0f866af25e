/** Which of a stored table's rows say the same: what `distinctRows` finds in memory, by 128 bits of each row. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMissing, numberIn, sayingOf, type TypedColumn } from '../columns.ts';
import { mixed } from '../mix.ts';
import { blockRows, type ColumnStore } from './column-store.ts';
import { numbersIn, type Source, textOfRows } from './stream-columns.ts';

export interface ComparedColumn {
  readonly column: TypedColumn;
  readonly source: Source;
}

/** One of four hashes of 32 bits: where it begins, and what it goes on with. */
const lanes = [
  [0x6a09e667, 0x9e3779b1],
  [0xbb67ae85, 0x85ebca77],
  [0x3c6ef372, 0xc2b2ae3d],
  [0xa54ff53a, 0x27d4eb2f],
] as const;

/** Numbers of a text, the same for the same: 104 bits of its hash. */
const wordsOf = (text: string): [number, number] => {
  const hash = createHash('sha256').update(text).digest();
  return [hash.readUIntBE(0, 6) + 2 ** 48 * (hash[6] & 15), hash.readUIntBE(7, 6) + 2 ** 48 * (hash[13] & 15)];
};

/** What each row says in a column of texts, in two numbers. */
function textSayings(store: ColumnStore, { column, source }: ComparedColumn): ((block: number) => Float64Array)[] {
  return [0, 1].map((half) => (block) => {
    const textOf = textOfRows(store, source, block);
    return Float64Array.from({ length: store.countOf(block) }, (_, row) => wordsOf(sayingOf(column, textOf(row)))[half]);
  });
}

/**
 * A number for each thing that a column says, the same for the same: NaN where it says nothing, Infinity for a text in a
 * column of numbers.
 */
function sayingsOf(store: ColumnStore, { column, source }: ComparedColumn): (block: number) => Float64Array {
  if (source.kind !== 'codes') return (block) => numbersIn(store, source, block);
  const places = new Map<string, number>();
  const said = Float64Array.from(source.texts, (text) => {
    if (column.type === 'number') {
      const number = numberIn(text);
      return !Number.isNaN(number) || isMissing(text) ? number : Infinity;
    }
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  return (block) => Float64Array.from(store.read(source.column, block), (code) => said[code]);
}

/** Rows by their hashes, each with the number under which it came (open addressing). */
class RowSet {
  private readonly slots: Uint32Array;
  private readonly hashes: Uint32Array;

  constructor(most: number) {
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
    this.hashes = new Uint32Array(most * lanes.length);
  }

  /** The number of the row with this hash; `next` where there is none yet. */
  numberOf(hash: Uint32Array, at: number, next: number): number {
    const { slots, hashes } = this;
    for (let slot = hash[at] & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const found = slots[slot] - 1;
      if (found < 0) {
        slots[slot] = next + 1;
        for (let lane = 0; lane < lanes.length; lane += 1) hashes[next * lanes.length + lane] = hash[at + lane];
        return next;
      }
      let lane = 0;
      while (lane < lanes.length && hashes[found * lanes.length + lane] === hash[at + lane]) lane += 1;
      if (lane === lanes.length) return found;
    }
  }
}

/**
 * Of `kept` (rows of the store, ascending), the first of those that say the same in all columns. `target`: where rows that
 * say the same differ in it, none of them is kept. A row with a text in a column of numbers is kept, for an error to name.
 */
export async function distinctStored(
  store: ColumnStore,
  kept: Uint32Array,
  {
    compared,
    target,
    signal,
  }: {
    compared: readonly ComparedColumn[];
    target?: ComparedColumn;
    signal?: AbortSignal | undefined;
  },
): Promise<Uint32Array> {
  const sayings = compared.flatMap((one) => (one.source.kind === 'texts' ? textSayings(store, one) : [sayingsOf(store, one)]));
  const targetsIn = target && sayingsOf(store, target);
  const set = new RowSet(kept.length);
  const first = new Uint32Array(kept.length);
  const targets = new Float64Array(targetsIn ? kept.length : 0);
  const isContrary = new Uint8Array(kept.length);
  let found = 0;
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  const hashes = new Uint32Array(blockRows * lanes.length);
  const isOdd = new Uint8Array(blockRows);
  for (let from = 0, to = 0; from < kept.length; from = to) {
    signal?.throwIfAborted();
    const block = Math.floor(kept[from] / blockRows);
    while (to < kept.length && kept[to] < (block + 1) * blockRows) to += 1;
    isOdd.fill(0);
    for (let row = 0; row < to - from; row += 1)
      for (let lane = 0; lane < lanes.length; lane += 1) hashes[row * lanes.length + lane] = lanes[lane][0];
    for (const saidIn of sayings) {
      const said = saidIn(block);
      for (let row = 0; row < to - from; row += 1) {
        const value = said[kept[from + row] - block * blockRows];
        // Both zeros are one number, and so is all that is none.
        number[0] = Number.isNaN(value) ? Number.NaN : value + 0;
        if (value === Infinity) isOdd[row] = 1;
        for (let lane = 0; lane < lanes.length; lane += 1) {
          const at = row * lanes.length + lane;
          const once = mixed(Math.imul(hashes[at], lanes[lane][1]) ^ words[0]);
          hashes[at] = mixed(Math.imul(once, lanes[lane][1]) ^ words[1]);
        }
      }
    }
    const goals = targetsIn?.(block);
    for (let row = 0; row < to - from; row += 1) {
      const goal = goals ? goals[kept[from + row] - block * blockRows] : 0;
      const place = isOdd[row] === 1 || goal === Infinity ? found : set.numberOf(hashes, row * lanes.length, found);
      if (place === found) {
        first[found] = kept[from + row];
        if (goals) targets[found] = goal;
        found += 1;
      } else if (goals && targets[place] !== goal && !(Number.isNaN(targets[place]) && Number.isNaN(goal))) isContrary[place] = 1;
    }
    await nextTurn();
  }
  return first.subarray(0, found).filter((_, place) => isContrary[place] === 0);
}
