import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from '../../main/cli/electron.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * The Electron that the desktop specs run on: the current one where its binary is installed, else the rig's.
 *
 * @param {(text: string) => void} say
 * @returns {Promise<{ executable: string; name: string } | { missing: string }>}
 */
export async function ensureElectron(say) {
  const current = findElectron(root);
  const { version } = createRequire(import.meta.url)('electron/package.json');
  if (current) return { executable: current, name: `Electron ${version}` };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { missing: `Electron ${version} is not installed, and there is no rig for ${process.platform}-${process.arch}` };
  say('Preparing the Electron rig; the first time takes about three minutes …');
  const { code, output, log } = await run('bash', [join(root, 'e2e', 'electron-rig', 'setup.sh')]);
  const executable = output.trim().split('\n').at(-1);
  if (code === 0 && executable) return { executable, name: `Electron 22.3.25 (the rig; Electron ${version} is not installed)` };
  return {
    missing: `Electron ${version} is not installed, and the rig could not be set up: ${log.trim().split('\n').slice(-3).join(' ')}`,
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number; output: string; log: string }>}
 */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let log = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (log += data));
    child.on('error', (error) => resolve({ code: 1, output, log: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output, log }));
  });
}
