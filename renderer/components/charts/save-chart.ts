/** A chart as a file: SVG or PNG in print quality, with the app's font in it, or its numbers as CSV. */
import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { csvOf } from './csv.ts';
import { loadPlotly } from './load-plotly.ts';
import { asPicture, type Figure } from './figure.ts';
import type { LineSeries } from './series.ts';
import type { ChartTheme } from './theme.ts';

export interface Picture {
  readonly figure: Figure;
  readonly title: string;
  readonly theme: ChartTheme;
}

const width = 1000;
const height = 560;
/** 4,000 pixels: 300 to the inch over 34 centimetres. */
const printScale = 4;

export async function savePicture(picture: Picture, format: 'svg' | 'png'): Promise<void> {
  const svg = await svgOf(picture);
  if (format === 'svg') download(new Blob([svg], { type: 'image/svg+xml' }), `${picture.title}.svg`);
  else download(await pngOf(svg), `${picture.title}.png`);
}

async function svgOf({ figure, title, theme }: Picture): Promise<string> {
  const plotly = await loadPlotly();
  const url = await plotly.toImage(
    {
      data: asPicture(figure.data),
      layout: {
        ...figure.layout,
        width,
        height,
        title: { text: title.replaceAll('&', '&amp;').replaceAll('<', '&lt;'), font: { size: 14, color: theme.ink } },
        margin: { l: 60, r: 20, t: 50, b: 50 },
        paper_bgcolor: theme.surface,
        showlegend: true,
      },
    },
    { format: 'svg', width, height },
  );
  const text = decodeURIComponent(url.slice(url.indexOf(',') + 1));
  // A picture has no page around it to take the font from.
  const font = `<style>@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(${await fontData()}) format('woff2')}</style>`;
  return text.replace(/<svg[^>]*>/, (start) => start + font);
}

let font: Promise<string> | undefined;

function fontData(): Promise<string> {
  font ??= (async () => {
    const bytes = new Uint8Array(await (await fetch(interUrl)).arrayBuffer());
    let text = '';
    for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    return `data:font/woff2;base64,${btoa(text)}`;
  })();
  return font;
}

async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * printScale;
    canvas.height = height * printScale;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be drawn.'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function saveCsv(series: readonly LineSeries[], xName: string, title: string): void {
  download(new Blob([csvOf(series, xName)], { type: 'text/csv' }), `${title}.csv`);
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replaceAll(/[\\/:*?"<>|]/g, '_');
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
