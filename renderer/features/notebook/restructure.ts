/** Cells split, merged, doubled and turned into prose or back. */
import type { CellKind } from '#contract/notebook.ts';
import {
  cellsOf,
  type EditedBlock,
  type EditedCell,
  editorText,
  insertAfter,
  isCell,
  isShown,
  newCell,
  newProse,
  proseText,
  remove,
  withEditorText,
  withProseText,
} from './blocks.ts';

/** The blocks after it, and the key of the block that the keyboard goes to. */
export interface Restructured {
  readonly blocks: readonly EditedBlock[];
  readonly key: string;
  /** Keys of blocks whose text is another. */
  readonly rewritten: readonly string[];
}

/** `block` once more, behind the block `afterKey`; a cell gets a name of its own. */
export function withCopy(blocks: readonly EditedBlock[], block: EditedBlock, afterKey: string): Restructured | undefined {
  const copy = copyOf(block, blocks);
  return copy && { blocks: insertAfter(blocks, afterKey, copy), key: copy.key, rewritten: [] };
}

function copyOf(block: EditedBlock, blocks: readonly EditedBlock[]): EditedBlock | undefined {
  if (block.type === 'front') return undefined;
  if (block.type === 'prose') return newProse(proseText(block));
  const taken = cellsOf(blocks).some((cell) => cell.id === block.id);
  const id = taken ? freeId(block.id, blocks) : block.id;
  return withEditorText({ ...newCell(block.kind, blocks), id, open: `\`\`\`ts ${block.kind} #${id}\n` }, editorText(block));
}

/** The next of a cell's names: `net2` after `net`. */
function freeId(id: string, blocks: readonly EditedBlock[]): string {
  const taken = new Set(cellsOf(blocks).map((cell) => cell.id));
  const base = id.replace(/\d+$/, '') || id;
  let number = 2;
  while (taken.has(`${base}${number}`)) number += 1;
  return `${base}${number}`;
}

/** Cuts a cell before `column` of `line`, both from 1. Undefined where one side would be empty. */
export function splitCell(blocks: readonly EditedBlock[], cell: EditedCell, line: number, column: number): Restructured | undefined {
  const lines = editorText(cell).split('\n');
  const upper = [...lines.slice(0, line - 1), lines[line - 1].slice(0, column - 1)].join('\n').trimEnd();
  const lower = [lines[line - 1].slice(column - 1), ...lines.slice(line)].join('\n').trim();
  if (upper === '' || lower === '') return undefined;
  const id = freeId(cell.id, blocks);
  const second = withEditorText({ ...newCell(cell.kind, blocks), id, open: `\`\`\`ts ${cell.kind} #${id}\n` }, lower);
  const shortened = blocks.map((block) => (block.key === cell.key ? withEditorText(cell, upper) : block));
  return { blocks: insertAfter(shortened, cell.key, second), key: second.key, rewritten: [cell.key] };
}

/** The block and the next one in one, where both are cells or both prose. */
export function mergeWithNext(blocks: readonly EditedBlock[], key: string): Restructured | undefined {
  const shown = blocks.filter(isShown);
  const at = shown.findIndex((block) => block.key === key);
  const first = shown[at];
  const second = shown[at + 1];
  if (!first || !second || first.type !== second.type || first.type === 'front' || second.type === 'front') return undefined;
  let merged: EditedBlock;
  if (first.type === 'cell' && second.type === 'cell') merged = withEditorText(first, `${editorText(first)}\n\n${editorText(second)}`);
  else if (first.type === 'prose' && second.type === 'prose')
    merged = { ...withProseText(first, `${proseText(first)}\n\n${proseText(second)}`), key };
  else return undefined;
  return { blocks: remove(blocks, second.key).map((block) => (block.key === key ? merged : block)), key, rewritten: [key] };
}

/** A cell as prose with its text, or prose as a cell. Undefined where it is one already. */
export function convert(blocks: readonly EditedBlock[], block: EditedBlock, to: CellKind | 'prose'): Restructured | undefined {
  if (block.type === 'front' || (isCell(block) ? block.kind : 'prose') === to) return undefined;
  const text = isCell(block) ? editorText(block) : proseText(block);
  const next = to === 'prose' ? newProse(text) : withEditorText(newCell(to, blocks), text);
  if (to === 'prose' && text.trim() === '') return undefined;
  return { blocks: remove(insertAfter(blocks, block.key, next), block.key), key: next.key, rewritten: [] };
}
