/**
 * The runs' views at scale, in Chromium against the browser shell: a table of 10,000 runs × 8 metrics × 50 epochs × 6
 * params, and 100 runs × 10,000 epochs in one chart. Each time is from a person's action to the paint that shows it, the
 * middle one of several. Beside it the processor time of the page's thread, which is what is left when others use the
 * machine too. Run by `npm run bench -- runs`; needs `npm run build` first.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type CDPSession, type Page } from 'playwright/test';
import { ensureChromium } from '../run/chromium.mjs';
import { launch, type Shell } from '../fixtures/launch.ts';
import { fillStore } from './runs-store.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    'curve-runs': { type: 'string', default: '100' },
    'curve-epochs': { type: 'string', default: '10000' },
    only: { type: 'string' },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `npm run bench -- runs [options]
  --runs N          in the table's store (default 10000)
  --rounds N        of each action (default 5)
  --curve-runs N    in the chart (default 100), --curve-epochs N of each (default 10000)
  --only NAME       table or curves
  --keep FOLDER     where the stores are made, or were made by an earlier bench
  --json            one JSON object on stdout`;

interface Measure {
  readonly name: string;
  readonly ms: number;
  /** Of the page's thread. */
  readonly processorMs?: number;
  readonly limit?: number;
  readonly unit: string;
}

const results: Measure[] = [];
const rounds = Number(options.rounds);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

function tell(measure: Measure): void {
  results.push(measure);
  if (options.json) return;
  const value = `${measure.ms.toFixed(measure.ms < 10 ? 1 : 0)} ${measure.unit}`.padEnd(12);
  const processor = measure.processorMs === undefined ? '' : `${measure.processorMs.toFixed(0)} ms of processor`;
  console.log(
    `${measure.name.padEnd(44)}${value}${measure.limit === undefined ? ''.padEnd(13) : `limit ${String(measure.limit).padEnd(7)}`}${processor}`,
  );
}

/** Milliseconds of processor time of the page's main thread since the session began. */
async function threadTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? metrics.find(({ name }) => name === 'TaskDuration')!.value);
}

/** What runs in the page: the time from the next input to the last paint that it caused. */
function watchPaints(): void {
  interface Watch {
    began: number;
    last: number;
  }
  const page = globalThis as unknown as { paints: Watch; firstTable?: number; allRuns?: number };
  page.paints = { began: 0, last: 0 };
  for (const name of ['keydown', 'pointerdown', 'wheel']) {
    addEventListener(
      name,
      (event) => {
        page.paints = { began: event.timeStamp, last: 0 };
      },
      { capture: true, passive: true },
    );
  }
  const observer = new MutationObserver((changes) => {
    const isTheirs = changes.some(({ target }) => {
      const element = target instanceof Element ? target : target.parentElement;
      return element?.closest('.run-table, .chart') != null;
    });
    if (!isTheirs) return;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        page.paints.last = performance.now();
        const table = document.querySelector<HTMLElement>('.run-table');
        if (table?.querySelector('[role=gridcell]')) page.firstTable ??= performance.now();
        if (table && table.querySelector<HTMLElement>(':scope > [role=presentation]')!.offsetHeight > 250 * 30)
          page.allRuns ??= performance.now();
        port1.close();
      });
      port1.start();
      port2.postMessage(0);
    });
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

/** The middle one of what `act` takes to be painted. */
async function timed(page: Page, session: CDPSession, name: string, limit: number, act: (round: number) => Promise<void>, times = rounds) {
  const took: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < times; round++) {
    const before = await threadTime(session);
    await act(round);
    let last = -1;
    for (;;) {
      await page.waitForTimeout(250);
      const seen = await page.evaluate(() => (globalThis as unknown as { paints: { last: number } }).paints.last);
      if (seen === last && seen > 0) break;
      last = seen;
    }
    took.push(
      await page.evaluate(() => {
        const { began, last: end } = (globalThis as unknown as { paints: { began: number; last: number } }).paints;
        return end - began;
      }),
    );
    processor.push((await threadTime(session)) - before);
  }
  tell({ name, ms: median(took), processorMs: median(processor), limit, unit: 'ms' });
}

/** Frames a second while the table is scrolled for two seconds, and how much of a frame the page's thread works. */
async function scroll(page: Page, session: CDPSession): Promise<void> {
  const before = await threadTime(session);
  const { frames, elapsedMs } = await page.evaluate(
    () =>
      new Promise<{ frames: number; elapsedMs: number }>((resolve) => {
        const table = document.querySelector('.run-table')!;
        const began = performance.now();
        let count = 0;
        const step = (now: number): void => {
          table.scrollTop += 90;
          count++;
          if (now - began < 2000) requestAnimationFrame(step);
          else resolve({ frames: count, elapsedMs: now - began });
        };
        requestAnimationFrame(step);
      }),
  );
  const work = (await threadTime(session)) - before;
  tell({ name: 'scrolling, frames a second', ms: (1000 * frames) / elapsedMs, limit: 60, unit: 'fps' });
  tell({ name: 'scrolling, work a frame', ms: work / frames, limit: 16.7, unit: 'ms' });
}

/** What the page's process holds for itself and its share of the rest. */
async function memory(page: Page, session: CDPSession): Promise<void> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value / 1e6;
  tell({ name: 'memory of the page: heap', ms: heap, limit: 300, unit: 'MB' });
  const browser = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const shares = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => `/proc/${id}/smaps_rollup`)
    .filter((file) => existsSync(file))
    .map((file) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) / 1000);
  if (shares.length > 0) tell({ name: 'memory of the page: process', ms: Math.max(...shares), limit: 300, unit: 'MB' });
}

async function openRuns(shell: Shell): Promise<CDPSession> {
  const { page } = shell;
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.addInitScript(watchPaints);
  return session;
}

async function measureTable(shell: Shell): Promise<void> {
  const { page } = shell;
  const session = await openRuns(shell);
  const runs = page.getByRole('button', { name: 'Runs', exact: true });
  const loads: number[] = [];
  const all: number[] = [];
  await runs.click();
  for (let round = 0; round < rounds; round++) {
    // The window comes back to what it showed; from when it begins to load.
    await page.reload();
    const first = await page.waitForFunction(() => (globalThis as unknown as { firstTable: number }).firstTable);
    loads.push(await first.jsonValue());
    const complete = await page.waitForFunction(() => (globalThis as unknown as { allRuns: number }).allRuns);
    all.push(await complete.jsonValue());
    await page.waitForTimeout(1000);
  }
  tell({ name: 'first table, the app loaded with it', ms: median(loads), limit: 300, unit: 'ms' });
  tell({ name: 'all runs in the page', ms: median(all), unit: 'ms' });
  const notebook = page.getByRole('button', { name: 'Notebook', exact: true });
  await timed(page, session, 'table, from the click', 300, async () => {
    await notebook.click();
    await page.waitForTimeout(500);
    await runs.click();
    await page.locator('.run-table [role=gridcell]').first().waitFor();
  });

  const search = page.getByRole('combobox', { name: 'Search runs' });
  await search.click();
  await timed(page, session, 'filter: a word, by key', 100, async (round) => {
    await search.press(['7', '1', '3', 'Backspace', '5'][round % 5]);
  });
  await search.fill('');
  await search.fill('filters>=16 and metrics.val_loss.min < 0.');
  await timed(page, session, 'filter: a query, by key', 100, (round) => search.press(String((round % 5) + 3)));
  await search.fill('');
  await page.keyboard.press('Escape');
  for (const name of [/^learning rate/, /^val accuracy, best|^accuracy, best/, /^state/, /^\d.* runs/, /^started/]) {
    const header = page.locator('.run-head').getByRole('button', { name });
    if ((await header.count()) === 0) continue;
    await timed(page, session, `sort: ${String(name).replaceAll(/[/^]/g, '')}`, 100, () => header.first().click(), 3);
  }
  const group = page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Group' });
  await timed(
    page,
    session,
    'group: by a param',
    100,
    async () => {
      await group.click();
      await page.getByRole('menuitemradio', { name: 'filters' }).click();
    },
    3,
  );
  await timed(
    page,
    session,
    'group: by another as well',
    100,
    async () => {
      await group.click();
      await page.getByRole('menuitemradio', { name: 'learning rate' }).click();
    },
    3,
  );
  await group.click();
  await page.getByRole('menuitemradio', { name: 'No groups' }).click();
  await page.getByRole('checkbox', { name: 'Choose all runs' }).check();
  const tidy = page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Organize' });
  await timed(
    page,
    session,
    'another colour for all of them',
    1000,
    async (round) => {
      await tidy.click();
      await page.getByRole('menuitem', { name: 'Colour…' }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `Colour ${(round % 3) + 1}`, exact: true })
        .click();
    },
    3,
  );
  await page.getByRole('checkbox', { name: 'Choose all runs' }).uncheck();
  await scroll(page, session);
  await memory(page, session);
}

async function measureCurves(shell: Shell): Promise<void> {
  const { page } = shell;
  const session = await openRuns(shell);
  await page.reload();
  await page.getByRole('button', { name: 'Runs', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Choose all runs' }).check();
  const open = page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Curves' });
  await timed(page, session, 'curves: all lines painted, from the click', 500, async (round) => {
    if (round > 0) await page.getByRole('button', { name: 'All runs' }).click();
    await page.waitForTimeout(1000);
    await open.click();
    await page.locator('.chart-note').first().waitFor();
  });
  await page.waitForTimeout(1000);
  await page.getByRole('slider').first().focus();
  await timed(page, session, 'curves: a zoom, by key', 50, (round) => page.keyboard.press(round % 5 === 4 ? '0' : '+'));
  await memory(page, session);
}

async function main(): Promise<void> {
  if (options.help) return console.log(usage);
  const executable = ensureChromium((text: string) => console.error(text)) ?? chromium.executablePath();
  process.env['EPOCHBOOK_CHROMIUM'] = executable;
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'epochbook-bench-'));
  const userFolder = mkdtempSync(join(tmpdir(), 'epochbook-bench-user-'));
  try {
    if (options.only !== 'curves') {
      const place = join(folder, 'table');
      if (!existsSync(place)) {
        mkdirSync(place, { recursive: true });
        fillStore(place, { runs: Number(options.runs), epochs: 50, metrics: 8 });
      }
      const shell = await launch('browser', { path: place, userFolder });
      try {
        await measureTable(shell);
      } finally {
        await shell.close();
      }
    }
    if (options.only !== 'table') {
      const place = join(folder, 'curves');
      if (!existsSync(place)) {
        mkdirSync(place, { recursive: true });
        fillStore(place, { runs: Number(options['curve-runs']), epochs: Number(options['curve-epochs']), metrics: 1 });
      }
      const shell = await launch('browser', { path: place, userFolder });
      try {
        await measureCurves(shell);
      } finally {
        await shell.close();
      }
    }
    if (options.json) console.log(JSON.stringify({ results }));
  } finally {
    rmSync(userFolder, { recursive: true, force: true });
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
