import { expect, it } from 'vitest';
import { makeRun, runIdOf } from './testing/make-run.ts';
import { undoOf } from './undo-organize.ts';

const [first, second, third] = [
  { ...makeRun(1), tags: ['cnn'], color: 3 },
  { ...makeRun(2), tags: [], color: 5, baseline: true },
  { ...makeRun(3), tags: ['old'], color: 3 },
];
const all = [first, second, third];
const ids = (...numbers: number[]) => numbers.map((number) => runIdOf(number));

it('gives each run the tags that it had', () => {
  expect(undoOf({ runIds: ids(1, 2, 3), addTags: ['cnn'], removeTags: ['old'] }, all)).toEqual([
    { runIds: ids(2, 3), removeTags: ['cnn'] },
    { runIds: ids(3), addTags: ['old'] },
  ]);
});

it('gives each run its colour, all in one change', () => {
  expect(undoOf({ runIds: ids(1, 2, 3), color: 0 }, all)).toEqual([
    { runIds: ids(1, 2, 3), colors: { [runIdOf(1)]: 3, [runIdOf(2)]: 5, [runIdOf(3)]: 3 } },
  ]);
});

it('pins the baseline there was, or none', () => {
  expect(undoOf({ runIds: ids(1), baseline: true }, all)).toEqual([{ runIds: ids(2), baseline: true }]);
  expect(undoOf({ runIds: ids(1), baseline: true }, [first, third])).toEqual([{ runIds: ids(1), baseline: false }]);
});

it('takes out of the archive only what was put there', () => {
  const archived = { ...second, archivedAt: 1 };
  expect(undoOf({ runIds: ids(1, 2), archived: true }, [first, archived])).toEqual([{ runIds: ids(1), archived: false }]);
});
