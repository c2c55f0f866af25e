/** What of a notebook is out of sight, by names that are the same when it is opened again: its blocks' keys are not. */
import type { NotebookView } from '#contract/notebook.ts';
import { cellsOf, type EditedBlock, proseText } from './blocks.ts';
import { headingsIn } from './headings.ts';

interface OutOfSight {
  /** Keys of cells, and of headings' blocks. */
  readonly folded: readonly string[];
  readonly collapsed: readonly string[];
}

/** The heading that a block's section begins with, by the block's key. */
function namesOf(blocks: readonly EditedBlock[]): Map<string, NotebookView['collapsed'][number]> {
  const names = new Map<string, NotebookView['collapsed'][number]>();
  const times = new Map<string, number>();
  for (const block of blocks) {
    const heading = block.type === 'prose' ? headingsIn(proseText(block)).at(-1)?.text : undefined;
    if (heading === undefined) continue;
    const index = times.get(heading) ?? 0;
    times.set(heading, index + 1);
    names.set(block.key, { heading, index });
  }
  return names;
}

export function viewOf(blocks: readonly EditedBlock[], { folded, collapsed }: OutOfSight): NotebookView {
  const names = collapsed.length > 0 ? namesOf(blocks) : undefined;
  return {
    folded: folded.length > 0 ? cellsOf(blocks).flatMap(({ key, id }) => (folded.includes(key) ? [id] : [])) : [],
    collapsed: collapsed.flatMap((key) => names?.get(key) ?? []),
  };
}

/** What is there no more is left out. */
export function keysOf(blocks: readonly EditedBlock[], { folded, collapsed }: NotebookView): OutOfSight {
  const isCollapsed = new Set(collapsed.map(({ heading, index }) => `${index} ${heading}`));
  return {
    folded: cellsOf(blocks).flatMap(({ key, id }) => (folded.includes(id) ? [key] : [])),
    collapsed: [...namesOf(blocks)].flatMap(([key, { heading, index }]) => (isCollapsed.has(`${index} ${heading}`) ? [key] : [])),
  };
}
