/**
 * Sobol's sequence with the direction numbers of Joe and Kuo (2008, new-joe-kuo-6.21201), shifted at random digit by digit
 * so that another seed gives other points that lie as evenly.
 */
import { randomStream } from '#engine/loop/random.ts';

/** Degree and coefficients of the primitive polynomial, then the first direction numbers; of the second dimension on. */
const table: readonly (readonly [degree: number, coefficients: number, ...first: number[]])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
];
/** Knobs beyond these are drawn at random. */
export const mostDimensions = table.length + 1;
const bits = 32;

/** 32 numbers, each with its one in the place of its bit. */
function directions(dimension: number): Uint32Array {
  const numbers = new Uint32Array(bits);
  if (dimension === 0) {
    for (let bit = 0; bit < bits; bit++) numbers[bit] = 2 ** (bits - 1 - bit);
    return numbers;
  }
  const [degree, coefficients, ...first] = table[dimension - 1];
  for (let bit = 0; bit < bits; bit++) {
    if (bit < degree) {
      numbers[bit] = first[bit] * 2 ** (bits - 1 - bit);
      continue;
    }
    let next = numbers[bit - degree] ^ (numbers[bit - degree] >>> degree);
    for (let term = 1; term < degree; term++) if ((coefficients >> (degree - 1 - term)) & 1) next ^= numbers[bit - term];
    numbers[bit] = next;
  }
  return numbers;
}

const known: Uint32Array[] = [];

/** The point of this number, from 0, before it is shifted. */
export function sobolBits(index: number, dimension: number): number {
  const numbers = (known[dimension] ??= directions(dimension));
  // In Gray code's order, which for each power of two are the same points.
  const gray = index ^ (index >>> 1);
  let point = 0;
  for (let bit = 0; bit < bits && 2 ** bit <= gray; bit++) if ((gray >>> bit) & 1) point ^= numbers[bit];
  return point >>> 0;
}

export function sobolPoint(index: number, dimension: number, seed: number): number {
  const shift = randomStream(seed, 'sobol', dimension).integer();
  return ((sobolBits(index, dimension) ^ shift) >>> 0) / 2 ** bits;
}
