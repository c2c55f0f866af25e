import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRemembered, remember } from './remembered.ts';

const window = { x: 10, y: -20, width: 800, height: 600, maximized: false };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-remembered-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a change keeps what else is remembered, and leaves no half-written file', () => {
  const inside = join(folder, 'new', 'folder');
  remember(inside, { workspace: '/work' });
  remember(inside, { window });
  expect(readRemembered(inside)).toEqual({ workspace: '/work', window });
  expect(readdirSync(inside)).toEqual(['remembered.json']);
});

test('nothing there, and nonsense there, read as nothing', () => {
  expect(readRemembered(folder)).toEqual({});
  for (const text of ['', '{', 'null', '[]', '{"workspace":7,"window":{"x":"left"}}']) {
    writeFileSync(join(folder, 'remembered.json'), text);
    expect(readRemembered(folder)).toEqual({});
  }
});

test('a place that cannot be written costs nothing', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => remember(join(file, 'below'), { workspace: '/work' })).not.toThrow();
});
