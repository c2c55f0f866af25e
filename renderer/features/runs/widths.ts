/** Widths of columns from the text in them, so that scrolling a virtual table never moves a column. */

/** Pixels of one character in the interface's font at 12 px with tabular figures, a little generous. */
function characterWidth(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= 0x2e80) return 12.2;
  if (/[0-9+−–=×]/.test(character)) return 7.8;
  if (/[ .,:;'|!ijlI()]/.test(character)) return 3.8;
  if (/[mwMW%@]/.test(character)) return 10.2;
  if (/[A-Z]/.test(character)) return 8.2;
  return 6.45;
}

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function longestOf(texts: Iterable<string>): number {
  let longest = 0;
  for (const text of texts) longest = Math.max(longest, textWidth(text));
  return longest;
}

const between = (narrowest: number, width: number, widest: number) => Math.round(Math.min(widest, Math.max(narrowest, width + 12.5)));

/** Pixels for a column whose longest text is among `texts`, with 6 px on either side. */
export const columnWidth = (texts: Iterable<string>, narrowest = 40, widest = 260): number => between(narrowest, longestOf(texts), widest);

/** The same of bold texts, which are about a tenth wider. */
export const boldColumnWidth = (texts: Iterable<string>): number => between(40, longestOf(texts) * 1.1, 260);
