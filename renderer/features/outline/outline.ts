/** A notebook's headings and cells in one list. */
import { type EditedBlock, type EditedCell, isCell, isShown, proseText } from '../notebook/blocks.ts';
import { headingsIn } from '../notebook/headings.ts';

export type OutlineItem =
  | {
      readonly type: 'heading';
      readonly key: string;
      /** Among the headings of its block. */ readonly index: number;
      readonly level: number;
      readonly text: string;
    }
  | { readonly type: 'cell'; readonly key: string; readonly level: number; readonly cell: EditedCell };

/** Cells stand one level below the heading above them. */
export function outlineOf(blocks: readonly EditedBlock[]): OutlineItem[] {
  const items: OutlineItem[] = [];
  let level = 0;
  for (const block of blocks.filter(isShown)) {
    if (isCell(block)) items.push({ type: 'cell', key: block.key, level: Math.min(level + 1, 6), cell: block });
    else if (block.type === 'prose') {
      for (const [index, heading] of headingsIn(proseText(block)).entries()) {
        level = heading.level;
        items.push({ type: 'heading', key: block.key, index, ...heading });
      }
    }
  }
  // The highest heading begins at the left, whether it is a first or a second.
  const least = Math.min(...items.map((item) => item.level)) - 1;
  return items.map((item) => ({ ...item, level: item.level - least }));
}

let last: { blocks: readonly EditedBlock[]; signature: string; items: readonly OutlineItem[] } | undefined;

/** The same list while it would say the same: typing in a cell draws no outline anew. */
export function steadyOutlineOf(blocks: readonly EditedBlock[]): readonly OutlineItem[] {
  if (last?.blocks === blocks) return last.items;
  const items = outlineOf(blocks);
  const signature = JSON.stringify(
    items.map((item) => [item.key, item.level, item.type === 'cell' ? [item.cell.id, item.cell.kind] : [item.index, item.text]]),
  );
  last = { blocks, signature, items: last?.signature === signature ? last.items : items };
  return last.items;
}
