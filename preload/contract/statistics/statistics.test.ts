import { describe, expect, it } from 'vitest';
import { importanceOf, ranksOf } from './importance.ts';
import { twoSidedP } from './student-t.ts';
import { holm, spreadOf, welch } from './welch.ts';

// Expected values are scipy 1.x's: ttest_ind(equal_var=False), t.sf, spearmanr, kruskal.
describe('Welch’s t-test', () => {
  it('has scipy’s t, degrees of freedom and p', () => {
    const test = welch(spreadOf([0.912, 0.907, 0.921, 0.899, 0.915]), spreadOf([0.931, 0.925, 0.94, 0.928]))!;
    expect(test.t).toBeCloseTo(-4.094407673748391, 10);
    expect(test.degreesOfFreedom).toBeCloseTo(6.999773147251066, 9);
    expect(test.p).toBeCloseTo(0.004605651318819134, 10);
  });

  it.each([
    [0.5, 1, 0.7048327646991335],
    [2, 3.7, 0.12181720190523398],
    [12, 8, 2.143866747688769e-6],
    [1.96, 1000, 0.050273184955748736],
    [40, 2.5, 0.0001419563429049338],
  ])('finds t = %d with %d degrees of freedom this likely', (t, freedom, p) => {
    expect(twoSidedP(t, freedom) / p).toBeCloseTo(1, 9);
  });

  it('leaves out what is no number, and says nothing where there is no noise to measure', () => {
    expect(spreadOf([1, Number.NaN, 3, Infinity])).toEqual({ n: 2, mean: 2, deviation: Math.SQRT2 });
    expect(welch(spreadOf([1]), spreadOf([1, 2]))).toBeUndefined();
    expect(welch(spreadOf([1, 1]), spreadOf([2, 2]))).toBeUndefined();
  });

  it('asks more of several tests at once', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.9, 0.9])).toEqual([1, 1]);
  });
});

describe('the importance of params', () => {
  const run = (params: Record<string, number | string>, loss: number) => ({ params, loss });

  it('is Spearman’s ρ for numbers, with ties sharing a rank', () => {
    expect(ranksOf([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1]);
    const x = [1, 2, 2, 3, 5, 8, 8, 9];
    const y = [3, 1, 4, 4, 6, 5, 9, 7];
    const [found] = importanceOf(
      x.map((rate, index) => run({ rate, same: 1 }, y[index])),
      ({ loss }) => loss,
    );
    expect(found).toMatchObject({ param: 'rate', method: 'spearman', n: 8 });
    expect(found.effect).toBeCloseTo(0.8666825838483473, 12);
    expect(found.p).toBeCloseTo(0.005347287256224279, 12);
    expect(found.interval![0]).toBeGreaterThan(0);
    expect(found.interval![1]).toBeLessThan(1);
  });

  it('is Kruskal and Wallis’ ε² for texts, and leaves out runs without a value', () => {
    const groups = { a: [1, 4, 2.5, 3], b: [5, 6, 7], c: [2, 8, 9, 10] };
    const runs = Object.entries(groups).flatMap(([kind, values]) => values.map((value) => run({ kind }, value)));
    const [found] = importanceOf([...runs, run({ kind: 'a' }, Number.NaN)], ({ loss }) => loss);
    expect(found).toMatchObject({ param: 'kind', method: 'kruskalWallis', n: 11, values: ['a', 'b', 'c'] });
    expect(found.effect).toBeCloseTo(0.44772727272727264, 12);
  });

  it('puts the strongest first, and finds nothing in two runs', () => {
    const runs = Array.from({ length: 12 }, (_, index) =>
      run({ strong: index, weak: (index * 5) % 12, kind: index % 2 ? 'x' : 'y' }, -index),
    );
    expect(importanceOf(runs, ({ loss }) => loss).map(({ param }) => param)[0]).toBe('strong');
    expect(importanceOf(runs.slice(0, 2), ({ loss }) => loss)).toEqual([]);
  });
});
