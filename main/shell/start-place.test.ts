import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseStartPlace } from './start-place.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'epochbook-start-'));
});
afterEach(() => rmSync(home, { recursive: true }));

test('a folder that is named is the workspace', () => {
  expect(chooseStartPlace({ argument: home, last: '/elsewhere', home })).toEqual({ folder: home });
});

test('a notebook opens in the nearest workspace above it', () => {
  mkdirSync(join(home, 'work', '.epochbook'), { recursive: true });
  mkdirSync(join(home, 'work', 'deep', 'er'), { recursive: true });
  const file = join(home, 'work', 'deep', 'er', 'a.epoch.md');
  writeFileSync(file, '');
  expect(chooseStartPlace({ argument: file, home })).toEqual({ folder: join(home, 'work'), notebook: 'deep/er/a.epoch.md' });
});

test('a notebook with no workspace above it makes its own folder one', () => {
  const file = join(home, 'a.epoch.md');
  writeFileSync(file, '');
  expect(chooseStartPlace({ argument: file, home })).toEqual({ folder: home, notebook: 'a.epoch.md' });
});

test('what does not exist is named', () => {
  const path = join(home, 'gone.epoch.md');
  expect(() => chooseStartPlace({ argument: path, home })).toThrow(
    expect.objectContaining({ code: 'shell.pathMissing', values: { path } }),
  );
});

test('without an argument it is the last workspace, and the user’s own where that is gone', () => {
  const last = join(home, 'last');
  mkdirSync(last);
  expect(chooseStartPlace({ last, home })).toEqual({ folder: last });
  expect(chooseStartPlace({ last: join(home, 'gone'), home })).toEqual({ folder: join(home, 'Epochbook') });
  expect(chooseStartPlace({ home })).toEqual({ folder: join(home, 'Epochbook') });
});
