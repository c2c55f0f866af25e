/** Choosing rows as in any list: one, some, or everything between two. */
import type { RunId } from '#contract/ids.ts';

export interface Selection {
  readonly chosen: ReadonlySet<RunId>;
  /** Where the keyboard is. */
  readonly active: RunId | undefined;
  /** Where a stretch began that Shift extends. */
  readonly anchor: RunId | undefined;
}

export const emptySelection: Selection = { chosen: new Set(), active: undefined, anchor: undefined };

export function chooseOnly(id: RunId): Selection {
  return { chosen: new Set([id]), active: id, anchor: id };
}

export function toggle(selection: Selection, id: RunId): Selection {
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return { chosen, active: id, anchor: id };
}

/** Everything between the anchor and `id`, in the order of the list. `keep` adds to what was chosen before. */
export function extendTo(selection: Selection, order: readonly RunId[], id: RunId, keep = false): Selection {
  const from = selection.anchor === undefined ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (to < 0) return selection;
  if (from < 0) return chooseOnly(id);
  const stretch = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { chosen: new Set([...(keep ? selection.chosen : []), ...stretch]), active: id, anchor: selection.anchor };
}

/** Moves the keyboard's place by `step` rows, and chooses nothing. */
export function moveBy(selection: Selection, order: readonly RunId[], step: number): RunId | undefined {
  if (order.length === 0) return undefined;
  const at = selection.active === undefined ? -1 : order.indexOf(selection.active);
  if (at < 0) return step > 0 ? order[0] : order.at(-1);
  return order[Math.min(order.length - 1, Math.max(0, at + step))];
}

/** Lets go of runs that are gone. The same object where nothing changes. */
export function keepOnly(selection: Selection, existing: ReadonlySet<RunId>): Selection {
  const kept = [...selection.chosen].filter((id) => existing.has(id));
  const active = selection.active !== undefined && existing.has(selection.active) ? selection.active : undefined;
  const anchor = selection.anchor !== undefined && existing.has(selection.anchor) ? selection.anchor : undefined;
  if (kept.length === selection.chosen.size && active === selection.active && anchor === selection.anchor) return selection;
  return { chosen: new Set(kept), active, anchor };
}
