/**
 * Many long lines as pixels: where a hundred lines have tens of thousands of points, elements of an SVG take longer to be
 * drawn than a person waits for a zoom. Each column of pixels is covered from the lowest to the highest place that the line
 * has in it, with soft edges.
 */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /**
   * Column after column, as lines are drawn: red, green, blue and opacity of each pixel in the order of a canvas' bytes, which
   * every machine that we run on reads as one number from the lowest byte on.
   */
  readonly pixels: Uint32Array;
}

export function makeRaster(width: number, height: number): Raster {
  return { width, height, pixels: new Uint32Array(width * height) };
}

/** Row after row, as a canvas has them. Some columns at a time, so that both sides stay in the processor's cache. */
export function toRows({ width, height, pixels }: Raster, rows: Uint32Array): void {
  const block = 16;
  for (let first = 0; first < width; first += block) {
    const last = Math.min(width, first + block);
    for (let row = 0; row < height; row++) {
      for (let column = first; column < last; column++) rows[row * width + column] = pixels[column * height + row];
    }
  }
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** `#3d5afe`, or `#49d` as a built stylesheet shortens it, as three numbers to 255. */
export function rgbOf(hex: string): Rgb {
  const [, short] = /^#([0-9a-f]{3})$/i.exec(hex.trim()) ?? [];
  const digits = short?.replaceAll(/./g, '$&$&') ?? /^#([0-9a-f]{6})/i.exec(hex.trim())?.[1];
  const value = Number.parseInt(digits ?? '808080', 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** In the order of a pixel, without opacity. */
const packed = ([red, green, blue]: Rgb): number => (blue << 16) | (green << 8) | red;
const opaque = 0xff000000;

/** `color` over what is there, which has its own opacity. Twice for each column of each line, so in whole numbers. */
function blend(pixels: Uint32Array, at: number, color: number, opacity: number): void {
  const before = pixels[at];
  const alpha = Math.round(opacity * 255);
  if (before === 0) {
    pixels[at] = (alpha << 24) | color;
    return;
  }
  const under = before >>> 24;
  if (under === 255) {
    // Red and blue at once, then green: 256 parts of the way from what is there, modulo 2³².
    const part = alpha + (alpha >> 7);
    const redBlue = before & 0xff00ff;
    const green = before & 0x00ff00;
    const mixed = (redBlue + (Math.imul((color & 0xff00ff) - redBlue, part) >> 8)) & 0xff00ff;
    pixels[at] = opaque | mixed | ((green + (Math.imul((color & 0x00ff00) - green, part) >> 8)) & 0x00ff00);
    return;
  }
  const sum = alpha + under * (1 - opacity);
  const over = sum > 0 ? alpha / sum : 0;
  const mixed = (shift: number): number => {
    const was = (before >>> shift) & 255;
    return Math.round(was + (((color >>> shift) & 255) - was) * over) << shift;
  };
  pixels[at] = (Math.round(sum) << 24) | mixed(16) | mixed(8) | mixed(0);
}

function cover({ height, pixels }: Raster, column: number, top: number, bottom: number, color: number, opacity: number): void {
  const start = column * height;
  const from = top > 0 ? top : 0;
  const to = bottom < height ? bottom : height;
  if (!(from < to)) return;
  const first = Math.floor(from);
  const last = Math.ceil(to) - 1;
  if (last === first) {
    blend(pixels, start + first, color, opacity * (to - from));
    return;
  }
  // All but the two edges are covered whole.
  blend(pixels, start + first, color, opacity * (first + 1 - from));
  blend(pixels, start + last, color, opacity * (to - last));
  if (opacity >= 1) {
    const whole = opaque | color;
    for (let at = start + first + 1; at < start + last; at++) pixels[at] = whole;
  } else for (let at = start + first + 1; at < start + last; at++) blend(pixels, at, color, opacity);
}

let scratch = { tops: new Float64Array(0), bottoms: new Float64Array(0) };

/** What a line covers of each column, emptied: one for all lines. */
function scratchOf(width: number): typeof scratch {
  if (scratch.tops.length < width) scratch = { tops: new Float64Array(width), bottoms: new Float64Array(width) };
  scratch.tops.fill(Infinity);
  scratch.bottoms.fill(-Infinity);
  return scratch;
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
  const { tops, bottoms } = scratchOf(width);
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
  const own = packed(color);
  for (let column = 0; column < width; column++) {
    if (dash > 0 && column % (2 * dash) >= dash) continue;
    if (tops[column] <= bottoms[column]) cover(raster, column, tops[column] - half, bottoms[column] + half, own, opacity);
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
  const own = packed(color);
  for (let index = 1; index < x.length; index++) {
    const from = x[index - 1];
    const to = x[index];
    const first = Math.max(0, Math.ceil(from - 0.5));
    const last = Math.min(raster.width - 1, Math.ceil(to - 0.5) - 1);
    for (let column = first; column <= last; column++) {
      const share = to === from ? 1 : Math.min(1, Math.max(0, (column + 0.5 - from) / (to - from)));
      const bottom = low[index - 1] + share * (low[index] - low[index - 1]);
      const top = high[index - 1] + share * (high[index] - high[index - 1]);
      if (top <= bottom) cover(raster, column, top, bottom, own, opacity);
    }
  }
}
