/**
 * A run's colour and shape, from its number in the palette (`RunSummary.color`, from 0), the same for life.
 * The first six colours are the tokens `--run-1` … `--run-6`; `--run-7` … `--run-18` (charts.css) go on from
 * there: each is the colour farthest from all before it in OKLab, the least over normal, protan and deutan
 * vision (Machado 2009), with a contrast of at least 3 : 1 to the surface. From the 19th on they come around again.
 * Colour is never alone: every six runs the shape at the line's end and in the lists changes too, and the
 * name is always beside it.
 */
export const paletteSize = 18;

/** Plotly's symbol names; `RunMark` draws the same ones. */
export const runShapes = ['circle', 'square', 'diamond', 'triangle-up', 'pentagon', 'cross'] as const;
export type RunShape = (typeof runShapes)[number];

function wrapped(number: number, size: number): number {
  return ((Math.trunc(number) % size) + size) % size;
}

/** The name of the custom property, e.g. `--run-1` for 0. */
export function runColorToken(color: number): string {
  return `--run-${wrapped(color, paletteSize) + 1}`;
}

/** For a style: `var(--run-1)`. */
export function runColor(color: number): string {
  return `var(${runColorToken(color)})`;
}

/** Neighbours in the palette differ in shape, and those that come around again (18 later) do too. */
export function runShape(color: number): RunShape {
  const round = Math.floor(wrapped(color, paletteSize * runShapes.length) / paletteSize);
  return runShapes[wrapped(color + round, runShapes.length)] ?? 'circle';
}

/** A line's colour for a style, from a run's number or a custom property's name. */
export function lineColor(color: number | `--${string}`): string {
  return typeof color === 'number' ? runColor(color) : `var(${color})`;
}
