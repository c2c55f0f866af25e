import { describe, expect, it } from 'vitest';
import { decimate } from './decimate.ts';

/** Deterministic noise in 0…1. */
function noise(count: number): number[] {
  let state = 12345;
  return Array.from({ length: count }, () => (state = (state * 16807) % 2147483647) / 2147483647);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('decimate', () => {
  it('draws every point up to the limit', () => {
    const y = noise(500);
    expect(decimate(upTo(500), y, undefined, 500)).toEqual({ x: upTo(500), y, inView: 500 });
  });

  it('keeps the lowest and highest value of every stretch, in order', () => {
    const count = 20_000;
    const x = upTo(count);
    const y = noise(count);
    const limit = 400;
    const kept = decimate(x, y, undefined, limit);
    expect(kept.x.length).toBeLessThanOrEqual(limit);
    expect(kept.inView).toBe(count);
    for (let index = 1; index < kept.x.length; index++) expect(kept.x[index]).toBeGreaterThan(kept.x[index - 1]);
    const perStretch = count / (limit / 2);
    for (let stretch = 0; stretch < limit / 2; stretch++) {
      const part = y.slice(stretch * perStretch, (stretch + 1) * perStretch);
      expect(kept.y).toContain(Math.min(...part));
      expect(kept.y).toContain(Math.max(...part));
    }
    for (const [index, value] of kept.y.entries()) expect(value).toBe(y[kept.x[index] - 1]);
  });

  it('keeps a single spike wherever it is', () => {
    for (const at of [0, 1, 4999, 7_777, 9_999]) {
      const y = Array.from({ length: 10_000 }, () => 1);
      y[at] = 99;
      expect(decimate(upTo(10_000), y, undefined, 100).y).toContain(99);
    }
  });

  it('leaves a gap where a whole stretch has no number, and steps over NaN elsewhere', () => {
    const y = noise(10_000);
    for (let index = 4_000; index < 6_000; index++) y[index] = Number.NaN;
    y[17] = Number.NaN;
    const kept = decimate(upTo(10_000), y, undefined, 100);
    const gaps = kept.x.filter((_, index) => Number.isNaN(kept.y[index]));
    expect(gaps.length).toBeGreaterThan(0);
    for (const gap of gaps) expect(gap).toBeGreaterThan(4_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(6_000);
  });

  it('decimates for what is in view, with a point beyond each edge', () => {
    const x = upTo(20_000);
    const y = noise(20_000);
    const near = decimate(x, y, [100, 110], 400);
    expect(near.x[0]).toBe(99);
    expect(near.x.at(-1)).toBe(111);
    expect(near.x).toHaveLength(13);
    const far = decimate(x, y, [5_000, 15_000], 400);
    expect(far.inView).toBe(10_003);
    expect(far.x.length).toBeLessThanOrEqual(400);
  });

  it('takes an empty line', () => {
    expect(decimate([], [], [1, 5])).toEqual({ x: [], y: [], inView: 0 });
  });
});
