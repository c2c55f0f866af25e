/** Which blocks commands act on: one, or neighbours from where the selection began to the block that has the keyboard. */
import type { EditedBlock } from './blocks.ts';
import { shownKeys } from './lookup.ts';

export interface Selection {
  readonly blocks: readonly EditedBlock[];
  /** Key of the block that has the keyboard, or had it last. */
  readonly selected: string | undefined;
  /** Key of the block where a selection of several began. */
  readonly anchor: string | undefined;
}

const none: readonly string[] = [];

/** Keys in the order of the notebook. */
export function selectionOf({ blocks, selected, anchor }: Selection): readonly string[] {
  return selectionAmong(shownKeys(blocks), selected, anchor);
}

export function selectionAmong(keys: readonly string[], selected: string | undefined, anchor: string | undefined): readonly string[] {
  if (selected === undefined) return none;
  if (anchor === undefined || anchor === selected) return [selected];
  const ends = [keys.indexOf(anchor), keys.indexOf(selected)].toSorted((one, other) => one - other);
  return ends[0] < 0 ? [selected] : keys.slice(ends[0], ends[1] + 1);
}
