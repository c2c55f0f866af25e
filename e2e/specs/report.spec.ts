/** A report: one file that asks for nothing, holds the store's numbers, and zooms. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright/test';
import { root } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

test('opens offline, without a request or an error, with the numbers of the run, and its charts zoom', async ({
  open,
  shell,
  workspace,
}) => {
  test.skip(process.env['EPOCHBOOK_CHROMIUM'] === undefined, 'there is no Chromium to read the report with');
  const { page } = await open();
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('network');
  await notebook.setKnob('epochs', '3');
  await notebook.runAll();
  await notebook.runEnds('completed');
  await page.getByRole('button', { name: 'Report…' }).click();
  await page
    .getByRole('dialog', { name: 'Export a report' })
    .getByRole('textbox', { name: 'File' })
    .fill(join(workspace.folder, 'it.html'));
  await page.getByRole('dialog').getByRole('button', { name: 'Write' }).click();
  await expect(page.getByText('The report is written, with 1 run')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  const best = (await notebook.run().textContent())!;

  const browser = await chromium.launch({ executablePath: process.env['EPOCHBOOK_CHROMIUM'], args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ offline: true, viewport: { width: 1000, height: 900 } });
    const report = await context.newPage();
    const asked: string[] = [];
    const wrong: string[] = [];
    report.on('request', (request) => asked.push(request.url()));
    report.on('pageerror', (error) => wrong.push(error.message));
    report.on('console', (message) => wrong.push(message.text()));
    const address = pathToFileURL(join(workspace.folder, 'it.html')).href;
    await report.goto(address);
    await expect(report.getByRole('heading', { name: 'Clothes, ten classes' })).toBeVisible();
    await expect(report.getByRole('heading', { name: '1 run' })).toBeVisible();
    const shown = (await report.locator('main').textContent())!;
    const [, inReport] = /val loss ([\d.]+) in epoch 3/.exec(shown)!;
    const [, inNotebook] = /best val loss ([\d.]+) at epoch 3/.exec(best)!;
    expect(Number(inReport)).toBeCloseTo(Number(inNotebook), 3);
    await expect(report.getByRole('table').filter({ hasText: 'Conv2D' })).toBeVisible();
    await expect
      .poll(() => report.locator('.thumbs img').evaluateAll((images) => images.every((one) => (one as HTMLImageElement).naturalWidth > 0)))
      .toBe(true);

    const chart = report.locator('figure').first();
    const before = await chart.locator('svg').innerHTML();
    await chart.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => chart.locator('svg').innerHTML()).not.toBe(before);
    await chart.locator('svg').dblclick();
    await expect.poll(() => chart.locator('svg').innerHTML()).toBe(before);
    for (const colorScheme of ['light', 'dark'] as const) {
      await report.emulateMedia({ colorScheme });
      await report.screenshot({ path: join(root, 'test-results', 'views', shell, `report-${colorScheme}.png`), fullPage: true });
      const { violations } = await new AxeBuilder({ page: report }).setLegacyMode(true).analyze();
      expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`)).toEqual([]);
    }
    // Paper is white whatever the screen is, and has no buttons.
    await report.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await report.screenshot({ path: join(root, 'test-results', 'views', shell, 'report-print.png'), fullPage: true });
    expect(await report.evaluate(() => getComputedStyle(document.body).backgroundColor)).toMatch(
      /^(rgb\(255, 255, 255\)|rgba\(0, 0, 0, 0\))$/,
    );
    expect(await report.evaluate(() => getComputedStyle(document.body).color)).toMatch(/^rgb\((\d|[1-5]\d), /);
    await expect(report.getByRole('button', { name: 'Zoom in' }).first()).toBeHidden();
    const { violations: onPaper } = await new AxeBuilder({ page: report }).setLegacyMode(true).withRules('color-contrast').analyze();
    expect.soft(onPaper.map(({ nodes }) => nodes[0].html.slice(0, 120))).toEqual([]);
    // What is folded is open on paper, and folded again on the screen.
    await report.evaluate(() => {
      const folded = () => document.querySelectorAll('details:not([open])').length;
      Object.assign(window, { foldedBefore: folded() });
      addEventListener('beforeprint', () => Object.assign(window, { foldedOnPaper: folded() }));
    });
    const pages = (await report.pdf({ format: 'A4', path: join(root, 'test-results', 'views', shell, 'report.pdf') })).toString('latin1');
    expect(pages.match(/\/Type ?\/Page\b/g)?.length).toBeGreaterThan(0);
    const [foldedFirst, onPaperFolded, foldedLast] = await report.evaluate(() => {
      const { foldedBefore, foldedOnPaper } = window as unknown as Record<string, number>;
      return [foldedBefore, foldedOnPaper, document.querySelectorAll('details:not([open])').length];
    });
    expect(foldedFirst).toBeGreaterThan(0);
    expect(onPaperFolded).toBe(0);
    expect(foldedLast).toBe(foldedFirst);
    expect(asked.filter((url) => url !== address && !url.startsWith('data:'))).toEqual([]);
    expect(wrong).toEqual([]);
  } finally {
    await browser.close();
  }
});
