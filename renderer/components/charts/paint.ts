/** Draws series on a canvas that lies under the axes. */
import { margins } from './figure.ts';
import { runColorToken } from './palette.ts';
import { drawBand, drawLine, makeRaster, type Raster, rgbOf, toRows } from './raster.ts';
import type { LineSeries, Numbers } from './series.ts';
import { readTheme } from './theme.ts';

export interface View {
  readonly x: readonly [number, number];
  /** Logarithms to the base 10 where `logY`. */
  readonly y: readonly [number, number];
  readonly logX: boolean;
  readonly logY: boolean;
  /** Pixels of the whole chart. */
  readonly width: number;
  readonly height: number;
  /** Where the lines of the grid are, in pixels from the top of the whole chart: they lie under the series. */
  readonly grid: readonly number[];
}

interface Surface {
  readonly raster: Raster;
  readonly image: ImageData;
}
/** Some megabytes, used again for every zoom. */
const surfaces = new WeakMap<HTMLCanvasElement, Surface>();

/** Empty, as large as the canvas. */
function surfaceOf(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number, height: number): Surface {
  const known = surfaces.get(canvas);
  if (known?.raster.width === width && known.raster.height === height) {
    known.raster.pixels.fill(0);
    return known;
  }
  const made = { raster: makeRaster(width, height), image: context.createImageData(width, height) };
  surfaces.set(canvas, made);
  return made;
}

/** No series: the canvas is cleared. */
export function paint(canvas: HTMLCanvasElement | null, series: readonly LineSeries[], view: View): void {
  if (!canvas) return;
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  const width = Math.max(1, Math.round((view.width - margins.left - margins.right) * scale));
  const height = Math.max(1, Math.round((view.height - margins.top - margins.bottom) * scale));
  if (series.length === 0) {
    if (canvas.width > 1) canvas.width = canvas.height = 1;
    surfaces.delete(canvas);
    return;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const { raster, image } = surfaceOf(canvas, context, width, height);
  const theme = readTheme();
  const [from, to] = view.logX ? [Math.log(view.x[0]), Math.log(view.x[1])] : view.x;
  // Plain loops: `Float64Array.from` with a function takes several times as long, and this is for every zoom.
  const places = (values: Numbers): Float64Array => {
    const found = new Float64Array(values.length);
    const scaleX = width / (to - from);
    for (let index = 0; index < found.length; index++) {
      const value = values[index] ?? Number.NaN;
      found[index] = ((view.logX ? Math.log(value) : value) - from) * scaleX;
    }
    return found;
  };
  const [low, high] = view.y;
  const heights = (values: Numbers): Float64Array => {
    const found = new Float64Array(values.length);
    for (let index = 0; index < found.length; index++) {
      const value = values[index] ?? Number.NaN;
      const place = (1 - ((view.logY ? Math.log10(value) : value) - low) / (high - low)) * height;
      // What is far outside is as far as anything; on a logarithmic axis 0 and what is below it lie below all, as Plotly has it.
      if (view.logY && value <= 0) found[index] = 2 * height;
      else found[index] = Number.isFinite(place) ? Math.min(2 * height, Math.max(-height, place)) : Number.NaN;
    }
    return found;
  };
  const colors = new Map(
    series.map((one) => [one.color, rgbOf(theme.color(typeof one.color === 'number' ? runColorToken(one.color) : one.color))]),
  );
  for (const top of view.grid) {
    // As crisp as Plotly's own.
    const place = (Math.round(top - margins.top) + 0.5) * scale;
    drawLine(raster, [0, width], [place, place], rgbOf(theme.line), scale, 1);
  }
  for (const { color, x, band, raw, faint } of series) {
    if (band) drawBand(raster, places(x), heights(band.low), heights(band.high), colors.get(color)!, faint ? 0.05 : 0.15);
    if (raw) drawLine(raster, places(raw.x), heights(raw.y), colors.get(color)!, scale, faint ? 0.08 : 0.22);
  }
  // What stands out lies on top.
  for (const one of [...series.filter(({ faint }) => faint), ...series.filter(({ faint }) => !faint)]) {
    const dash = one.dash === 'solid' ? 0 : Math.round(2.5 * scale);
    drawLine(raster, places(one.x), heights(one.y), colors.get(one.color)!, 1.6 * scale, one.faint ? 0.3 : 1, dash);
  }
  toRows(raster, new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
}
