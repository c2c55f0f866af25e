import { expect, it } from 'vitest';
import { drawBand, drawLine, type Raster, rgbOf } from './raster.ts';

const blank = (width: number, height: number): Raster => ({ width, height, data: new Uint8ClampedArray(width * height * 4) });
const rows = ({ width, height, data }: Raster) =>
  Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, column) => data[(row * width + column) * 4 + 3]));

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
  expect(Array.from(raster.data.subarray(16, 19))).toEqual([0x3d, 0x5a, 0xfe]);
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

it('fills a band, and what lies over it mixes', () => {
  const raster = blank(4, 4);
  drawBand(raster, [0, 4], [3, 3], [1, 1], [255, 0, 0], 0.5);
  expect(rows(raster).map((row) => row[1])).toEqual([0, 128, 128, 0]);
  drawBand(raster, [0, 4], [3, 3], [1, 1], [0, 0, 255], 0.5);
  expect(rows(raster)[1][1]).toBe(192);
  expect(raster.data[(4 + 1) * 4 + 2]).toBeGreaterThan(raster.data[(4 + 1) * 4]);
});
