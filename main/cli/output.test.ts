import { expect, it } from 'vitest';
import { toJson } from './output.ts';
import { localeOf } from './words.ts';

it('writes the numbers that JSON lacks as strings', () => {
  expect(toJson({ a: [Number.NaN, Infinity, -Infinity, 1], b: undefined })).toBe('{"a":["NaN","Infinity","-Infinity",1]}');
});

it('speaks the language of the environment', () => {
  expect(localeOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh-CN');
  expect(localeOf({ LANG: 'zh_CN.UTF-8', EPOCHBOOK_LOCALE: 'en' })).toBe('en');
  expect(localeOf({ LANG: 'de_DE.UTF-8' })).toBe('en');
  expect(localeOf({})).toBe('en');
});
