// What npm test runs, part after part; a part that fails does not keep the next from running.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './chromium.mjs';
import { ensureElectron } from './desktop.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const results = join(root, 'test-results');
/** Every npm script runs on this Node, whichever started npm. */
const environment = {
  ...process.env,
  PATH: [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
};
const checks = ['types', 'lint', 'format', 'architecture'];

let passed = 0;
let failed = 0;
let skipped = 0;

/** @param {string} text */
function say(text) {
  console.log(`\n— ${text}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [more] environment
 * @returns {Promise<number>} exit status
 */
function run(command, args, more = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...environment, ...more },
      shell: process.platform === 'win32',
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** @param {boolean} good */
function count(good) {
  if (good) passed += 1;
  else failed += 1;
}

/**
 * A runner that stops before it reports, or fails outside its tests, counts as one failure.
 *
 * @param {number} status
 * @param {string} report
 * @param {(report: any) => { passed: number; failed: number; skipped: number }} read
 */
function countReport(status, report, read) {
  if (!existsSync(report)) {
    failed += 1;
    return;
  }
  const counts = read(JSON.parse(readFileSync(report, 'utf8')));
  passed += counts.passed;
  skipped += counts.skipped;
  failed += status !== 0 && counts.failed === 0 ? 1 : counts.failed;
}

async function runChecks() {
  for (const check of checks) {
    say(`check: ${check}`);
    count((await run('npm', ['run', '-s', `check:${check}`])) === 0);
  }
}

async function runUnits() {
  say('unit and integration tests');
  const report = join(results, 'vitest.json');
  const status = await run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  countReport(status, report, ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) => ({
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
  }));
}

/** @returns {Promise<boolean>} whether there is something to run the specs on */
async function build() {
  say('build');
  const status = await run('npm', ['run', '-s', 'build', '--', '--logLevel', 'warn']);
  count(status === 0);
  return status === 0;
}

/**
 * @param {string | undefined} chromium
 * @param {Awaited<ReturnType<typeof ensureElectron>>} electron
 */
async function runSpecs(chromium, electron) {
  const hasElectron = 'executable' in electron;
  say(`end-to-end: ${chromium ?? 'no Chromium'} · ${hasElectron ? electron.name : electron.missing}`);
  if (!chromium) {
    console.error('No Chromium was found. Name one in EPOCHBOOK_CHROMIUM, or run “npx playwright install chromium”.');
    failed += 1;
  }
  const projects = chromium ? ['browser', 'desktop'] : ['desktop'];
  const report = join(results, 'playwright.json');
  const needsScreen = process.platform === 'linux' && !process.env.DISPLAY && hasElectron;
  const command = ['playwright', 'test', '-c', 'e2e/playwright.config.ts', ...projects.map((project) => `--project=${project}`)];
  const [name, ...args] = needsScreen ? ['xvfb-run', '-a', '-s', '-screen 0 1400x1000x24', ...command] : command;
  const status = await run(name, args, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ...(chromium && { EPOCHBOOK_CHROMIUM: chromium }),
    ...(hasElectron ? { EPOCHBOOK_ELECTRON: electron.executable } : { EPOCHBOOK_NO_ELECTRON: electron.missing }),
  });
  countReport(status, report, ({ stats }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }));
  console.log(hasElectron ? `The desktop specs ran on ${electron.name}.` : `The desktop specs were skipped: ${electron.missing}.`);
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
// What may have to be fetched is fetched meanwhile; Debian's package manager takes one at a time.
const chromium = ensureChromium(say);
const electron = ensureElectron(say);
await runChecks();
await runUnits();
if (await build()) await runSpecs(chromium, await electron);
else failed += 1;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
