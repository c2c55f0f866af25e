/** Tables of text in columns that line up, also where letters are wide. */

export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

/** East Asian wide and full-width letters, and emoji, take two places in a terminal; combining marks none. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const zero = /[\p{Mn}\p{Me}\p{Cf}]/u;

export function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += zero.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return width;
}

const pad = (text: string, width: number, right: boolean | undefined): string => {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
};

const gap = '  ';

/** The lines of a table, its titles first where any column has one. */
export function table(columns: readonly Column[]): string[] {
  const widths = columns.map(({ title, cells }) => Math.max(...[title, ...cells].map(displayWidth)));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => pad(text, widths[index], columns[index].right))
      .join(gap)
      .trimEnd();
  const count = Math.max(0, ...columns.map(({ cells }) => cells.length));
  const rows = Array.from({ length: count }, (_, row) => line(columns.map(({ cells }) => cells[row] ?? '')));
  return columns.some(({ title }) => title !== '') ? [line(columns.map(({ title }) => title)), ...rows] : rows;
}

/** `name  value` pairs below each other. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string[] {
  return table([
    { title: '', cells: pairs.map(([name]) => name) },
    { title: '', cells: pairs.map(([, value]) => value) },
  ]);
}
