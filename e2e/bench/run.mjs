// npm run bench: seconds an epoch, beside PyTorch's; npm run bench -- NAME: the bench of that name in this folder. Plain
// JavaScript for any Node from 18, which hands over to the Node among the packages.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, findNode, nodeEnvironment } from '../../main/cli/install.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

try {
  ensureInstalled(root, (text) => console.error(text));
  const [name = '', ...rest] = process.argv.slice(2);
  const named = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const isNamed = /^[a-z-]+$/.test(name) && existsSync(named);
  const command = isNamed ? [named, ...rest] : [fileURLToPath(new URL('bench.ts', import.meta.url)), ...process.argv.slice(2)];
  const { status } = spawnSync(findNode(root), command, { cwd: root, env: nodeEnvironment(root), stdio: 'inherit' });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
