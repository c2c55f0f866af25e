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
  const length = word.exec(text.slice(at))?.[0].length ?? 1;
  return { line, column: at + 1, endColumn: at + 1 + length };
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
