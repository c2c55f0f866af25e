/**
 * A notebook of 200 cells, in Chromium against the browser shell: how long until the first key can be typed, and how
 * long from a key to the end of the frame that shows it. At 60 frames a second a key waits for up to 16.7 ms before its
 * frame begins, whatever the app does; with frames made at once what is left is the app's own time, and Chromium's to
 * lay out and paint it. What that comes to without the notebook is measured in the same browser: a key in a bare text
 * field, in Monaco alone with a cell's options, and in a notebook of one cell. Then the evaluation of 50 cells. Run by
 * `npm run bench -- notebook`; needs `npm run build` first.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright/test';
import { evaluateNotebook } from '#notebook/evaluate.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { warmSandbox } from '#notebook/sandbox/session.ts';
import { launch, root } from '../fixtures/launch.ts';
import { longName, writeLongNotebook } from '../fixtures/long-notebook.ts';
import { ensureChromium } from '../run/chromium.mjs';

const { values: options } = parseArgs({ options: { cells: { type: 'string', default: '200' }, keys: { type: 'string', default: '200' } } });

/** Frames as fast as they are made: what the notebook itself takes, without the wait for the screen's next frame. */
const uncapped = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

const chromium = ensureChromium(console.error);
if (chromium) process.env['EPOCHBOOK_CHROMIUM'] = chromium;
const folder = mkdtempSync(join(tmpdir(), 'epochbook-bench-'));
try {
  const cells = Number(options.cells);
  await opening(cells);
  for (const switches of [uncapped, []]) {
    const alone = await withoutNotebook(Number(options.keys), switches);
    const ours = await typing(cells, Number(options.keys), switches);
    say('of it the notebook’s own, beyond Monaco alone', ours - alone, pace(switches));
  }
  await evaluation();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exit();

async function opening(cells: number): Promise<void> {
  writeLongNotebook(folder, cells);
  const shell = await launch('browser', { path: writeShortNotebook(), userFolder: join(folder, '.user') });
  try {
    const { page } = shell;
    await page.locator('.monaco-editor').first().waitFor();
    await page.waitForTimeout(1500);
    await page.evaluate(watchForEditor);
    await page.getByRole('treeitem', { name: 'long' }).click();
    say('opening, from the click to the first key painted', await firstKey(page), 'goal 1000');
  } finally {
    await shell.close();
  }
  const again = await launch('browser', { path: join(folder, longName), userFolder: join(folder, '.user') });
  try {
    const { page } = again;
    await page.addInitScript(watchForEditor);
    await page.waitForTimeout(4000);
    await page.reload();
    say('the whole page loaded anew with it, to the first key painted', await firstKey(page), '');
  } finally {
    await again.close();
  }
}

/** Puts the keyboard into the first editor of the long notebook as soon as there is one, and notes when that was. */
function watchForEditor(): void {
  const watched = { from: 0, ready: 0 };
  Object.assign(window, { watched });
  addEventListener('click', ({ timeStamp }) => (watched.from = timeStamp), { capture: true });
  const look = () => {
    const title = document.querySelector<HTMLInputElement>('.notebook-title input')?.value;
    const field = document.querySelector<HTMLElement>('.block .monaco-editor :is(.native-edit-context, textarea)');
    if (title === 'A long notebook' && field) {
      field.focus();
      watched.ready = performance.now();
    } else requestAnimationFrame(look);
  };
  look();
}

/** Milliseconds from the click, or from the navigation, until a key could be typed, and that key's own until it was painted. */
async function firstKey(page: Page): Promise<number> {
  const watched = () => page.evaluate(() => (window as unknown as { watched: { from: number; ready: number } }).watched);
  while ((await watched()).ready === 0) await page.waitForTimeout(10);
  const [key = Number.NaN] = await typed(page, 1);
  // It is typed where it was meant to be.
  await page
    .locator('.block .monaco-editor')
    .first()
    .getByText(/^aconst/)
    .waitFor();
  const { from, ready } = await watched();
  return ready - from + key;
}

function writeShortNotebook(): string {
  const path = join(folder, 'short.epoch.md');
  writeFileSync(path, '---\nepochbook: 1\ntitle: A short notebook\n---\n```ts code #one\n1\n```\n');
  return path;
}

/** What a key takes without a long notebook; returns the 95th percentile of Monaco alone. */
async function withoutNotebook(keys: number, switches: readonly string[]): Promise<number> {
  const shell = await launch('browser', { path: writeShortNotebook(), userFolder: join(folder, '.user'), switches });
  try {
    const { page } = shell;
    const told = async (what: string, typedIn: Page): Promise<number> => {
      const times = await typed(typedIn, keys);
      say(
        `key to paint ${what}, 95th percentile`,
        percentile(times, 0.95),
        `median ${percentile(times, 0.5).toFixed(1)}; ${pace(switches)}`,
      );
      return percentile(times, 0.95);
    };
    const blank = await page.context().newPage();
    await blank.setContent('<textarea rows="40" cols="80"></textarea>');
    await blank.locator('textarea').focus();
    await told('in a text field of an empty page', blank);
    await blank.close();
    await page.locator('.monaco-editor').first().click();
    await page.keyboard.press('Control+End');
    await page.waitForTimeout(2000);
    await told('in a notebook of one cell', page);
    const assets = join(root, 'out', 'renderer', 'assets');
    await page.evaluate(monacoAlone, `/assets/${readdirSync(assets).find((name) => /^monaco-.*\.js$/.test(name))}`);
    await page.waitForTimeout(2000);
    return await told('in Monaco alone', page);
  } finally {
    await shell.close();
  }
}

/** An editor as a cell has it, and nothing else to be seen. */
async function monacoAlone(address: string): Promise<void> {
  const { monaco } = await import(/* @vite-ignore */ address);
  const [cell] = monaco.editor.getEditors();
  const place = document.createElement('div');
  place.style.cssText = 'width: 700px; height: 400px';
  document.body.append(place);
  document.getElementById('root')!.style.display = 'none';
  const model = monaco.editor.createModel('1\n', 'typescript', monaco.Uri.parse('cell:///alone/alone.ts'));
  monaco.editor.create(place, { ...cell.getRawOptions(), model }).focus();
}

function pace(switches: readonly string[]): string {
  return switches.length > 0 ? 'frames at once' : '60 frames a second';
}

/** Returns the 95th percentile, when nothing else goes on. */
async function typing(cells: number, keys: number, switches: readonly string[]): Promise<number> {
  writeLongNotebook(folder, cells);
  const shell = await launch('browser', { path: join(folder, longName), userFolder: join(folder, '.user'), switches });
  try {
    const { page } = shell;
    const editor = page.locator('.monaco-editor').first();
    await editor.waitFor();
    await editor.click();
    await page.keyboard.press('Control+End');
    // The check of all cells goes on in the core meanwhile, as it does for a user.
    const during = await typed(page, keys / 2);
    await page.waitForTimeout(1000);
    await page.locator('.state.waiting, .state.running').first().waitFor({ state: 'hidden', timeout: 60_000 });
    const after = await typed(page, keys);
    const told = (times: number[]) => `median ${percentile(times, 0.5).toFixed(1)}; ${pace(switches)}`;
    say('key to paint after opening, while cells are checked, 95th percentile', percentile(during, 0.95), told(during));
    say('key to paint, 95th percentile', percentile(after, 0.95), `goal 16; ${told(after)}`);
    console.log(`editors mounted: ${await page.locator('.monaco-editor[role="code"]').count()} of ${cells}`);
    return percentile(after, 0.95);
  } finally {
    await shell.close();
  }
}

/** Milliseconds from each key's event to the end of the frame that it is painted in. */
async function typed(page: Page, keys: number): Promise<number[]> {
  await page.evaluate(() => {
    if ('keyTimes' in window) return;
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
