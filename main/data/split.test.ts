import { describe, expect, it } from 'vitest';
import { type RowFacts, split } from './split.ts';

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

describe('folds', () => {
  const fold = (folds: number, number: number, more: object = {}, facts: RowFacts = {}, count = 103) =>
    split(count, { op: 'kFold', folds, fold: number, ...more }, '/data', facts);

  it('are even, each row is in one, and rows added at the end move few', () => {
    const parts = [1, 2, 3, 4, 5].map((number) => fold(5, number, { seed: 4 }));
    expect(parts.map(({ validation }) => validation?.length)).toEqual([21, 21, 20, 21, 20]);
    expect(parts.flatMap(({ validation }) => [...(validation ?? [])]).toSorted((a, b) => a - b)).toEqual([...Array(103).keys()]);
    for (const { train, validation } of parts) expect(new Set([...train, ...(validation ?? [])]).size).toBe(103);
    const grown = new Set(fold(5, 1, { seed: 4 }, {}, 110).validation);
    expect(Array.from(parts[0].validation ?? []).filter((row) => !grown.has(row)).length).toBeLessThanOrEqual(2);
  });

  it('keep classes even and groups whole', () => {
    const classOf = (row: number) => (row % 10 === 0 ? 1 : 0);
    for (const number of [1, 2, 3]) {
      const { validation = new Uint32Array() } = fold(3, number, { stratify: true }, { classOf });
      expect([...validation].filter((row) => classOf(row) === 1).length).toBeGreaterThanOrEqual(3);
      expect(Math.abs(validation.length - 103 / 3)).toBeLessThan(2);
    }
    const groupOf = (row: number) => `group ${row % 7}`;
    const seen = [1, 2, 3, 4].map((number) => fold(4, number, { group: 'g' }, { groupOf }));
    for (const { train, validation = new Uint32Array() } of seen) {
      const groups = new Set([...train].map(groupOf));
      expect([...validation].some((row) => groups.has(groupOf(row)))).toBe(false);
      expect(validation.length).toBeGreaterThan(0);
    }
    expect(() => fold(8, 1, { group: 'g' }, { groupOf })).toThrow('groups');
  });
});

describe('by a column', () => {
  const partOf = (row: number) => ['train', 'val', 'holdout', 'extra'][row % 4];
  it('each row goes where its value says, the rest is trained on', () => {
    const { train, validation, test } = split(12, { op: 'split', column: 'part', validation: ['val'], test: ['holdout'] }, '/data', {
      partOf,
    });
    expect([[...train], [...(validation ?? [])], [...(test ?? [])]]).toEqual([
      [0, 3, 4, 7, 8, 11],
      [1, 5, 9],
      [2, 6, 10],
    ]);
  });
  it('a value that no row has is said, with those that there are', () => {
    expect(() => split(12, { op: 'split', column: 'part', validation: ['valid'] }, '/data', { partOf })).toThrow(
      /valid.*train, val, holdout, extra/s,
    );
  });
});
