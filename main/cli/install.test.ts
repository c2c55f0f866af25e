import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBuilt } from './build.mjs';
import { isInstalled } from './install.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epochbook-install-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown, seconds = 1_000): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  for (let at = file; at !== root; at = dirname(at)) utimesSync(at, seconds, seconds);
}

const lock = (packages: Record<string, { version?: string; optional?: boolean }>) => ({ packages: { '': {}, ...packages } });

test('packages are installed where each is there in its version', () => {
  write('package-lock.json', lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } }));
  expect(isInstalled(root)).toBe(false);
  write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
  expect(isInstalled(root)).toBe(true);
});

test('a package that is missing or of another version calls for an installation, whatever the files’ times are', () => {
  write('package-lock.json', lock({ 'node_modules/a': { version: '1.1.0' }, 'node_modules/c': { version: '3.0.0' } }), 1_000);
  write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.1.0' } } }, 9_000);
  expect(isInstalled(root)).toBe(false);
  write(
    'node_modules/.package-lock.json',
    { packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '3.0.0' } } },
    9_000,
  );
  expect(isInstalled(root)).toBe(false);
});

test('a build is out of date once a source is newer than any of its files', () => {
  for (const source of ['main/app/main.ts', 'preload/index.ts', 'renderer/index.html', 'electron.vite.config.ts', 'package-lock.json'])
    write(source, '', 1_000);
  expect(isBuilt(root)).toBe(false);
  for (const built of ['out/main/app.cjs', 'out/main/trainer.cjs', 'out/preload/index.cjs', 'out/renderer/index.html'])
    write(built, '', 2_000);
  expect(isBuilt(root)).toBe(true);
  write('main/app/main.ts', '', 3_000);
  expect(isBuilt(root)).toBe(false);
});
