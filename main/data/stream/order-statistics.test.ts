import { describe, expect, it } from 'vitest';
import { mostFrequentIn } from '../features.ts';
import { mostFrequentNumber, valuesAtRanks } from './order-statistics.ts';

describe('values at ranks', () => {
  const draw = (count: number, of: (index: number) => number) => Float64Array.from({ length: count }, (_, index) => of(index));
  const wave = (index: number) => Math.sin(index * 12.9898) * 43758.5453;
  const sets: Record<string, Float64Array> = {
    'of both signs': draw(3000, wave),
    'that are close together': draw(3000, (index) => 1 + (wave(index) % 1) * 1e-9),
    'that are mostly one': draw(3000, (index) => (index % 97 === 0 ? wave(index) : 7)),
    'that are all one': draw(500, () => -3.25),
    'of whole numbers and zeros': draw(2000, (index) => (index % 5) - 2),
  };
  for (const [what, values] of Object.entries(sets))
    it(`${what} are those of the sorted values, however little is sorted at once`, async () => {
      const each = async (take: (value: number) => void) => values.forEach((value) => take(value));
      const ranks = [0, 1, values.length >> 2, values.length >> 1, values.length - 2, values.length - 1];
      const sorted = values.slice().sort();
      for (const most of [1, 40, 1e6])
        expect(await valuesAtRanks(each, values.length, ranks, most)).toEqual(ranks.map((rank) => sorted[rank]));
    });
});

describe('the number that comes most often', () => {
  const wave = (index: number) => Math.abs(Math.sin(index * 12.9898) * 43758.5453) % 1;
  it.each<[string, (index: number) => number]>([
    ['among whole numbers', (index) => Math.floor(wave(index) ** 2 * 900) - 100],
    ['among fractions, some of them twice', (index) => (index % 50 === 0 ? 0.25 * (index % 3) : wave(index))],
    ['of numbers that all come once', wave],
  ])('is found %s, however few are counted at once', async (_, of) => {
    const values = Float64Array.from({ length: 4000 }, (__, index) => of(index));
    const each = async (take: (value: number) => void) => values.forEach((value) => take(value));
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    for (const most of [30, 500, 1e6]) expect(await mostFrequentNumber(each, most)).toBe(mostFrequentIn(counts));
  });
  it('is none where there is none', async () => expect(await mostFrequentNumber(async () => {})).toBeUndefined());
});
