/** Cells split, merged, doubled and turned into prose, headings or back. */
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
  /** Where several come of it: the first of them, of which `key` is the last. */
  readonly from?: string;
  /** Keys of blocks whose text is another. */
  readonly rewritten: readonly string[];
}

/** `originals` once more, behind the block `afterKey` (undefined: at the top); a cell gets a name of its own. */
export function withCopies(
  blocks: readonly EditedBlock[],
  originals: readonly EditedBlock[],
  afterKey: string | undefined,
): Restructured | undefined {
  const copies: string[] = [];
  let after = blocks;
  for (const original of originals) {
    const copy = copyOf(original, after);
    if (!copy) continue;
    after = insertAfter(after, copies.at(-1) ?? afterKey, copy);
    copies.push(copy.key);
  }
  return ofSeveral(after, copies);
}

function ofSeveral(blocks: readonly EditedBlock[], keys: readonly string[]): Restructured | undefined {
  const [from] = keys;
  const key = keys.at(-1);
  return from === undefined || key === undefined ? undefined : { blocks, key, from, rewritten: [] };
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

/** The blocks of these keys, neighbours in order, in the first of them. Undefined where not all are cells or all prose. */
export function merge(blocks: readonly EditedBlock[], keys: readonly string[]): Restructured | undefined {
  const [first, ...others] = keys.map((key) => blocks.find((block) => block.key === key));
  if (!first || others.length === 0) return undefined;
  let merged = first;
  for (const other of others) {
    if (merged.type === 'cell' && other?.type === 'cell') {
      merged = withEditorText(merged, `${editorText(merged)}\n\n${editorText(other)}`);
    } else if (merged.type === 'prose' && other?.type === 'prose') {
      merged = { ...withProseText(merged, `${proseText(merged)}\n\n${proseText(other)}`), key: first.key };
    } else return undefined;
  }
  const left = keys.slice(1).reduce(remove, blocks);
  return { blocks: left.map((block) => (block === first ? merged : block)), key: first.key, rewritten: [first.key] };
}

/**
 * Cells as prose with their text, or prose as cells. Undefined where all are so already. What stands in new prose,
 * `placeholder`, stands for an empty cell.
 */
export function convert(
  blocks: readonly EditedBlock[],
  keys: readonly string[],
  to: CellKind | 'prose',
  placeholder: string,
): Restructured | undefined {
  let after = blocks;
  let changes = false;
  const converted = keys.map((key) => {
    const block = after.find((other) => other.key === key);
    if (!block || block.type === 'front' || (isCell(block) ? block.kind : 'prose') === to) return key;
    const text = isCell(block) ? editorText(block) : proseText(block);
    const next =
      to === 'prose'
        ? newProse(text.trim() === '' ? placeholder : text)
        : withEditorText(newCell(to, after), text === placeholder ? '' : text);
    after = remove(insertAfter(after, key, next), key);
    changes = true;
    return next.key;
  });
  return changes ? ofSeveral(after, converted) : undefined;
}

/** Headings of this level, from 1 to 6, of blocks' first lines; cells become prose. Undefined where all are so already. */
export function asHeadings(
  blocks: readonly EditedBlock[],
  keys: readonly string[],
  level: number,
  placeholder: string,
): Restructured | undefined {
  const prose = convert(blocks, keys, 'prose', placeholder);
  const after = prose?.blocks ?? blocks;
  const shown = after.filter(isShown).map(({ key }) => key);
  const places = prose ? shown.slice(shown.indexOf(prose.from!), shown.indexOf(prose.key) + 1) : keys;
  const rewritten: string[] = [];
  const headed = after.map((block) => {
    if (block.type !== 'prose' || !places.includes(block.key)) return block;
    const text = withHeading(proseText(block), level);
    if (text === proseText(block)) return block;
    rewritten.push(block.key);
    return { ...withProseText(block, text), key: block.key };
  });
  const result = ofSeveral(headed, places);
  return result && (prose || rewritten.length > 0) ? { ...result, rewritten } : undefined;
}

/** Markdown of which the first line is a heading of this level, however it was marked before. */
function withHeading(text: string, level: number): string {
  const [first = '', second, ...others] = text.split('\n');
  const words = first
    .replace(/^ {0,3}#{1,6}(?:[ \t]+|$)/, '')
    .replace(/[ \t]+#+[ \t]*$/, '')
    .trimStart();
  const underlined = second !== undefined && /^ {0,3}(?:=+|-+)[ \t]*$/.test(second) && !first.startsWith('#');
  const rest = second === undefined || underlined ? others : [second, ...others];
  return [`${'#'.repeat(level)} ${words}`, ...rest].join('\n');
}
