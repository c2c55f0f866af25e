// Plain JavaScript on Node's own modules alone: it runs before anything is installed, on any Node from 18.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { words } from './start-words.mjs';

const oldestNode = 24;

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * True where every package of package-lock.json is there in its version. Comparing times would not do: git sets them.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  let installed;
  try {
    installed = readJson(join(root, 'node_modules', '.package-lock.json')).packages;
  } catch {
    return false;
  }
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, wanted]) => {
    const found = installed[path];
    // What is for another system is not installed, and is marked optional.
    return path === '' || wanted.link || (found ? found.version === wanted.version : wanted.optional === true);
  });
}

/**
 * Installs what package-lock.json names, saying so in one line.
 *
 * @param {string} root
 * @param {(text: string) => void} say
 */
export function ensureInstalled(root, say) {
  if (isInstalled(root)) return;
  say(words('installing'));
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm's summary would mix with a command's own output.
  const { status, error } = spawnSync(npm[0], args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32' && npm[0] === 'npm',
  });
  if (status !== 0) throw new Error(words('installFailed', { root, detail: error ? `: ${error.message}` : '' }));
}

/**
 * The Node that everything runs on: the one among the packages, or this one where it is new enough.
 *
 * @param {string} root
 */
export function findNode(root) {
  const { platform, arch, execPath, versions } = process;
  const names = [`node-bin-${platform}-${arch}`, `node-${platform === 'win32' ? 'win' : platform}-${arch}`];
  const files = names.map((name) => join(root, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node'));
  const found = files.find((file) => existsSync(file));
  if (found) return found;
  if (Number(versions.node.split('.')[0]) >= oldestNode) return execPath;
  throw new Error(words('noNode', { oldest: oldestNode, platform: `${platform}-${arch}`, version: versions.node }));
}

/**
 * What {@link findNode}'s Node runs in: it keeps what it compiled, which halves the time until a command begins.
 *
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function nodeEnvironment(root) {
  return { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'), ...process.env };
}
