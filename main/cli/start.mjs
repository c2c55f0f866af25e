#!/usr/bin/env node
// The way in, from a fresh clone on any Node from 18: installs what is missing, then runs the command line on its Node.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { fetchElectron, runElectron } from './electron.mjs';
import { ensureInstalled, findNode, nodeEnvironment } from './install.mjs';
import { words } from './start-words.mjs';

const root = dirname(dirname(dirname(realpathSync(fileURLToPath(import.meta.url)))));
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @param {string} text */
function say(text) {
  // Standard output belongs to the command.
  process.stderr.write(`${text}\n`);
}

/**
 * @param {string} node
 * @param {readonly string[]} args
 */
function runCommand(node, args) {
  const child = spawn(node, [join(root, 'main', 'cli', 'epochbook.ts'), ...args], { env: nodeEnvironment(root), stdio: 'inherit' });
  for (const signal of signals) {
    process.on(signal, () => {
      // A terminal sends Ctrl+C to both; passing it on would count as pressing it twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const each of signals) process.removeAllListeners(each);
    if (signal) process.kill(process.pid, signal);
    process.exitCode = code ?? 1;
  });
}

/** @param {NodeJS.ProcessEnv} environment */
function hasScreen(environment) {
  return process.platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/**
 * @param {string} node
 * @param {readonly string[]} args what follows `open`
 */
async function open(node, args) {
  ensureBuilt(root, node, say);
  const wantsBrowser = args.some((argument) => /^--(browser|port|help)\b/.test(argument) || argument === '-h');
  if (wantsBrowser) return runCommand(node, ['open', ...args]);
  if (!hasScreen(process.env)) {
    say(words('noScreen'));
    return runCommand(node, ['open', '--browser', ...args]);
  }
  const electron = fetchElectron(root, node, say);
  if (!electron) {
    say(words('noElectron'));
    return runCommand(node, ['open', '--browser', ...args]);
  }
  const { started, code } = await runElectron(electron, root, args);
  if (started) process.exitCode = code;
  else {
    say(words('electronFails'));
    runCommand(node, ['open', '--browser', ...args]);
  }
}

try {
  ensureInstalled(root, say);
  const node = findNode(root);
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'open') await open(node, rest);
  else runCommand(node, process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
