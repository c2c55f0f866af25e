/**
 * A notebook of 200 cells, in Chromium against the browser shell: how long until the first key can be typed, and how
 * long from a key to the paint that shows it. Then the evaluation of 50 cells. Run by `npm run bench -- notebook`; needs
 * `npm run build` first.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright/test';
import { evaluateNotebook } from '#notebook/evaluate.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { warmSandbox } from '#notebook/sandbox/session.ts';
import { launch } from '../fixtures/launch.ts';
import { longName, writeLongNotebook } from '../fixtures/long-notebook.ts';
import { ensureChromium } from '../run/chromium.mjs';

const { values: options } = parseArgs({ options: { cells: { type: 'string', default: '200' }, keys: { type: 'string', default: '200' } } });

const chromium = ensureChromium(console.error);
if (chromium) process.env['EPOCHBOOK_CHROMIUM'] = chromium;
const folder = mkdtempSync(join(tmpdir(), 'epochbook-bench-'));
try {
  await editing(Number(options.cells), Number(options.keys));
  await evaluation();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exit();

async function editing(cells: number, keys: number): Promise<void> {
  writeLongNotebook(folder, cells);
  const shell = await launch('browser', { path: folder, userFolder: join(folder, '.user') });
  try {
    const { page } = shell;
    const file = page.getByText(longName).or(page.getByText('A long notebook')).first();
    await file.waitFor();
    const began = performance.now();
    await file.click();
    await page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first().waitFor({ state: 'attached' });
    say('open to the first key', performance.now() - began, 'goal 1000');
    // The check of all cells goes on in the core meanwhile, as it does for a user.
    const editor = page.locator('.monaco-editor').first();
    await editor.click();
    await page.keyboard.press('Control+End');
    const during = await typed(page, keys / 2);
    await page.locator('.state.waiting, .state.running').first().waitFor({ state: 'hidden', timeout: 60_000 });
    const after = await typed(page, keys / 2);
    say('key to paint while cells are checked, 95th percentile', percentile(during, 0.95), `median ${percentile(during, 0.5).toFixed(1)}`);
    say('key to paint, 95th percentile', percentile(after, 0.95), `goal 16; median ${percentile(after, 0.5).toFixed(1)}`);
    console.log(`editors mounted: ${await page.locator('.monaco-editor[role="code"]').count()} of ${cells}`);
  } finally {
    await shell.close();
  }
}

/** Milliseconds from each key's event to the end of the frame that it is painted in. */
async function typed(page: Page, keys: number): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { keyTimes: times });
    addEventListener(
      'keydown',
      (event) => {
        // A message that a frame's callback sends comes after that frame's layout and paint.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => times.push(performance.now() - event.timeStamp));
          port1.start();
          port2.postMessage(null);
        });
      },
      { capture: true },
    );
  });
  for (let key = 0; key < keys; key += 1) {
    await page.keyboard.press('abcdefgh '[key % 9] ?? 'a');
    await page.waitForTimeout(30 + (key % 5) * 8);
  }
  return page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes.splice(0));
}

async function evaluation(): Promise<void> {
  writeLongNotebook(folder, 50);
  const text = readFileSync(join(folder, longName), 'utf8');
  warmSandbox();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const timed = async (what: string, changed: string, goal: number) => {
    const { blocks } = parseNotebook(changed);
    const began = performance.now();
    await evaluateNotebook(blocks);
    say(`evaluation of 50 cells, ${what}`, performance.now() - began, `goal ${goal}`);
  };
  await timed('cold', text, 200);
  await timed('nothing changed', text, 50);
  await timed('one cell changed', text.replace('units: 3', 'units: 4'), 200);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function say(what: string, ms: number, more: string): void {
  console.log(`${what}: ${ms.toFixed(1)} ms (${more})`);
}
