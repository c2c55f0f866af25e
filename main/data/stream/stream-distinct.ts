/** Which of a stored table's rows say the same: what `distinctRows` finds in memory, by 128 bits of each row. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMissing, numberIn, sayingOf, type TypedColumn } from '../columns.ts';
import { mixed } from '../mix.ts';
import { blockRows, type ColumnStore } from './column-store.ts';
import { FirstRows, lanes } from './first-rows.ts';
import { numbersIn, type Source, textOfRows } from './stream-columns.ts';

export interface ComparedColumn {
  readonly column: TypedColumn;
  readonly source: Source;
}

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
  const sayings = compared.flatMap((one) =>
    one.source.kind === 'texts' && one.column.type === 'text' ? textSayings(store, one) : [sayingsOf(store, one)],
  );
  const targetsIn = target && sayingsOf(store, target);
  const first = new FirstRows(kept.length);
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
      const stored = kept[from + row];
      if (isOdd[row] === 1 || goal === Infinity) first.addAlone(stored);
      else first.add(stored, hashes, row * lanes.length, goal);
    }
    await nextTurn();
  }
  return first.rows();
}
