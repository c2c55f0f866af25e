/** Changing which columns are shown, in what order, how wide, and which stay at the left. Pure: each gives a new list. */
import type { ShownColumn } from '#contract/run-views.ts';

export const narrowest = 36;
export const widest = 800;

export function withColumn(columns: readonly ShownColumn[], id: string, shown: boolean): ShownColumn[] {
  if (!shown) return columns.filter((column) => column.id !== id);
  return columns.some((column) => column.id === id) ? [...columns] : [...columns, { id }];
}

/** As the table has them: the pinned ones first. */
export function inOrder(columns: readonly ShownColumn[]): ShownColumn[] {
  return [...columns.filter(({ pinned }) => pinned), ...columns.filter(({ pinned }) => !pinned)];
}

/** To before the column `before`, or to the end. What is moved among the pinned ones is pinned, and the other way round. */
export function moveBefore(columns: readonly ShownColumn[], id: string, before: string | undefined): ShownColumn[] {
  const ordered = inOrder(columns);
  const moved = ordered.find((column) => column.id === id);
  if (!moved || id === before) return ordered;
  const others = ordered.filter((column) => column.id !== id);
  const at = before === undefined ? others.length : others.findIndex((column) => column.id === before);
  const place = at < 0 ? others.length : at;
  const pinned = others[place]?.pinned === true || (place > 0 && others[place - 1]?.pinned === true && moved.pinned === true);
  const { pinned: _was, ...plain } = moved;
  return [...others.slice(0, place), pinned ? { ...plain, pinned } : plain, ...others.slice(place)];
}

/** By one place; among the pinned ones, or among the others. */
export function moveBy(columns: readonly ShownColumn[], id: string, step: 1 | -1): ShownColumn[] {
  const ordered = inOrder(columns);
  const at = ordered.findIndex((column) => column.id === id);
  const other = ordered[at + step];
  const own = ordered[at];
  if (!own || !other || (own.pinned ?? false) !== (other.pinned ?? false)) return ordered;
  const next = [...ordered];
  next[at] = other;
  next[at + step] = own;
  return next;
}

/** Without a width: as wide as its text. */
export function withWidth(columns: readonly ShownColumn[], id: string, width: number | undefined): ShownColumn[] {
  return columns.map((column) => {
    if (column.id !== id) return column;
    const { width: _was, ...plain } = column;
    return width === undefined ? plain : { ...plain, width: Math.round(Math.min(widest, Math.max(narrowest, width))) };
  });
}

export function withPin(columns: readonly ShownColumn[], id: string, pinned: boolean): ShownColumn[] {
  return inOrder(
    columns.map((column) => {
      if (column.id !== id) return column;
      const { pinned: _was, ...plain } = column;
      return pinned ? { ...plain, pinned } : plain;
    }),
  );
}
