/**
 * The title above a picture and the legend below it. Not Plotly's: it cuts off what does not fit beside the lines, and a
 * picture has nothing to scroll.
 */
import type { RunShape } from '../palette.ts';

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  /** Lengths of dashes and gaps; none for a solid line. */
  readonly dash: string | undefined;
  readonly faint: boolean;
  /** What stands at the line's end. */
  readonly shape: RunShape | undefined;
}

/** The width of a text in pixels. */
export type Measure = (text: string) => number;

export const lineHeight = 18;
const markWidth = 28;
const gap = 18;

export interface PlacedEntry {
  readonly entry: LegendEntry;
  /** Pixels from the left, and lines from the top. */
  readonly x: number;
  readonly line: number;
  readonly lines: readonly string[];
}

/** Lines of `text` no wider than `width`: broken at spaces, in a word only where it is longer than a line. */
export function wrapText(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const word of text.split(/(?<=\s)/)) {
    if (measure((line + word).trimEnd()) <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = '';
    if (measure(word.trimEnd()) <= width) {
      line = word;
      continue;
    }
    for (const { segment } of characters.segment(word)) {
      if (line !== '' && measure(line + segment) > width) {
        lines.push(line);
        line = '';
      }
      line += segment;
    }
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** In columns; a long name takes several, and one that is longer than a line goes on below. */
export function placeLegend(
  entries: readonly LegendEntry[],
  width: number,
  measure: Measure,
): { readonly placed: readonly PlacedEntry[]; readonly lines: number } {
  const widths = entries.map(({ name }) => markWidth + measure(name));
  // Wide enough for most of them.
  const usual = [...widths].sort((a, b) => a - b)[Math.floor(0.9 * (widths.length - 1))] ?? width;
  const columns = Math.max(1, Math.floor((width + gap) / (Math.min(width, usual) + gap)));
  const step = (width + gap) / columns;
  let column = 0;
  let line = 0;
  let depth = 1;
  const placed = entries.map((entry, index): PlacedEntry => {
    const taken = Math.min(columns, Math.ceil((widths[index] + gap) / step));
    if (column > 0 && column + taken > columns) {
      line += depth;
      [column, depth] = [0, 1];
    }
    const lines = wrapText(entry.name, Math.min(width, taken * step - gap) - markWidth, measure);
    const one = { entry, x: column * step, line, lines };
    depth = Math.max(depth, lines.length);
    column += taken;
    return one;
  });
  return { placed, lines: placed.length === 0 ? 0 : line + depth };
}

const shapes: Record<RunShape, string> = {
  circle: 'M-3.5 0a3.5 3.5 0 1 0 7 0 3.5 3.5 0 0 0-7 0z',
  square: 'M-3.2-3.2h6.4v6.4h-6.4z',
  diamond: 'M0-4.4 4.4 0 0 4.4-4.4 0z',
  'triangle-up': 'M0-4.2 4.2 3.2h-8.4z',
  pentagon: 'M0-4 4-1.1 2.5 3.6h-5L-4-1.1z',
  cross: 'M-1.4-4h2.8v2.6H4v2.8H1.4V4h-2.8V1.4H-4v-2.8h2.6z',
};

/** As an XML file may hold it: some characters it may not, not even written as numbers. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/(?![\t\n\r\x80-\x9F])[\p{Cc}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Elements of an SVG, from the top left of the legend. */
export function drawLegend(placed: readonly PlacedEntry[], ink: string): string {
  return placed
    .map(({ entry: { color, dash, faint, shape }, x, line, lines }) => {
      const y = (line + 0.5) * lineHeight;
      const opacity = faint ? ' opacity="0.4"' : '';
      const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
      const mark = `<path d="M${x} ${y}h20" fill="none" stroke="${color}" stroke-width="2"${dashes}/>`;
      const end = shape === undefined ? '' : `<path d="${shapes[shape]}" transform="translate(${x + 20},${y})" fill="${color}"/>`;
      const text = lines
        .map((one, index) => `<text x="${x + markWidth}" y="${y + 4 + index * lineHeight}" fill="${ink}">${xmlText(one)}</text>`)
        .join('');
      return `<g${opacity}>${mark}${end}${text}</g>`;
    })
    .join('');
}
