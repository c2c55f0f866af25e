/** Widths of columns from the text in them, so that scrolling a virtual table never moves a column. */

/** A wide character, as Chinese has, counts as two. Letters of other kinds are close enough to a digit's width. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x2e80 ? 1.75 : 1;
  return width;
}

/** Pixels for a column whose longest text is among `texts`, at 12 px. */
export function columnWidth(texts: Iterable<string>, narrowest = 48, widest = 260): number {
  let longest = 0;
  for (const text of texts) longest = Math.max(longest, textWidth(text));
  return Math.round(Math.min(widest, Math.max(narrowest, longest * 6.9 + 22)));
}
