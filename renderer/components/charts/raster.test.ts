import { expect, it } from 'vitest';
import { drawBand, drawLine, makeRaster as blank, type Raster, rgbOf, toRows } from './raster.ts';

/** As a canvas gets it. */
function imageOf(raster: Raster): Uint8Array {
  const image = new Uint8Array(raster.width * raster.height * 4);
  toRows(raster, new Uint32Array(image.buffer));
  return image;
}
const rows = (raster: Raster) => {
  const { width, height } = raster;
  const image = imageOf(raster);
  return Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, column) => image[(row * width + column) * 4 + 3]));
};

it('covers a column from its lowest to its highest place, with soft edges', () => {
  const raster = blank(4, 6);
  drawLine(raster, [0.5, 3.5], [2, 2], rgbOf('#3d5afe'), 1, 1);
  expect(rows(raster)).toEqual([
    [0, 0, 0, 0],
    [128, 128, 128, 128],
    [128, 128, 128, 128],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(Array.from(imageOf(raster).subarray(16, 19))).toEqual([0x3d, 0x5a, 0xfe]);
  const spike = blank(3, 5);
  drawLine(spike, [0.2, 0.5, 0.8, 2.5], [4, 0, 4, 4], [0, 0, 0], 1, 1);
  expect(rows(spike).map((row) => row[0])).toEqual([255, 255, 255, 255, 128]);
  expect(rows(spike)[0].slice(1)).toEqual([0, 0]);
});

it('leaves a gap where there is no number, and draws nothing outside', () => {
  const raster = blank(6, 2);
  drawLine(raster, [0.5, 1.5, 2.5, 3.5, 4.5, 9], [1, 1, Number.NaN, 1, 1, 1], [0, 0, 0], 1, 1);
  expect(rows(raster)[0]).toEqual([128, 128, 0, 128, 128, 128]);
  drawLine(raster, [-5, -1], [1, 1], [0, 0, 0], 1, 1);
  drawLine(raster, [0, 5], [-90, -90], [0, 0, 0], 1, 1);
  expect(rows(raster)[0]).toEqual([128, 128, 0, 128, 128, 128]);
});

it('reads colours as a stylesheet writes them', () => {
  expect([rgbOf('#4499dd'), rgbOf('#49d')]).toEqual([
    [0x44, 0x99, 0xdd],
    [0x44, 0x99, 0xdd],
  ]);
});

it('mixes a line’s soft edges with what is under it', () => {
  const raster = blank(1, 3);
  drawLine(raster, [0.5, 0.5], [-9, 9], [10, 20, 200], 1, 1);
  drawLine(raster, [0.5, 0.5], [1, 1], [250, 120, 0], 1, 1);
  const [red, green, blue, alpha] = imageOf(raster);
  expect(alpha).toBe(255);
  for (const [mixed, middle] of [
    [red, 130],
    [green, 70],
    [blue, 100],
  ])
    expect(Math.abs(mixed - middle)).toBeLessThanOrEqual(1);
});

it('fills a band, and what lies over it mixes', () => {
  const raster = blank(4, 4);
  drawBand(raster, [0, 4], [3, 3], [1, 1], [255, 0, 0], 0.5);
  expect(rows(raster).map((row) => row[1])).toEqual([0, 128, 128, 0]);
  drawBand(raster, [0, 4], [3, 3], [1, 1], [0, 0, 255], 0.5);
  expect(rows(raster)[1][1]).toBe(192);
  const image = imageOf(raster);
  expect(image[(4 + 1) * 4 + 2]).toBeGreaterThan(image[(4 + 1) * 4]);
});
