import { expect, test } from 'vitest';
import { matchesKeys, spellKeys } from './keys.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

test('only the exact combination matches', () => {
  expect(matchesKeys(press('P', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+P', false)).toBe(true);
  expect(matchesKeys(press('p', { ctrlKey: true }), 'Mod+Shift+P', false)).toBe(false);
  expect(matchesKeys(press('P', { ctrlKey: true, shiftKey: true, altKey: true }), 'Mod+Shift+P', false)).toBe(false);
});

test('Mod is Command on a Mac', () => {
  expect(matchesKeys(press('s', { metaKey: true }), 'Mod+S', true)).toBe(true);
  expect(matchesKeys(press('s', { ctrlKey: true }), 'Mod+S', true)).toBe(false);
});

test('letters and digits match by their key on any layout', () => {
  expect(matchesKeys(press('ы', { ctrlKey: true, code: 'KeyS' }), 'Mod+S', false)).toBe(true);
  expect(matchesKeys(press('&', { ctrlKey: true, code: 'Digit1' }), 'Mod+1', false)).toBe(true);
});

test('arrows', () => {
  expect(matchesKeys(press('ArrowUp', { altKey: true }), 'Alt+Up', false)).toBe(true);
  expect(matchesKeys(press('Enter', { shiftKey: true }), 'Shift+Enter', false)).toBe(true);
});

test('signs that some layouts have behind Shift, and two keys in a row as they are read', () => {
  expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true);
  expect(matchesKeys(press('?', { ctrlKey: true, shiftKey: true }), '?', false)).toBe(false);
  expect(matchesKeys(press('_', { ctrlKey: true, shiftKey: true, code: 'Minus' }), 'Mod+Shift+-', false)).toBe(true);
  expect(spellKeys('D D')).toBe('D D');
});
