import { expect, test } from 'vitest';
import { rowsOf } from './tree.ts';

test('folders first, then notebooks, then data; closed folders hide what they hold', () => {
  const workspace = {
    folder: '/w',
    name: 'w',
    folders: ['wine', 'wine/old', 'empty'],
    notebooks: [
      { path: 'b.epoch.md', title: 'B' },
      { path: 'wine/wine.epoch.md', title: 'Wine' },
    ],
    dataFiles: [
      { path: 'part10.csv', bytes: 1 },
      { path: 'part2.csv', bytes: 2 },
      { path: 'wine/wine.csv', bytes: 3 },
    ],
    readOnly: false,
  };
  const shown = (open: readonly string[]) => rowsOf(workspace, (path) => open.includes(path)).map(({ path, level }) => `${level} ${path}`);
  expect(shown([])).toEqual(['1 empty', '1 wine', '1 b.epoch.md', '1 part2.csv', '1 part10.csv']);
  expect(shown(['wine'])).toEqual([
    '1 empty',
    '1 wine',
    '2 wine/old',
    '2 wine/wine.epoch.md',
    '2 wine/wine.csv',
    '1 b.epoch.md',
    '1 part2.csv',
    '1 part10.csv',
  ]);
});
