/** What Plotly is told: traces and layout from series, without touching the page. */
import type { Data, Layout } from 'plotly.js';
import { keptPoints } from '#contract/curves/decimate.ts';
import { runColorToken, runShape } from './palette.ts';
import { rgbOf } from './raster.ts';
import type { ChartMarker, LineSeries, Numbers } from './series.ts';
import type { ChartTheme } from './theme.ts';

export interface FigureInput {
  readonly series: readonly LineSeries[];
  readonly markers: readonly ChartMarker[];
  readonly width: number;
  readonly height: number;
  readonly xLabel: string;
  readonly logY: boolean;
  /** Both ends of the whole axis. */
  readonly xRange: readonly [number, number];
  /** The part in view, where the person has zoomed in. */
  readonly zoom: readonly [number, number] | undefined;
  readonly theme: ChartTheme;
  /** Another number lets go of what the person has zoomed into. */
  readonly revision: number;
  readonly logX?: boolean;
  /** Both ends of the y axis; left out, it fits what is drawn. */
  readonly yRange?: readonly [number, number] | undefined;
  /** Marks of the x axis; left out, whole numbers on a linear one. */
  readonly xTicks?: { readonly values: readonly number[]; readonly texts: readonly string[] } | undefined;
  /** Whether x are counts, such as epochs, with marks at whole numbers. */
  readonly wholeX?: boolean;
  /** Points there are and points in the series, where these were decimated before. */
  readonly decimated?: { readonly points: number; readonly drawn: number } | undefined;
  /** Every line as it is, however many points. */
  readonly complete?: boolean;
}

export interface Figure {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
  /** Points there are and points drawn, where these are fewer. */
  readonly decimated: { readonly points: number; readonly drawn: number } | undefined;
  /** More points than elements of an SVG should have: the lines are left to a raster. */
  readonly dense: boolean;
  /** Both ends of the y axis, logarithms where it is logarithmic; absent where Plotly fits it. */
  readonly yRange: readonly [number, number] | undefined;
}

/** Plotly would read markup in a text. */
const plain = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** With more lines their ends lie on each other. */
export const mostShapes = 40;
/** Points of all lines that Plotly draws in a few frames. */
const densePoints = 9000;

/** Plotly takes lengths in pixels too, which its types leave out. Dots are round: the caps are in charts.css. */
const dashes = { solid: 'solid', dot: '0.1px,4px', dash: '5px,6px' } as unknown as Record<LineSeries['dash'], 'solid' | 'dot' | 'dash'>;

/** For a saved picture, which has no stylesheet and so no round caps: dots that show without. */
export function asPicture(data: readonly Data[]): Data[] {
  return data.map((trace): Data => {
    if (trace.type !== 'scatter') return trace;
    const dotted = trace.line?.dash === dashes.dot;
    return {
      ...trace,
      ...(dotted && { line: { ...trace.line, dash: '2px,3px' as 'dot' } }),
    };
  });
}

/** Fixed, so that nothing jumps when labels change, and the place of an epoch can be computed. */
export const margins = { left: 42, right: 14, top: 10, bottom: 34 } as const;

/** Whole steps of 1, 2, 5, 10, … that give at most `most` ticks over `span` epochs. */
export function wholeStep(span: number, most: number): number {
  const wanted = Math.max(1, span / Math.max(1, most));
  const power = 10 ** Math.floor(Math.log10(wanted));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= wanted) return Math.max(1, factor * power);
  return Math.max(1, 10 * power);
}

/** Both ends over all series, at least one epoch apart, at least as far as `planned`. */
export function wholeRange(series: readonly LineSeries[], planned = 0): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Math.max(Number.NEGATIVE_INFINITY, planned > 0 ? planned : Number.NEGATIVE_INFINITY);
  for (const { x } of series) {
    const first = x[0];
    const last = x.at(-1);
    if (first !== undefined && first < low) low = first;
    if (last !== undefined && last > high) high = last;
  }
  if (!Number.isFinite(low)) low = 1;
  if (!Number.isFinite(high)) high = low + 1;
  return [low, Math.max(high, low + 1)];
}

/** Where on the screen `x` is, in pixels from the chart's left edge. */
export function pixelOf(x: number, range: readonly [number, number], width: number, log = false): number {
  const inner = Math.max(1, width - margins.left - margins.right);
  const place = log ? Math.log(x / range[0]) / Math.log(range[1] / range[0]) : (x - range[0]) / (range[1] - range[0]);
  return margins.left + place * inner;
}

/** The other way round: what is at a pixel. */
export function placeOf(pixel: number, range: readonly [number, number], width: number, log = false): number {
  const share = (pixel - margins.left) / Math.max(1, width - margins.left - margins.right);
  return log ? range[0] * (range[1] / range[0]) ** share : range[0] + share * (range[1] - range[0]);
}

/** A little room at both ends, so that dots on the edge are whole. */
export function padded(range: readonly [number, number], log = false): [number, number] {
  if (log) {
    const factor = (range[1] / range[0]) ** 0.015;
    return [range[0] / factor, range[1] * factor];
  }
  const room = (range[1] - range[0]) * 0.015;
  return [range[0] - room, range[1] + room];
}

/** A point with a gap on both sides would be drawn as nothing: it gets a dot. */
export function aloneSizes(y: Numbers): number[] {
  return Array.from(y, (value, index) => {
    const before = y[index - 1];
    const after = y[index + 1];
    const alone = Number.isFinite(value) && !Number.isFinite(before ?? Number.NaN) && !Number.isFinite(after ?? Number.NaN);
    return alone ? 5 : 0;
  });
}

/** A range around the one value there is, where all are equal: Plotly's own would hide what size it has. */
export function flatRange(series: readonly LineSeries[]): [number, number] | undefined {
  let only: number | undefined;
  for (const one of series) {
    for (const value of one.y) {
      if (!Number.isFinite(value)) continue;
      if (only !== undefined && only !== value) return undefined;
      only = value;
    }
  }
  if (only === undefined) return [0, 1];
  const room = only === 0 ? 1 : Math.abs(only) * 0.1;
  return [only - room, only + room];
}

/** Around each stretch of a band without a gap; between two lines with gaps Plotly would fill across them. */
export function bandOutline(x: Numbers, { low, high }: NonNullable<LineSeries['band']>): { x: number[]; y: number[] } {
  const outline: { x: number[]; y: number[] } = { x: [], y: [] };
  const isThere = (index: number): boolean => Number.isFinite(low[index]) && Number.isFinite(high[index]);
  const add = (index: number, edge: Numbers): void => {
    outline.x.push(x[index]);
    outline.y.push(edge[index]);
  };
  for (let start = 0; start < x.length; start++) {
    if (!isThere(start)) continue;
    let end = start;
    while (end + 1 < x.length && isThere(end + 1)) end++;
    if (outline.x.length > 0) {
      outline.x.push(Number.NaN);
      outline.y.push(Number.NaN);
    }
    for (let index = start; index <= end; index++) add(index, low);
    for (let index = end; index >= start; index--) add(index, high);
    start = end;
  }
  return outline;
}

function lastNumber(x: Numbers, y: Numbers): [number, number] | undefined {
  for (let index = y.length - 1; index >= 0; index--) {
    const value = y[index];
    const at = x[index];
    if (value !== undefined && at !== undefined && Number.isFinite(value)) return [at, value];
  }
  return undefined;
}

export function makeFigure(input: FigureInput): Figure {
  const { series, markers, theme, logY } = input;
  const data: Data[] = [];
  let points = 0;
  let drawn = 0;
  const severalColors = new Set(series.map((one) => one.color)).size > 1;
  const colorOf = (one: LineSeries): string => theme.color(typeof one.color === 'number' ? runColorToken(one.color) : one.color);
  const lengthOf = (one: LineSeries): number => one.x.length + (one.raw?.x.length ?? 0) + (one.band ? 2 * one.x.length : 0);
  const isGiven = input.decimated !== undefined || input.complete === true;
  const dense = input.complete !== true && isGiven && series.reduce((sum, one) => sum + lengthOf(one), 0) > densePoints;

  for (const one of dense ? [] : series) {
    const color = colorOf(one);
    if (one.band) {
      data.push({
        type: 'scatter',
        mode: 'lines',
        ...bandOutline(one.x, one.band),
        line: { width: 0 },
        fill: 'toself',
        fillcolor: `rgba(${rgbOf(color).join(',')},${one.faint ? 0.05 : 0.15})`,
        hoverinfo: 'skip',
        showlegend: false,
      });
    }
    if (one.raw) {
      data.push({
        type: 'scatter',
        mode: 'lines',
        x: one.raw.x as number[],
        y: one.raw.y as number[],
        opacity: one.faint ? 0.12 : 0.25,
        line: { color, width: 1 },
        connectgaps: false,
        hoverinfo: 'skip',
        showlegend: false,
      });
    }
  }
  for (const one of dense ? [] : series) {
    let { x, y } = one;
    if (!isGiven) {
      const kept = keptPoints(one.x, one.y, input.zoom);
      points += kept.inView;
      drawn += kept.indexes.length;
      if (kept.indexes.length < one.x.length) {
        x = kept.indexes.map((index) => one.x[index] ?? Number.NaN);
        y = kept.indexes.map((index) => one.y[index] ?? Number.NaN);
      }
    }
    const sizes = aloneSizes(y);
    const isolated = sizes.some((size) => size > 0);
    const color = colorOf(one);
    data.push({
      type: 'scatter',
      mode: isolated ? 'lines+markers' : 'lines',
      name: plain(one.name),
      x: x as number[],
      y: y as number[],
      opacity: one.faint ? 0.4 : 1,
      line: {
        color,
        width: one.dash === 'solid' ? 2 : 1.8,
        dash: dashes[one.dash],
      },
      ...(isolated ? { marker: { color, size: sizes, opacity: 1, line: { width: 0 } } } : {}),
      connectgaps: false,
      hoverinfo: 'none',
      showlegend: false,
    });
  }

  // The run's shape at its line's end tells lines apart where colour cannot.
  if (severalColors && series.length <= mostShapes) {
    const ends = series.flatMap((one) => {
      const end = one.faint || typeof one.color !== 'number' ? undefined : lastNumber(one.x, one.y);
      return end && typeof one.color === 'number' ? [{ end, color: colorOf(one), shape: runShape(one.color) }] : [];
    });
    data.push({
      type: 'scatter',
      mode: 'markers',
      x: ends.map(({ end }) => end[0]),
      y: ends.map(({ end }) => end[1]),
      marker: { color: ends.map(({ color }) => color), symbol: ends.map(({ shape }) => shape), size: 7, line: { width: 0 } },
      cliponaxis: false,
      hoverinfo: 'skip',
      showlegend: false,
    });
  }

  if (markers.length > 0) {
    const byId = new Map(series.map((one) => [one.id, one]));
    const known = markers.flatMap((marker) => {
      const one = byId.get(marker.seriesId);
      return one && !one.faint ? [{ marker, color: colorOf(one) }] : [];
    });
    data.push({
      type: 'scatter',
      mode: 'markers',
      x: known.map(({ marker }) => marker.x),
      y: known.map(({ marker }) => marker.y),
      marker: { color: theme.surface, size: 9, line: { color: known.map(({ color }) => color), width: 2 } },
      cliponaxis: false,
      hoverinfo: 'skip',
      showlegend: false,
    });
  }

  const flat = input.yRange ? undefined : flatRange(series);
  const shown = input.zoom ?? padded(input.xRange, input.logX);
  // Between powers of ten labels stand closer than their mean distance.
  const most = Math.max(2, Math.floor((input.width - margins.left) / (input.logX ? 90 : 56)));
  const axis = {
    tickfont: { color: theme.quiet, size: 11 },
    linecolor: theme.line,
    gridcolor: theme.line,
    zeroline: false,
    fixedrange: false,
    // To find out whether a label would turn or overflow, Plotly measures each of them, at every zoom.
    tickangle: 0,
    ticklabeloverflow: 'allow',
  } as const;
  const flatY = flat && !logY ? flat : undefined;
  const yRange = input.yRange ? (logY ? ([Math.log10(input.yRange[0]), Math.log10(input.yRange[1])] as const) : input.yRange) : flatY;
  const layout: Partial<Layout> = {
    width: input.width,
    height: input.height,
    margin: { l: margins.left, r: margins.right, t: margins.top, b: margins.bottom, pad: 0, autoexpand: false },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: 11, color: theme.quiet },
    showlegend: false,
    hovermode: 'x',
    hoverdistance: -1,
    dragmode: 'zoom',
    uirevision: input.revision,
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: theme.quiet, activecolor: theme.ink },
    xaxis: {
      ...axis,
      type: input.logX ? 'log' : 'linear',
      range: input.logX ? [Math.log10(shown[0]), Math.log10(shown[1])] : [...shown],
      showgrid: false,
      showline: true,
      ticks: '',
      ...(input.xTicks
        ? { tickmode: 'array', tickvals: [...input.xTicks.values], ticktext: [...input.xTicks.texts] }
        : input.logX || input.wholeX === false
          ? { nticks: most, exponentformat: 'e', ...(input.logX && { tickformat: ',~g' }) }
          : { tick0: 0, dtick: wholeStep(shown[1] - shown[0], most), tickformat: ',d' }),
      title: { text: plain(input.xLabel), font: { size: 11, color: theme.quiet }, standoff: 6 },
    },
    yaxis: {
      ...axis,
      type: logY ? 'log' : 'linear',
      ...(yRange ? { range: [...yRange] } : { autorange: true }),
      nticks: Math.max(3, Math.round(input.height / 48)),
      // Not `power`: its superscripts are styles in attributes, which the policy refuses.
      exponentformat: 'e',
      hoverformat: '.6~g',
    },
  };
  const before = input.decimated && input.decimated.drawn < input.decimated.points ? input.decimated : undefined;
  return { data, layout, decimated: before ?? (drawn < points ? { points, drawn } : undefined), dense, yRange };
}
