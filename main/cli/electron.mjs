import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { words } from './start-words.mjs';

const fetchLimitMs = 180_000;
const rememberedMs = 24 * 60 * 60 * 1000;
/** An Electron that ends this soon, and not by itself, never showed a window. */
const startMs = 8_000;

/**
 * The executable of the Electron among the packages, if it has been fetched.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function findElectron(root) {
  const folder = join(root, 'node_modules', 'electron');
  try {
    const file = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
    return statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fetches Electron's binary, which its package leaves out. A failure is remembered for a day, so that the next start
 * does not wait for it again.
 *
 * @param {string} root
 * @param {string} node
 * @param {(text: string) => void} say
 * @returns {string | undefined} the executable
 */
export function fetchElectron(root, node, say) {
  const present = findElectron(root);
  if (present) return present;
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'));
  const folder = join(root, 'node_modules', '.cache', 'epochbook');
  const note = join(folder, `electron-${version}-unreachable`);
  const noted = statSync(note, { throwIfNoEntry: false });
  if (noted && Date.now() - noted.mtimeMs < rememberedMs) return undefined;
  say(words('fetchingElectron', { version }));
  spawnSync(node, [join(root, 'node_modules', 'electron', 'install.js')], { cwd: root, stdio: 'ignore', timeout: fetchLimitMs });
  const fetched = findElectron(root);
  mkdirSync(folder, { recursive: true });
  if (fetched) rmSync(note, { force: true });
  else writeFileSync(note, '');
  return fetched;
}

/**
 * Runs the desktop app until it is closed.
 *
 * @param {string} executable
 * @param {string} root
 * @param {readonly string[]} args
 * @returns {Promise<{ started: boolean; code: number }>} `started` is false where Electron could not run on this system
 */
export function runElectron(executable, root, args) {
  return new Promise((resolve) => {
    const began = Date.now();
    // Chromium's sandbox refuses root, as in a container.
    const rootFlags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const child = spawn(executable, [...rootFlags, root, ...args], { stdio: 'inherit' });
    child.on('error', () => resolve({ started: false, code: 1 }));
    child.on('exit', (code) => resolve({ started: code === 0 || Date.now() - began > startMs, code: code ?? 1 }));
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  });
}
