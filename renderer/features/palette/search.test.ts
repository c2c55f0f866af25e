import { expect, test } from 'vitest';
import { find } from './search.ts';

const titles = ['Run all', 'Run cell', 'Go to the runs', 'Add a train cell', 'Theme: Dark', '全部运行'].map((title) => ({ title }));
const found = (query: string) => find(titles, query).map(({ item }) => item.title);

test('no query lists all in order', () => {
  expect(found(' ')).toEqual(titles.map(({ title }) => title));
});

test('whole words come before scattered letters', () => {
  expect(found('run')).toEqual(['Run all', 'Run cell', 'Go to the runs']);
  expect(found('rall')[0]).toBe('Run all');
  expect(found('cell')).toEqual(['Run cell', 'Add a train cell']);
});

test('marks the letters that were found', () => {
  expect(find(titles, 'dark')[0].places).toEqual([7, 8, 9, 10]);
  expect(found('运行')).toEqual(['全部运行']);
  expect(found('xyz')).toEqual([]);
});
