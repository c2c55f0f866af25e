/** Places in a cell's text. Lines and columns count from 1; columns in UTF-16 units, as editors count them. */

export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

function lineOf(source: string, line: number): string {
  return source.split(/\r\n|\n|\r/)[line - 1] ?? '';
}

/** From a column that counts code points to one that counts UTF-16 units. */
export function codePointColumn(source: string, line: number, column: number): number {
  let units = 0;
  let points = 1;
  for (const sign of lineOf(source, line)) {
    if (points >= column) break;
    units += sign.length;
    points += 1;
  }
  return units + 1 + Math.max(0, column - points);
}

const wide =
  /^[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]$/u;

/** From swc's column, which counts from 0 as a terminal would: tabs as four, wide letters as one more, marks as none. */
export function displayColumn(source: string, line: number, column: number): number {
  let units = 0;
  let shown = 0;
  for (const sign of lineOf(source, line)) {
    if (shown >= column) break;
    units += sign.length;
    shown += sign === '\t' ? 4 : sign.length + (wide.test(sign) ? 1 : 0) - (/^\p{Mn}$/u.test(sign) ? 1 : 0);
  }
  return units + 1 + Math.max(0, column - shown);
}

const path = /[\p{L}\p{N}_$]+(?:\s*\??\.\s*[\p{L}\p{N}_$]+)*\s*$/u;
const word = /^[\p{L}\p{N}_$]+/u;

/** What stands at a place: the word that begins there, or the `name.of.a.call` whose parenthesis it is. */
export function identifierAt(source: string, line: number, column: number): SourcePlace {
  const text = lineOf(source, line);
  const at = Math.min(column - 1, text.length);
  if (text[at] === '(') {
    const name = path.exec(text.slice(0, at))?.[0];
    if (name !== undefined) return { line, column: at - name.length + 1, endColumn: at - name.length + name.trimEnd().length + 1 };
  }
  // A property that is read has the place of its dot.
  const start = at + (/^\??\.\s*(?=[\p{L}_$])/u.exec(text.slice(at))?.[0].length ?? 0);
  const length = word.exec(text.slice(start))?.[0].length ?? 1;
  return { line, column: start + 1, endColumn: start + 1 + length };
}

const declaration = /(?:^|[^\p{L}\p{N}_$.])(?:const|let|var|class|function\*?)\s+([\p{L}_$][\p{L}\p{N}_$]*)/gu;

/** Names declared in a text, roughly: good for suggestions, not for deciding. */
export function declaredNames(source: string): string[] {
  const names = Array.from(source.matchAll(declaration), (found) => found[1]);
  for (const [, inside] of source.matchAll(/(?:const|let|var)\s*[{[]([^}\]]*)[}\]]\s*=/gu)) {
    names.push(...Array.from(inside.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)\s*(?:=[^,]*)?(?:,|$)/gu), (found) => found[1]));
  }
  return names;
}

export function findDeclaration(source: string, name: string): SourcePlace | undefined {
  for (const found of source.matchAll(declaration)) {
    if (found[1] !== name) continue;
    const offset = found.index + found[0].length - name.length;
    const before = source.slice(0, offset).split(/\r\n|\n|\r/);
    const column = before.at(-1)!.length + 1;
    return { line: before.length, column, endColumn: column + name.length };
  }
  return undefined;
}
