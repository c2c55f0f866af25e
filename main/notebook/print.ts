/** From blocks to a notebook's text. Blocks as they were parsed give the file's bytes again. */
import type { Block, CellBlock } from '#contract/notebook.ts';
import { readFrontMatter } from './front-matter.ts';
import { htmlCloser, scanFences } from './markdown.ts';
import { parseNotebook, readInfo, splitLines } from './parse.ts';

const verbatim = (block: Block): string => (block.type === 'cell' ? block.open + block.source + block.close : block.text);

/**
 * Prints blocks. Where the text would not read back as the same cells — a cell was added, renamed or moved, or its
 * new text contains a line that would close its fence — the fences, ids and line ends around it are set right, and
 * nothing else is touched.
 */
export function printNotebook(blocks: readonly Block[]): string {
  const text = blocks.map(verbatim).join('');
  if (readsBack(blocks, text)) return text;
  const set = repaired(blocks, false);
  return readsBack(blocks, set) ? set : repaired(blocks, true);
}

/** The same blocks with each cell's id written in its opening fence: for a notebook that is saved changed. */
export function withWrittenIds(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => (block.type === 'cell' ? { ...block, open: openingFor(block, 0) } : block));
}

function readsBack(blocks: readonly Block[], text: string): boolean {
  const cells = blocks.filter((block) => block.type === 'cell');
  const found = parseNotebook(text).blocks.filter((block) => block.type === 'cell');
  return (
    cells.length === found.length &&
    cells.every((cell, index) => {
      const other = found[index];
      return cell.id === other.id && cell.kind === other.kind && cell.source === other.source;
    })
  );
}

const opening = /^( {0,3})(`{3,}|~{3,})([^\r\n]*)([\r\n]*)$/;
const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*[\r\n]*$/;

/** The opening fence's line for a cell: its own where it says the same, with at least `length` markers. */
function openingFor(cell: CellBlock, length: number): string {
  const [, indent = '', run = '```', info = '', end = ''] = opening.exec(cell.open) ?? [];
  const start = indent + run[0].repeat(Math.max(run.length, length));
  const said = readInfo(info.trim());
  if (said && 'kind' in said && said.kind === cell.kind && said.id === cell.id) return `${start}${info}${end || '\n'}`;
  // Words after the kind and the id are not ours; they stay.
  const words = info
    .trim()
    .split(/[ \t]+/)
    .slice(2);
  const others = words.filter((word) => !word.startsWith('#'));
  return `${start}${['ts', cell.kind, `#${cell.id}`, ...others].join(' ')}${end || '\n'}`;
}

function lineEndOf(blocks: readonly Block[]): string {
  for (const block of blocks) {
    const end = /\r\n|\n|\r/.exec(verbatim(block))?.[0];
    if (end) return end;
  }
  return '\n';
}

/** `flush`: fences start in the first column, where an indented one would belong to a list above it. */
function repaired(given: readonly Block[], flush: boolean): string {
  const mark = given.some((block) => verbatim(block).startsWith(byteOrderMark)) ? byteOrderMark : '';
  return mark + repairedUnmarked(given.map(unmarked), flush);
}

/** A byte order mark belongs to the file: it stays first when a block is put before the one that had it. */
const byteOrderMark = '\uFEFF';

function unmarked(block: Block): Block {
  if (!verbatim(block).startsWith(byteOrderMark)) return block;
  return block.type === 'cell' ? { ...block, open: block.open.slice(1) } : { ...block, text: block.text.slice(1) };
}

function repairedUnmarked(blocks: readonly Block[], flush: boolean): string {
  const lineEnd = lineEndOf(blocks);
  const ended = (text: string): string => (text === '' || /[\r\n]$/.test(text) ? text : text + lineEnd);
  let text = '';
  for (const [index, block] of blocks.entries()) {
    if (block.type !== 'cell') {
      text = ended(text) + block.text;
      if (blocks[index + 1]?.type === 'cell') text = closedProse(ended(text), lineEnd);
      continue;
    }
    const marker = opening.exec(block.open)?.[2]?.[0] ?? '`';
    const runs = splitLines(block.source).map((line) => closing.exec(line)?.[1] ?? '');
    const wanted = Math.max(3, ...runs.map((run) => (run.startsWith(marker) ? run.length + 1 : 0)));
    let open = openingFor(block, wanted).replace(/[\r\n]+$/, lineEnd);
    if (flush) open = open.trimStart();
    const fence = opening.exec(open)![2];
    const own = closing.exec(block.close)?.[1] ?? '';
    const fits = own.startsWith(marker) && own.length >= fence.length && !flush;
    text = `${ended(text)}${open}${ended(block.source)}${fits ? block.close : fence + lineEnd}`;
  }
  return text;
}

/** Prose that ends inside an open fence or HTML block would swallow the cell after it: it is closed. */
function closedProse(text: string, lineEnd: string): string {
  const bare = splitLines(text).map((line) => line.replace(/[\r\n]+$/, ''));
  const { end } = scanFences(bare.slice(readFrontMatter(bare).lines));
  if (end.type === 'fence') return `${text}${end.marker.repeat(end.length)}${lineEnd}`;
  if (end.type === 'html' && end.end) return `${text}${htmlCloser(end.end)}${lineEnd}`;
  // A blank line; `\n` after a lone `\r` would only make one line end of the two.
  if (end.type === 'html') return text + (text.endsWith('\r') ? '\r' : lineEnd);
  return text;
}
