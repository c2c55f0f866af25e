// npm test: installs what is missing, then checks, unit and integration tests, the build, and the end-to-end specs.
// Plain JavaScript for any Node from 18; from the second step on it runs on the Node among the packages.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, findNode, nodeEnvironment } from '../../main/cli/install.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

try {
  ensureInstalled(root, (text) => console.log(text));
  const suite = fileURLToPath(new URL('suite.mjs', import.meta.url));
  const { status } = spawnSync(findNode(root), [suite, ...process.argv.slice(2)], {
    cwd: root,
    env: nodeEnvironment(root),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
