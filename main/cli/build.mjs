import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { words } from './start-words.mjs';

const sources = ['main', 'preload', 'renderer', 'electron.vite.config.ts', 'package-lock.json'];
const built = ['out/main/app.cjs', 'out/main/trainer.cjs', 'out/preload/index.cjs', 'out/renderer/index.html'];

/**
 * When anything in it was last changed, in milliseconds since 1970. Folders count too: a file may have been taken away.
 *
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : found.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), found.mtimeMs);
}

/** @param {string} root */
export function isBuilt(root) {
  const times = built.map((path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.min(...times) >= Math.max(...sources.map((path) => newest(join(root, path))));
}

/**
 * Builds out/ where the sources are newer.
 *
 * @param {string} root
 * @param {string} node
 * @param {(text: string) => void} say
 */
export function ensureBuilt(root, node, say) {
  if (isBuilt(root)) return;
  say(words('building'));
  const tool = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const { status, stdout, stderr } = spawnSync(node, [tool, 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(words('buildFailed', { detail: `${stdout}${stderr}` }));
}
