/**
 * A notebook of 200 cells, in Chromium against the browser shell: how long until the first key can be typed, and how
 * long from a key to the end of the frame that shows it. Part of that is nobody's work: what the key came to is ready,
 * and waits for the screen's next frame to begin, at 60 frames a second for up to 16.7 ms. With frames made at once
 * most keys do not wait, but each that follows a frame in which nothing changed: Chromium holds that open until a
 * sixtieth of a second is over, as traces of such keys show. So the wait, from the end of the last listener to the
 * frame's own beginning, is taken off, and the whole time is told beside it. What it comes to without the notebook is
 * measured in the same browser: a key in a bare text field, in Monaco alone with a cell's options, and in a notebook of
 * one cell. Then the evaluation of 50 cells, and of hostile ones. Run by `npm run bench -- notebook`; needs
 * `npm run build` first.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Frames as fast as they are made. */
const uncapped = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

const hostileCells = [
  ['a loop that catches', 'for (;;) { try { while (true) {} } catch {} finally { continue } }'],
  ['a recursion', 'const deeper = (n: number): number => deeper(n + 1) + 1; deeper(0)'],
  ['a list without end', 'const list = []; for (;;) list.push("x".repeat(1000) + list.length)'],
  ['a huge string', '"a".repeat(2 ** 29)'],
  ['a huge buffer', 'new ArrayBuffer(2 ** 31)'],
  ['a regular expression that backtracks', '/(a+)+$/.test("a".repeat(40) + "b")'],
  ['a built-in over a huge array-like', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
  ['builders without end', 'for (;;) layers.flatten()'],
  ['a prototype made another', 'Object.prototype.$node = 0; Array.isArray = () => true; sequential([{}])'],
  ['a way to the host', 'process.exit()'],
  ['a way to the network', 'fetch("http://127.0.0.1")'],
  ['a way to the disk', 'require("node:fs").readFileSync("/etc/passwd")'],
] as const;

const inLong = 'in a long notebook';
const turns = 4;

const chromium = ensureChromium(console.error);
if (chromium) process.env['EPOCHBOOK_CHROMIUM'] = chromium;
const folder = mkdtempSync(join(tmpdir(), 'epochbook-bench-'));
try {
  const cells = Number(options.cells);
  await opening(cells);
  // Each in a workspace of its own.
  for (const name of ['short', 'long']) mkdirSync(join(folder, name, '.epochbook'), { recursive: true });
  for (const switches of [uncapped, []]) await typing(cells, Number(options.keys), switches);
  await evaluation();
  await hostility();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exit();

async function opening(cells: number): Promise<void> {
  writeLongNotebook(folder, cells);
  const shell = await launch('browser', { path: writeShortNotebook(folder), userFolder: join(folder, '.user') });
  try {
    const { page } = shell;
    await page.locator('.monaco-editor').first().waitFor();
    await page.waitForTimeout(1500);
    await page.evaluate(watchForEditor);
    await page.getByRole('treeitem', { name: longName }).click();
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
  const [key] = await typed(page, 1);
  // It is typed where it was meant to be.
  await page
    .locator('.block .monaco-editor')
    .first()
    .getByText(/^aconst/)
    .waitFor();
  const { from, ready } = await watched();
  return ready - from + (key?.whole ?? Number.NaN);
}

function writeShortNotebook(place: string): string {
  const path = join(place, 'short.epoch.md');
  writeFileSync(path, '---\nepochbook: 1\ntitle: A short notebook\n---\n```ts code #one\n1\n```\n');
  return path;
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

/**
 * A long notebook, at rest and while its cells are checked, beside what a key takes without it. The machine is not the
 * same from one minute to the next: each place is typed in a little at a time, in turns, after some keys that do not count.
 */
async function typing(cells: number, keys: number, switches: readonly string[]): Promise<void> {
  const userFolder = join(folder, '.user');
  const place = join(folder, 'long');
  writeLongNotebook(place, cells);
  const long = await launch('browser', { path: join(place, longName), userFolder, switches });
  const short = await launch('browser', { path: writeShortNotebook(join(folder, 'short')), userFolder, switches });
  try {
    await toCell(long.page);
    const opened = await typed(long.page, keys / 4);
    await atRest(long.page);
    const places = {
      'in a text field of an empty page': await textField(short.page),
      'in Monaco alone': await monacoPage(short.page),
      'in a notebook of one cell': short.page,
      [inLong]: long.page,
    };
    await toCell(short.page);
    await short.page.waitForTimeout(2000);
    const times: Record<string, Key[]> = { 'just after opening': opened };
    for (const page of Object.values(places)) {
      await page.bringToFront();
      await typed(page, 20);
    }
    for (let turn = 0; turn < turns; turn += 1) {
      for (const [name, page] of Object.entries(places)) {
        // A page behind another has few frames.
        await page.bringToFront();
        await newLine(page);
        if (name === inLong) await atRest(page);
        (times[name] ??= []).push(...(await typed(page, keys / turns)));
      }
      (times[`${inLong}, while its cells are checked`] ??= []).push(...(await typedWhileChecked(long.page)));
    }
    for (const [name, measured] of Object.entries(times)) {
      const [own, whole] = (['own', 'whole'] as const).map((part) => measured.map((key) => key[part]));
      const waited = `${percentile(whole, 0.95).toFixed(1)} with the wait for a frame, median ${percentile(whole, 0.5).toFixed(1)}`;
      const more = `median ${percentile(own, 0.5).toFixed(1)}; ${waited}; ${measured.length} keys; ${pace(switches)}`;
      say(`key to paint ${name}, 95th percentile`, percentile(own, 0.95), name === inLong ? `goal 16; ${more}` : more);
    }
    console.log(`editors mounted: ${await long.page.locator('.monaco-editor[role="code"]').count()} of ${cells}`);
  } finally {
    await short.close();
    await long.close();
  }
}

async function toCell(page: Page): Promise<void> {
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+End');
}

/** Monaco's time for a key grows with the line: everywhere they are as long. */
async function newLine(page: Page): Promise<void> {
  await page.keyboard.insertText('\n');
  await page.waitForTimeout(500);
}

async function textField(page: Page): Promise<Page> {
  const blank = await page.context().newPage();
  await blank.setContent('<textarea rows="40" cols="80"></textarea>');
  await blank.locator('textarea').focus();
  return blank;
}

async function monacoPage(page: Page): Promise<Page> {
  const alone = await page.context().newPage();
  await alone.goto(page.url());
  await alone.locator('.monaco-editor').first().waitFor();
  const assets = join(root, 'out', 'renderer', 'assets');
  await alone.evaluate(monacoAlone, `/assets/${readdirSync(assets).find((name) => /^monaco-.*\.js$/.test(name))}`);
  return alone;
}

async function atRest(page: Page): Promise<void> {
  await page.waitForTimeout(1000);
  await comesToBe(page, false, 60_000);
}

async function comesToBe(page: Page, checked: boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while ((await isChecked(page)) !== checked) {
    if (performance.now() > end) throw new Error(`After ${withinMs} ms the cells are ${checked ? 'not' : 'still'} being checked.`);
    await page.waitForTimeout(20);
  }
}

/** Asked so that it leaves nothing to collect: a locator's wait leaves megabytes, which the next keys then wait for. */
function isChecked(page: Page): Promise<boolean> {
  return page.evaluate(() => document.querySelector('.state.waiting, .state.running') !== null);
}

/** Keys from the moment on that a change has the cells checked, as many as are typed meanwhile. */
async function typedWhileChecked(page: Page): Promise<Key[]> {
  const times: Key[] = [];
  for (let check = 0; check < 3; check += 1) {
    await newLine(page);
    await atRest(page);
    await page.keyboard.press('x');
    await comesToBe(page, true, 10_000);
    while (await isChecked(page)) times.push(...(await typed(page, 1)));
  }
  return times;
}

/** Milliseconds from a key's event to the end of the frame that it is painted in, and of these, without the wait for the frame. */
interface Key {
  readonly whole: number;
  readonly own: number;
}

async function typed(page: Page, keys: number): Promise<Key[]> {
  await page.evaluate(() => {
    if ('keyTimes' in window) return;
    const times: { whole: number; own: number }[] = [];
    Object.assign(window, { keyTimes: times });
    addEventListener(
      'keydown',
      ({ timeStamp }) => {
        // The text changes in the same task; who listens here was there later than whoever answers the key.
        let answered = timeStamp;
        const field = document.activeElement as (HTMLElement & { readonly editContext?: EventTarget | null }) | null;
        const [place, name] = field?.editContext ? [field.editContext, 'textupdate'] : [field, 'input'];
        place?.addEventListener(name, () => (answered = performance.now()), { once: true });
        requestAnimationFrame((frame) => {
          // A message that a frame's callback sends comes after that frame's layout and paint.
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => {
            const whole = performance.now() - timeStamp;
            times.push({ whole, own: whole - Math.max(0, frame - answered) });
          });
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
  return page.evaluate(() => (window as unknown as { keyTimes: Key[] }).keyTimes.splice(0));
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

/** Until each has its error, with the limits that everybody has. */
async function hostility(): Promise<void> {
  for (const [what, source] of hostileCells) {
    const began = performance.now();
    const { cells } = await evaluateNotebook(parseNotebook(`\`\`\`ts code #hostile\n${source}\n\`\`\`\n`).blocks);
    const found = cells[0]?.error?.code ?? 'no error';
    say(`hostile cell, ${what}`, performance.now() - began, `goal 2000; ${found}`);
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function say(what: string, ms: number, more: string): void {
  console.log(`${what}: ${ms.toFixed(1)} ms (${more})`);
}
