/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locales } from '#contract/words/message.ts';
import { catalogues, type WordKey, words } from './catalogue.ts';

const renderer = join(import.meta.dirname, '..');
const keys = Object.keys(catalogues.en) as WordKey[];

/** Names of the values that a message takes. */
function valuesOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1]))].sort();
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'words' ? [] : sources(path);
    return /(?<!\.test)\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('catalogue', () => {
  test.each(locales)('every message of %s can be formatted', (locale) => {
    for (const key of keys) {
      const values = Object.fromEntries(valuesOf(catalogues[locale][key]).map((name) => [name, 2]));
      expect(() => words(locale, key, values), key).not.toThrow();
    }
  });

  test('both languages have the same keys and take the same values', () => {
    expect(Object.keys(catalogues['zh-CN']).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      // Plural forms that one language needs and the other lacks may leave a value out, never add one.
      const known = valuesOf(catalogues.en[key]);
      for (const value of valuesOf(catalogues['zh-CN'][key])) expect(known, key).toContain(value);
    }
  });

  test('nothing is left in English or empty', () => {
    for (const key of keys) {
      expect(catalogues.en[key].trim(), key).not.toBe('');
      expect(catalogues['zh-CN'][key].trim(), key).not.toBe('');
    }
  });

  test('every message is used, and every used one is there', () => {
    const text = [
      ...sources(renderer),
      readFileSync(join(renderer, 'words/format.ts'), 'utf8'),
      readFileSync(join(renderer, 'words/errors.ts'), 'utf8'),
      readFileSync(join(renderer, '../preload/contract/measured.ts'), 'utf8'),
    ].join('\n');
    // Keys put together from a part that varies: t(`notebook.kind.${kind}`).
    const prefixes = [...text.matchAll(/`((?:\w+\.)+(?:\w+)?)\$\{/g)].map((match) => match[1]);
    const unused = keys.filter((key) => !text.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });

  test('says how many run and wait', () => {
    expect(words('en', 'frame.activity', { running: 0, waiting: 0 })).toBe('nothing is running');
    expect(words('en', 'frame.activity', { running: 1, waiting: 3 })).toBe('1 running, 3 waiting');
    expect(words('zh-CN', 'frame.activity', { running: 1, waiting: 0 })).toBe('1 个运行中');
  });
});
