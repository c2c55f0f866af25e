import { describe, expect, it } from 'vitest';
import { fillKeepMask, permutation, randomStream } from './random.ts';

const integers = (count: number, ...path: [number, ...(string | number)[]]) => {
  const stream = randomStream(...path);
  return Array.from({ length: count }, () => stream.integer());
};

describe('random streams', () => {
  it('follow from seed and name', () => {
    expect(integers(5, 7, 'shuffle', 1)).toEqual(integers(5, 7, 'shuffle', 1));
    const others = [
      integers(5, 8, 'shuffle', 1),
      integers(5, 7, 'shuffle', 2),
      integers(5, 7, 'dropout', 1),
      integers(5, -7, 'shuffle', 1),
      integers(5, 7 + 2 ** 32, 'shuffle', 1),
    ];
    const all = [integers(5, 7, 'shuffle', 1), ...others].map(String);
    expect(new Set(all).size).toBe(all.length);
  });

  it('do not change from release to release', () => {
    expect(integers(3, 7, 'shuffle', 1)).toMatchInlineSnapshot(`
      [
        335508269,
        960781685,
        2269232591,
      ]
    `);
    expect(integers(3, -1, 'initializers', 'dense', 'kernel', 0)).toMatchInlineSnapshot(`
      [
        3372468637,
        1117989056,
        1402708547,
      ]
    `);
  });

  it('are even: every bit, and neighbouring streams', () => {
    const count = 20_000;
    const bits = new Float64Array(32);
    for (let step = 0; step < count; step++) {
      const value = randomStream(1, 'dropout', step).integer();
      for (let bit = 0; bit < 32; bit++) bits[bit] += (value >>> bit) & 1;
    }
    // Five deviations of a fair coin.
    for (const ones of bits) expect(Math.abs(ones - count / 2)).toBeLessThan(2.5 * Math.sqrt(count));
  });

  it('have the moments of their distributions', () => {
    const stream = randomStream(3, 'moments');
    const count = 50_000;
    const moments = (draw: () => number) => {
      const values = Array.from({ length: count }, draw);
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      return [
        mean,
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count,
        values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / count,
      ];
    };
    const [mean, variance] = moments(() => stream.uniform());
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    const normal = moments(() => stream.normal());
    expect(normal[0]).toBeCloseTo(0, 1);
    expect(normal[1]).toBeCloseTo(1, 1);
    expect(normal[2]).toBeGreaterThan(2.8);
    expect(normal[2]).toBeLessThan(3.2);
  });
});

describe('what is drawn from them', () => {
  it('is a permutation, each place as likely', () => {
    const order = permutation(1000, randomStream(1, 'shuffle', 1));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const key = String(permutation(3, randomStream(1, 'shuffle', epoch)));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('is a mask that keeps the mean', () => {
    const mask = new Float32Array(100_000);
    fillKeepMask(mask, 0.2, randomStream(1, 'dropout', 'a', 1));
    expect(new Set(mask)).toEqual(new Set([0, 1.25]));
    expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 2);
  });
});
