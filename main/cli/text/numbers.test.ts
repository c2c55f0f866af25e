import { describe, expect, it } from 'vitest';
import { columnOfNumbers, duration, fileSize, plainNumber } from './numbers.ts';

describe('a column of numbers', () => {
  it('has as many digits as tell different values apart, and four at least', () => {
    expect(columnOfNumbers([0.5, 0.25])).toEqual(['0.5000', '0.2500']);
    expect(columnOfNumbers([0.123456, 0.123459, 0.2])).toEqual(['0.123456', '0.123459', '0.200000']);
    expect(columnOfNumbers([0.5, 0.5])).toEqual(['0.5000', '0.5000']);
  });

  it('writes whole numbers as such, and what is missing as nothing', () => {
    expect(columnOfNumbers([10, undefined, 3, null])).toEqual(['10', '', '3', '']);
  });

  it('keeps NaN and infinities, and very small and large numbers, readable', () => {
    expect(columnOfNumbers([Number.NaN, Infinity, 0.5])).toEqual(['NaN', 'Infinity', '0.5000']);
    expect(columnOfNumbers([1.5e-9, 2.5e20])).toEqual(['1.500e-9', '2.500e+20']);
  });
});

describe('numbers by themselves', () => {
  it.each([
    [0.30000000000000004, '0.3'],
    [12, '12'],
    [0.00001234, '1.234e-5'],
    [Number.NaN, 'NaN'],
  ])('%d is %s', (value, text) => expect(plainNumber(value)).toBe(text));

  it.each([
    [812.4, '812 ms'],
    [8100, '8.1 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [3_720_000, '1 h 02 min'],
  ])('%d ms is %s', (value, text) => expect(duration(value)).toBe(text));

  it('bytes are decimal', () => {
    expect([999, 56_773, 999_960, 4_200_000].map(fileSize)).toEqual(['999 B', '56.8 kB', '1.0 MB', '4.2 MB']);
  });
});
