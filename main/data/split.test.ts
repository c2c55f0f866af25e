import { describe, expect, it } from 'vitest';
import { split } from './split.ts';

const step = (more: object) => ({ op: 'split', validation: 0.2, seed: 1, ...more }) as const;

describe('split', () => {
  it('gives every row to exactly one part', () => {
    const { train, validation, test } = split(1000, step({ test: 0.1 }), '/data');
    expect([train.length, validation!.length, test!.length]).toEqual([700, 200, 100]);
    expect([...train, ...validation!, ...test!].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, row) => row));
  });

  it('is the same for the same seed, and another for another', () => {
    expect(split(500, step({}), '/data').validation).toEqual(split(500, step({}), '/data').validation);
    expect(split(500, step({ seed: 2 }), '/data').validation).not.toEqual(split(500, step({}), '/data').validation);
  });

  it('takes counts as well as shares', () => {
    expect(split(50, step({ validation: 7 }), '/data').validation).toHaveLength(7);
  });

  it('keeps the share of each class when it is stratified', () => {
    const classOf = (row: number) => (row % 10 === 0 ? 1 : 0);
    const { validation } = split(1000, step({ stratify: true }), '/data', { classOf });
    expect([...validation!].filter((row) => classOf(row) === 1)).toHaveLength(20);
  });

  it('moves few rows when some are added at the end', () => {
    const before = new Set(split(1000, step({}), '/data').validation);
    const after = new Set(split(1050, step({}), '/data').validation);
    const moved = [...before].filter((row) => !after.has(row)).length;
    expect(moved).toBeLessThan(15);
  });

  it('draws rows evenly', () => {
    const counts = new Float64Array(10);
    for (let seed = 0; seed < 200; seed += 1)
      for (const row of split(100, step({ seed }), '/data').validation!) counts[Math.floor(row / 10)] += 1;
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(90);
  });
});
