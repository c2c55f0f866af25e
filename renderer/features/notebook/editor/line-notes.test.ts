import { expect, test } from 'vitest';
import { placeNotes } from './line-notes.ts';

const measured = {
  lines: [
    { top: 8, end: 200 },
    { top: 50, end: 760 },
  ],
  width: 800,
  letter: 7,
};

test('a note stands beside its line where there is room for all of it', () => {
  expect(placeNotes([{ line: 1, text: '26×26×8 · 80' }], measured)).toMatchObject([{ top: 8, rows: 0 }]);
});

test('beside a long line it stands below, in as many rows as it takes', () => {
  expect(placeNotes([{ line: 2, text: '26×26×8 · 80' }], measured)).toMatchObject([{ top: 71, rows: 1, maxWidth: 772 }]);
  expect(placeNotes([{ line: 2, text: '8 · 24 → '.repeat(20) }], measured)).toMatchObject([{ rows: 2 }]);
});

test('of a line that is gone nothing is said', () => {
  expect(placeNotes([{ line: 3, text: '8' }], measured)).toEqual([]);
});
