// Checks who imports what against .dependency-cruiser.mjs, and that the check itself sees a forbidden import.
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import configuration from '../../.dependency-cruiser.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folders = ['main', 'preload', 'renderer', 'e2e'];

/** @param {string} baseDir */
async function violationsIn(baseDir) {
  const { forbidden, options } = configuration;
  const { output } = await cruise(
    folders,
    { ...options, baseDir, validate: true, ruleSet: { forbidden } },
    options?.enhancedResolveOptions,
  );
  if (typeof output === 'string') throw new Error(output);
  const ours = output.modules.filter(({ source }) => folders.includes(source.replace(/\/.*/, '')));
  return { modules: ours.length, violations: output.summary.violations };
}

/** What each of these files imports is forbidden, and nothing else here is. */
const forbiddenImports = {
  'main/engine/loop/wrong.ts': "import '../../store/store.ts';",
  'main/engine/model/wrong.ts': "import ort from 'onnxruntime-node';\nexport default ort;",
  'main/workbench/wrong.ts': "import '#engine/loop/fine.ts';",
  'renderer/wrong.tsx': "import type { Fine } from '../main/engine/loop/fine.ts';\nexport type Wrong = Fine;",
  'preload/contract/wrong.ts': "import { join } from 'node:path';\nexport default join;",
  'main/data/wrong.ts': "import './missing.ts';",
};

/** A small copy of the layout, in which every rule that matters most is broken once. */
async function checkTheCheck() {
  const folder = mkdtempSync(join(tmpdir(), 'epochbook-architecture-'));
  try {
    const files = {
      ...forbiddenImports,
      'main/store/store.ts': 'export {};',
      'main/engine/loop/fine.ts': "export type Fine = 1;\nimport '../../../preload/contract/fine.ts';",
      'preload/contract/fine.ts': 'export {};',
      'e2e/fine.ts': "import '../preload/contract/fine.ts';",
      'package.json': JSON.stringify({ type: 'module', imports: { '#engine/*': './main/engine/*' } }),
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const { violations } = await violationsIn(folder);
    const found = new Set(violations.map(({ from }) => from));
    const missed = Object.keys(forbiddenImports).filter((path) => !found.has(path));
    const wronged = [...found].filter((path) => !(path in forbiddenImports));
    if (missed.length > 0 || wronged.length > 0)
      throw new Error(
        `The check is broken: it misses ${missed.join(', ') || 'nothing'} and blames ${wronged.join(', ') || 'nothing'} wrongly.`,
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await checkTheCheck();
const { modules, violations } = await violationsIn(root);
if (modules === 0) throw new Error('The check read 0 modules; it proves nothing. Does the parser still read TypeScript?');
for (const { from, to, rule } of violations) console.error(`${from} → ${to}: ${rule.name}`);
console.log(`${modules} modules, ${violations.length} forbidden imports`);
if (violations.length > 0) process.exitCode = 1;
