/** What changed between two texts of a notebook: lines with their numbers, and the words that changed in them. */
import { diffWordsWithSpace, structuredPatch } from 'diff';

export interface Piece {
  readonly text: string;
  /** Whether it is only on this side. */
  readonly changed: boolean;
}

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  /** From 1, in the text it stands in. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly pieces: readonly Piece[];
}

/** Lines that are the same around each change. */
const context = 3;
/** Of longer lines the words are not compared. */
const longestLine = 2_000;

/** Stretches of changed lines with some around them; none where the texts are the same but for their line ends. */
export function diffSources(before: string, after: string): DiffLine[][] {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n');
  const { hunks } = structuredPatch('', '', plain(before), plain(after), '', '', { context });
  return hunks.map(({ lines, oldStart, newStart }) => {
    let [oldLine, newLine] = [oldStart, newStart];
    const found: DiffLine[] = [];
    for (const line of lines) {
      const pieces = [{ text: line.slice(1), changed: false }];
      if (line.startsWith('-')) found.push({ kind: 'removed', before: oldLine++, after: undefined, pieces });
      else if (line.startsWith('+')) found.push({ kind: 'added', before: undefined, after: newLine++, pieces });
      else if (line.startsWith(' ')) found.push({ kind: 'same', before: oldLine++, after: newLine++, pieces });
    }
    return withWords(found);
  });
}

/** Where as many lines were added as were removed before them, each pair is compared word by word. */
function withWords(lines: readonly DiffLine[]): DiffLine[] {
  const result = [...lines];
  for (let start = 0; start < result.length; start++) {
    if (result[start].kind !== 'removed') continue;
    let removed = 0;
    while (result[start + removed]?.kind === 'removed') removed++;
    let added = 0;
    while (result[start + removed + added]?.kind === 'added') added++;
    const pairs = removed === added ? removed : 0;
    for (let index = 0; index < pairs; index++) {
      const [from, to] = [start + index, start + removed + index];
      const [old, new_] = [result[from].pieces[0].text, result[to].pieces[0].text];
      if (old.length > longestLine || new_.length > longestLine) continue;
      const words = diffWordsWithSpace(old, new_);
      const same = words.reduce((length, word) => length + (word.added || word.removed ? 0 : word.value.trim().length), 0);
      // Lines that have next to nothing in common are no versions of each other.
      if (same < 0.3 * Math.max(old.trim().length, new_.trim().length)) continue;
      result[from] = {
        ...result[from],
        pieces: words.flatMap(({ value, added: isNew, removed: isOld }) => (isNew ? [] : { text: value, changed: isOld })),
      };
      result[to] = {
        ...result[to],
        pieces: words.flatMap(({ value, added: isNew, removed: isOld }) => (isOld ? [] : { text: value, changed: isNew })),
      };
    }
    start += removed + added;
  }
  return result;
}
