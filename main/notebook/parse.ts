/** From a notebook's text to its blocks, without losing a byte: the blocks' texts in order are the text. */
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';
import { type Block, type CellKind, cellKind } from '#contract/notebook.ts';
import { readFrontMatter } from './front-matter.ts';
import { type Fence, scanFences } from './markdown.ts';

export interface ParsedNotebook {
  /** From the front matter; else the first heading's text; else empty. */
  title: string;
  blocks: Block[];
  /** What is odd but not fatal. Nothing of it was dropped or changed. */
  problems: PlainError[];
}

/** Decodes a file's bytes, byte order mark kept. Throws `notebook.notUtf8` where decoding would lose bytes. */
export function decodeNotebook(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new EpochbookError('notebook.notUtf8', {}, { cause: error });
  }
}

/** Lines with their line ends: `\n`, `\r\n` or a lone `\r`. */
export function splitLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

/** What the info string `ts KIND #ID` says; undefined where it is not a cell's. */
export function readInfo(info: string): { kind: CellKind; id: string | undefined } | { unknownKind: string } | undefined {
  const words = info.split(/[ \t]+/);
  if (words[0] !== 'ts' || words.length < 2) return undefined;
  const kind = cellKind.safeParse(words[1]);
  const id = words
    .slice(2)
    .find((word) => /^#./.test(word))
    ?.slice(1);
  if (kind.success) return { kind: kind.data, id };
  // `ts something` may be a listing; with an id it was meant as a cell, of a later version or misspelt.
  return id === undefined ? undefined : { unknownKind: words[1] };
}

/** An id that is not in `taken`: `wanted`, or it with the next free number. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}

/**
 * Reads a notebook's text. Never throws.
 *
 * A cell without an id, and the later of two with one id, get an id in memory that is free in this file
 * (`data`, `clothes-2`); the file keeps its text until `withWrittenIds` puts the ids there.
 */
export function parseNotebook(text: string): ParsedNotebook {
  const lines = splitLines(text);
  const bare = lines.map((line) => line.replace(/[\r\n]+$/, ''));
  if (bare[0]?.startsWith('\uFEFF')) bare[0] = bare[0].slice(1);
  const front = readFrontMatter(bare);
  const problems = [...front.problems];
  const body = bare.slice(front.lines);
  const { fences } = scanFences(body);

  const written = new Set<string>();
  for (const fence of fences) {
    const info = readInfo(fence.info);
    if (info && 'kind' in info && info.id !== undefined) written.add(info.id);
  }

  const blocks: Block[] = [];
  const slice = (from: number, to: number): string => lines.slice(front.lines + from, front.lines + to).join('');
  if (front.lines > 0) blocks.push({ type: 'front', text: lines.slice(0, front.lines).join('') });
  let done = 0;
  const prose = (to: number): void => {
    if (to > done) blocks.push({ type: 'prose', text: slice(done, to) });
    done = to;
  };
  const used = new Set<string>();
  for (const fence of fences) {
    const info = readInfo(fence.info);
    if (!info) continue;
    const where = { line: front.lines + fence.openLine + 1, column: 1 };
    if ('unknownKind' in info) {
      problems.push(toPlainError(new EpochbookError('notebook.kindUnknown', { kind: info.unknownKind }, { where })));
      continue;
    }
    prose(fence.openLine);
    const { kind } = info;
    let { id } = info;
    if (id === undefined) {
      id = freeId(kind, new Set([...written, ...used]));
      problems.push(toPlainError(new EpochbookError('notebook.idMissing', { id, kind }, { where: { ...where, cell: id } })));
    } else if (used.has(id)) {
      const given = freeId(id, new Set([...written, ...used]));
      problems.push(toPlainError(new EpochbookError('notebook.idDuplicate', { id, given }, { where: { ...where, cell: given } })));
      id = given;
    }
    used.add(id);
    if (!fence.closed) {
      problems.push(toPlainError(new EpochbookError('notebook.fenceUnclosed', { id }, { where: { ...where, cell: id } })));
    }
    blocks.push(cellBlock(id, kind, fence, slice));
    done = fence.contentEnd + (fence.closed ? 1 : 0);
  }
  prose(body.length);
  return { title: front.title ?? firstHeading(body, fences) ?? '', blocks, problems };
}

function cellBlock(id: string, kind: CellKind, fence: Fence, slice: (from: number, to: number) => string): Block {
  return {
    type: 'cell',
    id,
    kind,
    open: slice(fence.openLine, fence.openLine + 1),
    source: slice(fence.openLine + 1, fence.contentEnd),
    close: fence.closed ? slice(fence.contentEnd, fence.contentEnd + 1) : '',
  };
}

function firstHeading(lines: readonly string[], fences: readonly Fence[]): string | undefined {
  const at = lines.findIndex(
    (line, index) => /^ {0,3}#{1,6}[ \t]+\S/.test(line) && !fences.some((fence) => index > fence.openLine && index < fence.contentEnd),
  );
  return at === -1 ? undefined : lines[at].replace(/^ *#+[ \t]+/, '').replace(/[ \t]+#*[ \t]*$/, '');
}
