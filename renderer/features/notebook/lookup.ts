/**
 * Blocks by their keys and cells by their ids. Everything that is drawn of a notebook asks at each key that is typed, so
 * the blocks are gone through once for all who ask.
 */
import { cellsOf, type EditedBlock, type EditedCell, isShown } from './blocks.ts';
import { sectionOf } from './headings.ts';

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

interface View {
  readonly blocks: readonly EditedBlock[];
  /** Keys of the headings that hide what is under them. */
  readonly collapsed: readonly string[];
}

let lastView: (View & { readonly keys: readonly string[] }) | undefined;

/** Of the blocks that are on the page: those under a collapsed heading are not. */
export function viewKeys({ blocks, collapsed }: View): readonly string[] {
  const all = shownKeys(blocks);
  if (collapsed.length === 0) return all;
  if (lastView?.blocks === blocks && lastView.collapsed === collapsed) return lastView.keys;
  const hidden = new Set(collapsed.flatMap((key) => sectionOf(blocks, key)));
  const keys = sameList(
    lastView?.keys ?? [],
    all.filter((key) => !hidden.has(key)),
  );
  lastView = { blocks, collapsed, keys };
  return keys;
}

/** The block that is next on the page, above (−1) or below (+1). */
export function viewBeside(view: View, key: string | undefined, way: -1 | 1): EditedBlock | undefined {
  const keys = viewKeys(view);
  const at = key === undefined ? -1 : keys.indexOf(key);
  const beside = keys[at + way];
  return beside === undefined ? undefined : blockOf(view.blocks, beside);
}

/** `before` where `now` holds the same. */
export function sameList<T>(before: readonly T[], now: readonly T[]): readonly T[] {
  return before.length === now.length && before.every((one, index) => one === now[index]) ? before : now;
}
