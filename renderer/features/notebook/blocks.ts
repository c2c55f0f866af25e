/**
 * A notebook's blocks as they are edited. Putting the blocks' texts one after another always gives a valid file:
 * whatever is inserted brings the blank lines that Markdown needs around a fence.
 */
import type { Block, CellBlock, CellKind } from '#contract/notebook.ts';
import { firstText, type KnownData } from './first-text.ts';

/** A block with a key of its own that stays while it is edited and moved. */
export type EditedBlock = Block & { readonly key: string };
export type EditedCell = CellBlock & { readonly key: string };
export type ProseBlock = Extract<EditedBlock, { type: 'prose' }>;

let nextKey = 1;

export function withKeys(blocks: readonly Block[]): EditedBlock[] {
  return blocks.map((block) => ({ ...block, key: newKey() }));
}

export function withoutKeys(blocks: readonly EditedBlock[]): Block[] {
  return blocks.map(({ key: _key, ...block }) => block);
}

function newKey(): string {
  return `block-${nextKey++}`;
}

export function textOf(blocks: readonly Block[]): string {
  return blocks.map(textOfBlock).join('');
}

function textOfBlock(block: Block): string {
  return block.type === 'cell' ? block.open + block.source + block.close : block.text;
}

/** Prose of nothing but blank lines separates cells and is not drawn. */
export function isShown(block: EditedBlock): boolean {
  return block.type === 'cell' || (block.type === 'prose' && block.text.trim() !== '');
}

/** The block that is drawn next above (−1) or below (+1). */
export function shownBeside(blocks: readonly EditedBlock[], key: string | undefined, way: -1 | 1): EditedBlock | undefined {
  const shown = blocks.filter(isShown);
  return shown[shown.findIndex((block) => block.key === key) + way];
}

export function isCell(block: EditedBlock): block is EditedCell {
  return block.type === 'cell';
}

const cells = new WeakMap<readonly EditedBlock[], readonly EditedCell[]>();

export function cellsOf(blocks: readonly EditedBlock[]): readonly EditedCell[] {
  let known = cells.get(blocks);
  if (!known) cells.set(blocks, (known = blocks.filter(isCell)));
  return known;
}

/** The cell's text without its last line end: what stands in the editor. */
export function editorText(cell: CellBlock): string {
  return cell.source.replace(/\r?\n$/, '').replaceAll('\r\n', '\n');
}

function lineEnd(cell: CellBlock): string {
  return cell.open.endsWith('\r\n') ? '\r\n' : '\n';
}

/** `cell` with what stands in the editor. The fence grows where the text holds one as long. */
export function withEditorText(cell: EditedCell, text: string): EditedCell {
  const end = lineEnd(cell);
  const source = text === '' ? '' : `${text.replaceAll('\n', end)}${end}`;
  const fence = /^[ ]*(`{3,}|~{3,})/.exec(cell.open)?.[1];
  if (!fence) return { ...cell, source };
  const mark = fence.charAt(0);
  const inside = [...source.matchAll(mark === '`' ? /^ {0,3}(`{3,})[ \t]*\r?$/gm : /^ {0,3}(~{3,})[ \t]*\r?$/gm)];
  const longest = Math.max(0, ...inside.map((match) => match[1].length));
  if (longest < fence.length) return { ...cell, source };
  const longer = mark.repeat(longest + 1);
  const close = cell.close === '' ? `${longer}${end}` : cell.close.replace(/(`{3,}|~{3,})/, longer);
  return { ...cell, source, open: cell.open.replace(fence, longer), close };
}

/** The prose without the blank lines around it: what is edited. */
export function proseText(block: ProseBlock): string {
  return block.text
    .replaceAll('\r\n', '\n')
    .replace(/^\s*\n/, '')
    .trimEnd();
}

/** `block` with edited prose; the blank lines around it stay as they are. */
export function withProseText(block: ProseBlock, text: string): ProseBlock {
  const end = block.text.includes('\r\n') ? '\r\n' : '\n';
  const before = /^(?:[ \t]*\r?\n)*/.exec(block.text)![0];
  const after = /\s*$/.exec(block.text.slice(before.length))![0] || end;
  return { ...block, text: before + text.trimEnd().replaceAll('\n', end) + after };
}

/** A short name that no cell has: `model`, `model2`, … */
export function newCellId(kind: CellKind, blocks: readonly EditedBlock[]): string {
  const names: Record<CellKind, string> = { data: 'data', model: 'model', train: 'training', code: 'helpers' };
  const taken = new Set(cellsOf(blocks).map((cell) => cell.id));
  const base = names[kind];
  let id = base;
  for (let number = 2; taken.has(id); number++) id = `${base}${number}`;
  return id;
}

export function newCell(kind: CellKind, blocks: readonly EditedBlock[], data?: KnownData): EditedCell {
  const id = newCellId(kind, blocks);
  return { type: 'cell', key: newKey(), id, kind, open: `\`\`\`ts ${kind} #${id}\n`, source: firstText(kind, data), close: '```\n' };
}

export function newProse(text: string): ProseBlock {
  return { type: 'prose', key: newKey(), text: `${text}\n` };
}

/** Puts `block` behind the block `afterKey`; undefined: before everything but the front matter. */
export function insertAfter(blocks: readonly EditedBlock[], afterKey: string | undefined, block: EditedBlock): EditedBlock[] {
  const at = afterKey === undefined ? blocks.findLastIndex((other) => other.type === 'front') : indexOf(blocks, afterKey);
  return separated([...blocks.slice(0, at + 1), block, ...blocks.slice(at + 1)]);
}

export function remove(blocks: readonly EditedBlock[], key: string): readonly EditedBlock[] {
  const at = indexOf(blocks, key);
  const before = blocks[at - 1];
  const after = blocks[at + 1];
  const rest = blocks.filter((block) => block.key !== key);
  // Of the blank lines on both sides, one side's stay.
  const spare = after && !isShown(after) && (!before || !isShown(before) || before.type === 'front') ? after.key : undefined;
  return separated(rest.filter((block) => block.key !== spare));
}

/** Neighbours, in order, one place up (−1) or down (+1) among what is drawn. Unchanged at the ends. */
export function move(blocks: readonly EditedBlock[], keys: readonly string[], direction: -1 | 1): readonly EditedBlock[] {
  let moved = blocks;
  for (const key of direction === -1 ? keys : keys.toReversed()) {
    const next = moveOne(moved, key, direction);
    if (next === moved) return blocks;
    moved = next;
  }
  return moved;
}

function moveOne(blocks: readonly EditedBlock[], key: string, direction: -1 | 1): readonly EditedBlock[] {
  const shown = blocks.filter(isShown);
  const place = shown.findIndex((block) => block.key === key);
  const other = shown[place + direction];
  if (place < 0 || !other) return blocks;
  const at = indexOf(blocks, key);
  const otherAt = indexOf(blocks, other.key);
  const moved = [...blocks];
  [moved[at], moved[otherAt]] = [blocks[otherAt], blocks[at]];
  return separated(moved);
}

function indexOf(blocks: readonly EditedBlock[], key: string): number {
  return blocks.findIndex((block) => block.key === key);
}

/**
 * Adds the blank line that is missing between two neighbours, to the second's prose or as a block of its own.
 * An unclosed cell that is not the last any more gets its closing fence.
 */
function separated(blocks: readonly EditedBlock[]): EditedBlock[] {
  const result: EditedBlock[] = [];
  for (const [index, original] of blocks.entries()) {
    let block = original;
    if (block.type === 'cell' && block.close === '' && index < blocks.length - 1) {
      const fence = /(`{3,}|~{3,})/.exec(block.open)?.[1] ?? '```';
      const source = block.source === '' || block.source.endsWith('\n') ? block.source : `${block.source}\n`;
      block = { ...block, source, close: `${fence}\n` };
    }
    const before = result.at(-1);
    if (before && isShown(block) && before.type !== 'front') {
      const above = textOf(result.slice(-2));
      const missing = /\n\r?\n$/.test(above) || startsBlank(block) ? '' : above.endsWith('\n') ? '\n' : '\n\n';
      if (missing !== '') result.push({ type: 'prose', key: newKey(), text: missing });
    }
    result.push(block);
  }
  return result;
}

function startsBlank(block: EditedBlock): boolean {
  return block.type === 'prose' && /^[ \t]*\r?\n/.test(block.text);
}

/** The front matter's title, and the block with another one. A title that YAML would misread is quoted. */
export function withTitle(text: string, title: string): string {
  const plain =
    /^[\p{L}\p{N}][^:#'"\n[\]{}&*!|>%@`]*$/u.test(title) &&
    !/^(true|false|null|yes|no|on|off|[-+.\d]+)$/i.test(title) &&
    title.trim() === title;
  const line = `title: ${plain ? title : JSON.stringify(title)}`;
  if (/^title:.*$/m.test(text)) return text.replace(/^title:[^\r\n]*/m, () => line);
  return text.replace(/\r?\n(---[ \t]*(?:\r?\n)?)$/, (_whole, fence: string) => `\n${line}\n${fence}`);
}
