/** A chart as a file: SVG or PNG in print quality, with the app's font in it, or its numbers as CSV. */
import { csvOf } from '../csv.ts';
import { asPicture, type FigureInput, makeFigure, mostShapes } from '../figure.ts';
import { loadPlotly } from '../load-plotly.ts';
import { runColorToken, runShape } from '../palette.ts';
import type { LineSeries } from '../series.ts';
import { type ChartTheme, printTheme } from '../theme.ts';
import { fontRules, pictureFamilies } from './fonts.ts';
import { drawLegend, type LegendEntry, lineHeight, placeLegend, wrapText, xmlText } from './legend.ts';
import { withDensity } from './png-density.ts';

/** What is drawn, whole, whatever the screen leaves out. */
export type Picture = Omit<FigureInput, 'width' | 'height' | 'theme' | 'revision' | 'complete'> & { readonly title: string };

/** Of the lines; title and legend come on top. Pixels of CSS. */
export const pictureWidth = 1000;
const plotHeight = 520;
const side = 24;
const titleSize = 15;
const titleLine = 22;
/** 4,000 pixels: at 300 to the inch 34 centimetres, and text of 10 points. */
const printScale = 4;
const pixelsPerInch = 300;
const dashes: Record<LineSeries['dash'], string | undefined> = { solid: undefined, dot: '2 3', dash: '5 6' };

/** In the colours of paper, which the app's theme does not change. */
export async function savePicture(picture: Picture, format: 'svg' | 'png'): Promise<void> {
  const drawn = await draw(picture);
  if (format === 'svg') download(new Blob([svgOf(drawn)], { type: 'image/svg+xml' }), `${picture.title}.svg`);
  else download(await pngOf(drawn), `${picture.title}.png`);
}

interface Drawn {
  readonly title: string;
  readonly height: number;
  readonly families: string;
  readonly fontRules: string;
  readonly background: string;
  /** Elements of an SVG. */
  readonly content: string;
  /** All that is written in it. */
  readonly text: string;
}

async function draw({ title, ...input }: Picture): Promise<Drawn> {
  const plotly = await loadPlotly();
  const theme = printTheme();
  const families = pictureFamilies(theme.font);
  const figure = makeFigure({
    ...input,
    width: pictureWidth,
    height: plotHeight,
    theme: { ...theme, font: families },
    revision: 0,
    complete: true,
  });
  const address = await plotly.toImage(
    { data: asPicture(figure.data), layout: { ...figure.layout, margin: { l: 60, r: side, t: 12, b: 46, pad: 0 }, showlegend: false } },
    { format: 'svg', width: pictureWidth, height: plotHeight },
  );
  const plot = decodeURIComponent(address.slice(address.indexOf(',') + 1)).replace(/^<\?xml[^>]*>/, '');

  const entries = legendOf(input.series, theme);
  const names = entries.map(({ name }) => name).join('\n');
  const [textFont, titleFont] = [`12px ${families}`, `600 ${titleSize}px ${families}`];
  // What is measured must be there; what the font lacks is drawn in another, which needs no loading.
  await Promise.all([document.fonts.load(textFont, names || ' '), document.fonts.load(titleFont, title || ' ')]);
  const inner = pictureWidth - 2 * side;
  const titles = wrapText(title, inner, measureIn(titleFont));
  const { placed, lines } = placeLegend(entries, inner, measureIn(textFont));
  const plotTop = 14 + titles.length * titleLine;
  const legendTop = plotTop + plotHeight + 6;
  const written = (line: string, index: number): string =>
    `<text x="${side}" y="${titleLine * (index + 1)}" font-size="${titleSize}" font-weight="600" fill="${theme.ink}">${xmlText(line)}</text>`;
  const text = `${title}\n${names}\n${plot.replaceAll(/<[^>]*>/g, '')}`;
  return {
    title,
    height: Math.ceil(legendTop + lines * lineHeight + (lines > 0 ? 18 : 8)),
    families,
    fontRules: await fontRules(text, families),
    background: theme.surface,
    content: [
      ...titles.map(written),
      `<g transform="translate(0,${plotTop})">${plot}</g>`,
      `<g transform="translate(${side},${legendTop})">${drawLegend(placed, theme.ink)}</g>`,
    ].join('\n'),
    text,
  };
}

/** `below`: elements in so much more room at the bottom. */
function svgOf({ title, height, families, fontRules: rules, background, content }: Drawn, below = '', room = 0): string {
  const size = `width="${pictureWidth}" height="${height + room}" viewBox="0 0 ${pictureWidth} ${height + room}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>`,
    `<title>${xmlText(title)}</title><style>${rules}</style>`,
    `<rect width="${pictureWidth}" height="${height}" fill="${background}"/>`,
    `<g font-family="${families}" font-size="12">`,
    content,
    below,
    '</g></svg>',
  ].join('\n');
}

/** One line alone is told by the title. */
function legendOf(series: readonly LineSeries[], theme: ChartTheme): LegendEntry[] {
  if (series.length < 2) return [];
  const shaped = series.length <= mostShapes && new Set(series.map((one) => one.color)).size > 1;
  return series.map((one) => ({
    name: one.name,
    color: theme.color(typeof one.color === 'number' ? runColorToken(one.color) : one.color),
    dash: dashes[one.dash],
    faint: one.faint ?? false,
    shape: shaped && typeof one.color === 'number' ? runShape(one.color) : undefined,
  }));
}

function measureIn(font: string): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d')!;
  context.font = font;
  return (text) => context.measureText(text).width;
}

const probeHeight = 40;
const longestWaitMs = 15_000;

/**
 * The browser says that an SVG is decoded before the fonts in it are, and leaves out texts until then. So every character
 * stands once more below the picture, where it is looked for and then cut off.
 */
async function pngOf(drawn: Drawn): Promise<Blob> {
  const { height } = drawn;
  const characters = [...new Set(`0${drawn.text.replaceAll(/\s/g, '')}`)].join('');
  const probe = `<text x="0" y="${height + probeHeight / 2}">${xmlText(characters)}</text>`;
  const url = URL.createObjectURL(new Blob([svgOf(drawn, probe, probeHeight)], { type: 'image/svg+xml' }));
  try {
    const image = new Image(pictureWidth, height + probeHeight);
    image.src = url;
    await image.decode();
    const until = performance.now() + longestWaitMs;
    while (!hasInk(image, height) && performance.now() < until) await new Promise((done) => setTimeout(done, 20));
    // With very many runs the legend is long: a canvas has an end.
    const scale = Math.min(printScale, 16_000 / height);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(pictureWidth * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')!.drawImage(image, 0, 0, pictureWidth * scale, (height + probeHeight) * scale);
    const blob = await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('The picture could not be drawn.'))), 'image/png'),
    );
    return new Blob([withDensity(new Uint8Array(await blob.arrayBuffer()), pixelsPerInch)], { type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Whether anything is drawn below `top`. */
function hasInk(image: HTMLImageElement, top: number): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = pictureWidth;
  canvas.height = probeHeight;
  const context = canvas.getContext('2d')!;
  context.drawImage(image, 0, -top, pictureWidth, top + probeHeight);
  return new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer).some((pixel) => pixel !== 0);
}

export function saveCsv(series: readonly LineSeries[], xName: string, title: string): void {
  download(new Blob([csvOf(series, xName)], { type: 'text/csv' }), `${title}.csv`);
}

/** Names of files end somewhere: 255 bytes nearly everywhere, of which a character may take four. */
const longestName = 60;

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  const [, start = '', ending = ''] = /^(.*?)(\.\w+)$/s.exec(name) ?? [];
  const safe = Array.from(start.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '_'));
  link.download = safe.slice(0, longestName).join('') + ending;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
