import { describe, expect, it } from 'vitest';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { Column } from './columns.ts';
import { groupRuns, linesOf, sortGroups, statisticsOf } from './grouping.ts';
import { makeRun } from './testing/make-run.ts';

const runs = [
  makeRun(1, { params: { filters: 8, activation: 'relu' }, epochs: 4 }),
  makeRun(2, { params: { filters: 16, activation: 'relu' }, epochs: 1 }),
  makeRun(3, { params: { filters: 8, activation: 'tanh' }, epochs: 8 }),
  makeRun(4, { params: { activation: 'relu' }, epochs: 2 }),
];
const epochs: Column = {
  id: 'epochs',
  title: '',
  section: 'run',
  align: 'right',
  descendingFirst: true,
  sortKey: (run) => run.epochs,
  text: () => '',
};
const by = (...params: string[]) => params.map((param) => ({ groupKey: (run: RunSummary) => run.params[param] }));
const numbers = (found: ReturnType<typeof groupRuns>) => found.map((group) => group.runs.map((run) => run.color));

describe('groups', () => {
  it('have the mean, the deviation of the sample, the least and the greatest of the finite numbers', () => {
    const found = statisticsOf([2, 4, 4, 4, 5, 5, 7, 9, Number.NaN, undefined, Infinity]);
    expect(found).toMatchObject({ count: 8, mean: 5, min: 2, max: 9 });
    expect(found?.deviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
    // Where a sum of squares would lose every digit.
    expect(statisticsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])?.deviation).toBeCloseTo(Math.sqrt(30), 9);
    expect(statisticsOf([3])?.deviation).toBeNaN();
    expect(statisticsOf([Number.NaN])).toBeUndefined();
  });

  it('hold the runs with the same params, those without one apart', () => {
    expect(numbers(groupRuns(runs, by('filters')))).toEqual([[1, 3], [2], [4]]);
    expect(numbers(groupRuns(runs, by('filters', 'activation')))).toEqual([[1], [2], [3], [4]]);
  });

  it('are sorted by their means', () => {
    expect(numbers(sortGroups(groupRuns(runs, by('filters')), [{ column: 'epochs', descending: false }], [epochs]))).toEqual([
      [2],
      [4],
      [1, 3],
    ]);
  });

  it('show their runs when open', () => {
    const groups = groupRuns(runs, by('filters'));
    const lines = linesOf(groups, new Set<RunId>([groups[0].id]));
    expect(lines.map((line) => (line.type === 'run' ? line.run.color : line.group.runs.length))).toEqual([2, 1, 3, 1, 1]);
  });
});
