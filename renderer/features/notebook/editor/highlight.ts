/**
 * Splits a cell's text into coloured pieces, for a cell whose editor is not mounted. Colours are the same as the
 * editor's theme has; what it takes for a keyword or a call is good enough to look at, no more.
 */
export type PieceKind = 'plain' | 'keyword' | 'function' | 'string' | 'number' | 'comment';

export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
}

export const keywords = [
  'as async await break case catch class const continue default delete do else export extends finally for function if import in',
  'instanceof interface let new of return satisfies switch throw try type typeof var void while yield true false null undefined this',
]
  .join(' ')
  .split(' ');

const keywordSet = new Set(keywords);

/** In order: comment, string, number, name before a bracket, name. */
const token =
  /(\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|('(?:\\[^]|[^'\\\n])*'?|"(?:\\[^]|[^"\\\n])*"?|`(?:\\[^]|[^`\\])*`?)|(\b(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)\b)|([A-Za-z_$][\w$]*)(?=\s*\()|([A-Za-z_$][\w$]*)/g;

export function highlight(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > end) pieces.push({ kind: 'plain', text: text.slice(end, match.index) });
    const name = match[4] ?? match[5];
    const kind: PieceKind = match[1]
      ? 'comment'
      : match[2]
        ? 'string'
        : match[3]
          ? 'number'
          : name && keywordSet.has(name)
            ? 'keyword'
            : match[4]
              ? 'function'
              : 'plain';
    pieces.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: 'plain', text: text.slice(end) });
  return pieces;
}
