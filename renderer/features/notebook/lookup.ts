/**
 * Blocks by their keys and cells by their ids. Everything that is drawn of a notebook asks at each key that is typed, so
 * the blocks are gone through once for all who ask.
 */
import { cellsOf, type EditedBlock, type EditedCell, isShown } from './blocks.ts';

const blocksByKey = new WeakMap<readonly EditedBlock[], ReadonlyMap<string, EditedBlock>>();
const cellPlaces = new WeakMap<readonly EditedBlock[], ReadonlyMap<string, number>>();
const shown = new WeakMap<readonly EditedBlock[], readonly string[]>();
let lastShown: readonly string[] = [];

function once<T>(known: WeakMap<readonly EditedBlock[], T>, blocks: readonly EditedBlock[], make: () => T): T {
  let made = known.get(blocks);
  if (made === undefined) known.set(blocks, (made = make()));
  return made;
}

export function blockOf(blocks: readonly EditedBlock[], key: string): EditedBlock | undefined {
  return once(blocksByKey, blocks, () => new Map(blocks.map((block) => [block.key, block]))).get(key);
}

/** Among the notebook's cells, from 0. */
function placeOf(blocks: readonly EditedBlock[], id: string): number | undefined {
  return once(cellPlaces, blocks, () => new Map(cellsOf(blocks).map((cell, place) => [cell.id, place]))).get(id);
}

export function cellOf(blocks: readonly EditedBlock[], id: string): EditedCell | undefined {
  const place = placeOf(blocks, id);
  return place === undefined ? undefined : cellsOf(blocks)[place];
}

/** The first train cell below. */
export function trainBelow(blocks: readonly EditedBlock[], id: string): EditedCell | undefined {
  const cells = cellsOf(blocks);
  for (let place = placeOf(blocks, id) ?? cells.length; place < cells.length; place += 1)
    if (cells[place].kind === 'train') return cells[place];
  return undefined;
}

/** Of the blocks that are drawn, in order: the same list while it names the same ones. */
export function shownKeys(blocks: readonly EditedBlock[]): readonly string[] {
  return once(shown, blocks, () => {
    lastShown = sameList(
      lastShown,
      blocks.filter(isShown).map(({ key }) => key),
    );
    return lastShown;
  });
}

/** `before` where `now` holds the same. */
export function sameList<T>(before: readonly T[], now: readonly T[]): readonly T[] {
  return before.length === now.length && before.every((one, index) => one === now[index]) ? before : now;
}
