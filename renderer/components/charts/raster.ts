/**
 * Many long lines as pixels: where a hundred lines have tens of thousands of points, elements of an SVG take longer to be
 * drawn than a person waits for a zoom. Each column of pixels is covered from the lowest to the highest place that the line
 * has in it, with soft edges.
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel. */
  readonly data: Uint8ClampedArray;
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** `#3d5afe`, or `#49d` as a built stylesheet shortens it, as three numbers to 255. */
export function rgbOf(hex: string): Rgb {
  const [, short] = /^#([0-9a-f]{3})$/i.exec(hex.trim()) ?? [];
  const digits = short?.replaceAll(/./g, '$&$&') ?? /^#([0-9a-f]{6})/i.exec(hex.trim())?.[1];
  const value = Number.parseInt(digits ?? '808080', 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function blend(data: Uint8ClampedArray, at: number, [red, green, blue]: Rgb, opacity: number): void {
  // Most of a line's pixels are covered whole.
  if (opacity >= 1) {
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = 255;
    return;
  }
  const under = data[at + 3] / 255;
  const sum = opacity + under * (1 - opacity);
  if (sum <= 0) return;
  const over = opacity / sum;
  data[at] += (red - data[at]) * over;
  data[at + 1] += (green - data[at + 1]) * over;
  data[at + 2] += (blue - data[at + 2]) * over;
  data[at + 3] = sum * 255;
}

function cover({ width, height, data }: Raster, column: number, top: number, bottom: number, color: Rgb, opacity: number): void {
  const first = Math.max(0, Math.floor(top));
  const last = Math.min(height - 1, Math.ceil(bottom) - 1);
  for (let row = first; row <= last; row++) {
    const covered = Math.min(row + 1, bottom) - Math.max(row, top);
    if (covered > 0) blend(data, (row * width + column) * 4, color, opacity * Math.min(1, covered));
  }
}

/** A line through places in pixels, `thickness` high; a place that is not a number is a gap. */
export function drawLine(
  raster: Raster,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  color: Rgb,
  thickness: number,
  opacity: number,
  /** Pixels of each dash and of each gap; 0 for none. */
  dash = 0,
): void {
  const { width } = raster;
  const tops = new Float64Array(width).fill(Infinity);
  const bottoms = new Float64Array(width).fill(-Infinity);
  const widen = (column: number, from: number, to: number): void => {
    if (from < tops[column]) tops[column] = from;
    if (to < tops[column]) tops[column] = to;
    if (from > bottoms[column]) bottoms[column] = from;
    if (to > bottoms[column]) bottoms[column] = to;
  };
  for (let index = 0; index < x.length; index++) {
    const toX = x[index];
    const toY = y[index];
    if (!(toX === toX && toY === toY)) continue;
    const fromX = index > 0 ? x[index - 1] : Number.NaN;
    const fromY = index > 0 ? y[index - 1] : Number.NaN;
    if (!(fromX === fromX && fromY === fromY)) {
      if (toX >= 0 && toX < width) widen(Math.floor(toX), toY, toY);
      continue;
    }
    const left = Math.min(fromX, toX);
    const right = Math.max(fromX, toX);
    if (right < 0 || left >= width) continue;
    const slope = (toY - fromY) / (toX - fromX);
    const first = Math.max(0, Math.floor(left));
    const last = Math.min(width - 1, Math.floor(right));
    for (let column = first; column <= last; column++) {
      const enter = Math.max(left, column);
      const leave = Math.min(right, column + 1);
      if (toX === fromX) widen(column, fromY, toY);
      else widen(column, fromY + (enter - fromX) * slope, fromY + (leave - fromX) * slope);
    }
  }
  const half = thickness / 2;
  for (let column = 0; column < width; column++) {
    if (dash > 0 && column % (2 * dash) >= dash) continue;
    if (tops[column] <= bottoms[column]) cover(raster, column, tops[column] - half, bottoms[column] + half, color, opacity);
  }
}

/** What lies between two lines over the same ascending places. */
export function drawBand(
  raster: Raster,
  x: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  color: Rgb,
  opacity: number,
): void {
  for (let index = 1; index < x.length; index++) {
    const from = x[index - 1];
    const to = x[index];
    const first = Math.max(0, Math.ceil(from - 0.5));
    const last = Math.min(raster.width - 1, Math.ceil(to - 0.5) - 1);
    for (let column = first; column <= last; column++) {
      const share = to === from ? 1 : Math.min(1, Math.max(0, (column + 0.5 - from) / (to - from)));
      const bottom = low[index - 1] + share * (low[index] - low[index - 1]);
      const top = high[index - 1] + share * (high[index] - high[index - 1]);
      if (top <= bottom) cover(raster, column, top, bottom, color, opacity);
    }
  }
}
