/** Finds text in a notebook's cells and prose, in the words of an editor: case, whole words, regular expressions. */
import { type EditedBlock, editorText, isShown, proseText } from '../blocks.ts';

export interface Wanted {
  readonly query: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
  readonly regex: boolean;
}

export interface Match {
  /** Of the block. */
  readonly key: string;
  /** Offsets in `searchedText`. */
  readonly start: number;
  readonly end: number;
}

export type Pattern = { readonly expression: RegExp } | { readonly mistake: string } | undefined;

/** Beyond this many the rest is not looked at: a count nobody reads. */
export const matchLimit = 10_000;

/** Undefined where nothing is wanted; a mistake where the regular expression is none. */
export function patternOf({ query, matchCase, wholeWord, regex }: Wanted): Pattern {
  if (query === '') return undefined;
  const source = regex ? query : query.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  // Letters of every script make words, which \b does not know.
  const bounded = wholeWord ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source;
  const flags = `g${matchCase ? '' : 'i'}m`;
  try {
    return { expression: new RegExp(bounded, `${flags}u`) };
  } catch {
    try {
      return { expression: new RegExp(wholeWord ? `\\b(?:${source})\\b` : source, flags) };
    } catch (error) {
      return { mistake: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** What is searched of a block: what stands in its editor. Undefined for what is not drawn. */
export function searchedText(block: EditedBlock): string | undefined {
  if (!isShown(block)) return undefined;
  if (block.type === 'cell') return editorText(block);
  return block.type === 'prose' ? proseText(block) : undefined;
}

export function findIn(blocks: readonly EditedBlock[], expression: RegExp): Match[] {
  const found: Match[] = [];
  for (const block of blocks) {
    for (const match of searchedText(block)?.matchAll(expression) ?? []) {
      // What matches nothing, like `a*`, can be neither seen nor replaced.
      if (match[0] !== '') found.push({ key: block.key, start: match.index, end: match.index + match[0].length });
      if (found.length >= matchLimit) return found;
    }
  }
  return found;
}

/**
 * `text` with its matches replaced: all, or the one that starts at `only`. With a regular expression `$1`, `$<name>` and
 * `$&` stand for what was found; else the replacement is taken as it is.
 */
export function replaceIn(text: string, expression: RegExp, replacement: string, regex: boolean, only?: number): string {
  return text.replace(expression, (...parts: unknown[]) => {
    const groups = typeof parts.at(-1) === 'object' ? (parts.pop() as Record<string, string | undefined>) : undefined;
    const [offset] = parts.splice(-2) as [number, string];
    const [match, ...captured] = parts as [string, ...(string | undefined)[]];
    if (match === '' || (only !== undefined && offset !== only)) return match;
    return regex ? expanded(replacement, match, captured, groups) : replacement;
  });
}

function expanded(
  replacement: string,
  match: string,
  captured: readonly (string | undefined)[],
  groups: Readonly<Record<string, string | undefined>> | undefined,
): string {
  return replacement.replaceAll(/\\n|\\t|\$(?:(\$)|(&)|(\d{1,2})|<([^>]*)>)/g, (whole, dollar, all, number?: string, name?: string) => {
    if (whole === '\\n') return '\n';
    if (whole === '\\t') return '\t';
    if (dollar) return '$';
    if (all) return match;
    if (name !== undefined) return groups?.[name] ?? '';
    return Number(number) > captured.length || Number(number) === 0 ? whole : (captured[Number(number) - 1] ?? '');
  });
}

/** Line and column, from 1, of an offset. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
