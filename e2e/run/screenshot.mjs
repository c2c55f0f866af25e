// npm run screenshot: makes resources/screenshot.png, the README's picture, from the app as it is now.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../../main/cli/build.mjs';
import { ensureInstalled, findNode } from '../../main/cli/install.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const say = (/** @type {string} */ text) => console.log(text);

ensureInstalled(root, say);
ensureBuilt(root, findNode(root), say);
const { ensureChromium } = await import('./chromium.mjs');
const { chromium } = await import('playwright');
const { spawn } = await import('node:child_process');

const executablePath = ensureChromium(say);
if (!executablePath) throw new Error('No Chromium was found; EPOCHBOOK_CHROMIUM names one.');
const place = mkdtempSync(join(tmpdir(), 'epochbook-screenshot-'));
const folder = join(place, 'notebooks');
mkdirSync(folder);
const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
const shell = spawn(findNode(root), [join(root, 'main', 'cli', 'epochbook.ts'), 'open', folder, '--browser'], {
  env: { ...environment, EPOCHBOOK_USER_FOLDER: join(place, 'user') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const address = await new Promise((resolve, reject) => {
    shell.stdout.on('data', (data) => resolve(/http:\S+/.exec(String(data))?.[0]));
    shell.on('exit', () => reject(new Error('The browser shell ended before it printed its address.')));
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 1.5, locale: 'en-GB' });
  await page.goto(address);
  const run = page.getByRole('region', { name: /^Run .+ of / });
  const train = async (/** @type {Record<string, string>} */ knobs) => {
    for (const [name, value] of Object.entries(knobs)) {
      const knob = page.getByRole('textbox', { name, exact: true });
      await knob.fill(value);
      await knob.press('Enter');
    }
    await page.getByRole('status', { name: 'Cell network: fresh' }).waitFor({ timeout: 60_000 });
    await page.getByRole('banner').getByRole('button', { name: 'Run all' }).click();
    await run.locator('.run-stage').waitFor();
    await run.locator('.run-end').waitFor({ timeout: 120_000 });
  };
  await page.getByRole('status', { name: 'Cell network: fresh' }).waitFor({ timeout: 60_000 });
  await train({});
  await train({ filters: '16', learningRate: '0.003' });
  await page.mouse.move(0, 0);
  await page.getByRole('main').evaluate((main) => {
    const train = document.querySelector('[aria-label="train cell training"]');
    main.scrollTop += (train?.getBoundingClientRect().bottom ?? 0) - main.getBoundingClientRect().bottom + 24;
  });
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(root, 'resources', 'screenshot.png') });
  say('resources/screenshot.png');
} finally {
  await browser.close();
  const gone = new Promise((resolve) => {
    shell.on('exit', resolve);
  });
  shell.kill();
  await gone;
  rmSync(place, { recursive: true, force: true });
}
