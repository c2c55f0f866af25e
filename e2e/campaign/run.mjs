// npm run campaign -- NAME: an experiment repeated with many seeds. Plain JavaScript for any Node from 18, which hands
// over to the Node among the packages.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, findNode, nodeEnvironment } from '../../main/cli/install.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

try {
  ensureInstalled(root, (text) => console.error(text));
  const campaign = fileURLToPath(new URL('campaign.ts', import.meta.url));
  const { status } = spawnSync(findNode(root), [campaign, ...process.argv.slice(2)], {
    cwd: root,
    env: nodeEnvironment(root),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
