import { expect, test } from 'vitest';
import { keysOfEvent, matchesKeys, spellKeys } from './keys.ts';

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

test('what was pressed is written so that it matches what was pressed', () => {
  const pressed = [
    press('k', { ctrlKey: true, code: 'KeyK' }),
    press('F', { shiftKey: true, altKey: true, code: 'KeyF' }),
    press('ArrowLeft', { altKey: true, code: 'ArrowLeft' }),
    press('F5', { code: 'F5' }),
    press('.', { ctrlKey: true, code: 'Period' }),
    press('_', { ctrlKey: true, shiftKey: true, code: 'Minus' }),
    press('PageDown', { altKey: true, code: 'PageDown' }),
  ];
  const written = pressed.map((event) => keysOfEvent(event, false));
  expect(written).toEqual(['Mod+K', 'Alt+Shift+F', 'Alt+Left', 'F5', 'Mod+.', 'Mod+Shift+-', 'Alt+PageDown']);
  for (const [index, event] of pressed.entries()) expect(matchesKeys(event, written[index]!, false), written[index]).toBe(true);
  for (const key of ['Shift', 'Tab', 'Escape', 'Dead']) expect(keysOfEvent(press(key), false)).toBeUndefined();
});
