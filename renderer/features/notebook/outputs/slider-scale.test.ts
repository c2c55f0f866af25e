import { describe, expect, test } from 'vitest';
import { fromPosition, positions, toPosition } from './slider-scale.ts';
import { parseNumber } from './Knobs.tsx';

describe('slider', () => {
  test('steps are hit exactly', () => {
    const scale = { min: 4, max: 64, step: 4, log: false };
    expect(positions(scale)).toBe(15);
    expect(Array.from({ length: 16 }, (_, index) => fromPosition(scale, index))).toEqual(
      Array.from({ length: 16 }, (_, index) => 4 + 4 * index),
    );
    expect(fromPosition({ min: 0, max: 1, step: 0.1, log: false }, 3)).toBe(0.3);
  });

  test('a logarithmic scale reaches both ends and has short numbers', () => {
    const scale = { min: 1e-5, max: 1e-1, log: true };
    expect(fromPosition(scale, 0)).toBe(1e-5);
    expect(fromPosition(scale, positions(scale))).toBe(1e-1);
    expect(fromPosition(scale, positions(scale) / 2)).toBe(1e-3);
    for (let place = 0; place <= positions(scale); place++) expect(toPosition(scale, fromPosition(scale, place))).toBe(place);
  });

  test('whole bounds mean whole values', () => {
    const scale = { min: 1, max: 100, log: false };
    expect(fromPosition(scale, 9)).toBe(10);
    expect(toPosition(scale, 10)).toBe(9);
  });

  test('a share goes in small steps', () => {
    expect(fromPosition({ min: 0, max: 1, log: false }, 50)).toBe(0.25);
  });
});

test.each([
  ['16', 16],
  [' 1e-3 ', 0.001],
  ['−2', undefined],
  ['', undefined],
  ['abc', undefined],
  ['1000', undefined],
])('%s typed into a knob of 0 to 100 is %s', (text, value) => {
  expect(parseNumber(text, { min: 0, max: 100 })).toBe(value);
});
