import { expect, it } from 'vitest';
import type { ShownColumn } from '#contract/run-views.ts';
import { moveBefore, moveBy, narrowest, withColumn, withPin, withWidth } from './layout.ts';

const columns: ShownColumn[] = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
const ids = (found: readonly ShownColumn[]) => found.map(({ id, pinned }) => (pinned ? id.toUpperCase() : id)).join('');

it('shows and hides columns, moves them by drag and by one place', () => {
  expect(ids(withColumn(columns, 'b', false))).toBe('acd');
  expect(ids(withColumn(columns, 'e', true))).toBe('abcde');
  expect(ids(withColumn(columns, 'b', true))).toBe('abcd');
  expect(ids(moveBefore(columns, 'd', 'b'))).toBe('adbc');
  expect(ids(moveBefore(columns, 'a', undefined))).toBe('bcda');
  expect(ids(moveBefore(columns, 'a', 'a'))).toBe('abcd');
  expect(ids(moveBy(columns, 'b', 1))).toBe('acbd');
  expect(ids(moveBy(columns, 'a', -1))).toBe('abcd');
});

it('keeps pinned columns first, and pins what is dropped among them', () => {
  const pinned = withPin(columns, 'c', true);
  expect(ids(pinned)).toBe('Cabd');
  expect(ids(moveBy(pinned, 'a', -1))).toBe('Cabd');
  expect(ids(moveBefore(pinned, 'd', 'c'))).toBe('DCab');
  expect(ids(moveBefore(pinned, 'c', 'b'))).toBe('acbd');
  expect(ids(withPin(pinned, 'c', false))).toBe('cabd');
});

it('resizes within bounds, and gives a column its own width back', () => {
  const wide = withWidth(columns, 'b', 120.4);
  expect(wide[1]).toEqual({ id: 'b', width: 120 });
  expect(withWidth(columns, 'b', 1)[1]).toEqual({ id: 'b', width: narrowest });
  expect(withWidth(wide, 'b', undefined)[1]).toEqual({ id: 'b' });
});
