/** Curves over any axis, smoothed, grouped, zoomed and read by keyboard; what is saved is every point, whatever is drawn. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { look, picture } from '../fixtures/look.ts';
import { savedFile } from '../fixtures/saved-file.ts';
import { withRawRows } from '../fixtures/raw-rows.ts';
import { expect, test } from '../fixtures/test.ts';
import { RunsPage } from '../pages/runs-page.ts';
import { fillWithLongRuns } from '../stores/even-runs.ts';

/** Of the pixels along the lines of the grid in the first chart: what is there beside the curves, and whether curves cover some. */
const gridIn = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.chart-raster')!;
    const plot = canvas.parentElement!.querySelector('.chart-plot')!;
    const line = [...plot.querySelectorAll('.gridlayer .ygrid')].at(-1)!;
    const scale = canvas.height / canvas.getBoundingClientRect().height;
    const top = line.getBoundingClientRect().top - canvas.getBoundingClientRect().top;
    const probe = document.createElement('canvas').getContext('2d')!;
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--line');
    probe.fillRect(0, 0, 1, 1);
    const wanted = [...probe.getImageData(0, 0, 1, 1).data].join(' ');
    // One row of pixels lies in the line, wherever it was rounded to.
    const rows = [-1, 0, 1, 2].map((by) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, Math.round(top * scale) + by, canvas.width, 1);
      const pixels = Array.from({ length: canvas.width }, (_, index) => data.slice(4 * index, 4 * index + 4).join(' '));
      return { grid: pixels.filter((pixel) => pixel === wanted).length, other: pixels.filter((pixel) => pixel !== wanted).length };
    });
    const row = rows.sort((a, b) => b.grid - a.grid)[0];
    return { beside: row.grid > 0 ? 'grid' : 'nothing', under: row.other > 0, ...row };
  });

test('curves are laid over each other, read and saved, by keyboard', async ({ open, shell, workspace }) => {
  fillWithLongRuns(workspace.folder);
  const app = await open();
  const { page } = app;
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.rows()).toHaveCount(8);
  await runs.grid().focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Curves' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Curves of 8 runs' })).toBeVisible();
  await expect(page.getByText(/Drawn from 32,000 points as/).first()).toBeVisible();
  await look(page, shell, 'curves');
  // The grid lies under the lines: in the raster, and no more over it.
  await expect(page.locator('.gridlayer').first()).toHaveCSS('visibility', 'hidden');
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expect.poll(() => gridIn(page)).toMatchObject({ beside: 'grid', under: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });

  const draws = async (name: string): Promise<void> => {
    await expect(page.locator('.chart-waiting, [aria-busy="true"]')).toHaveCount(0);
    await page.screenshot({ path: picture(shell, name) });
  };
  // Nearer by key: fewer points are there, and in the end each is drawn.
  const chart = page.getByRole('slider', { name: /^Loss/ });
  await chart.focus();
  for (let times = 0; times < 6; times++) await page.keyboard.press('+');
  await expect(page.getByText(/Drawn from 32,000 points as/)).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await draws('curves-cursor');
  await page.keyboard.press('0');

  await page.getByRole('button', { name: 'Axes and smoothing' }).press('Enter');
  const options = page.getByRole('toolbar', { name: 'Axes and smoothing' });
  for (const [name, option] of [
    ['Over', 'time since the start'],
    ['Over', 'time of day'],
    ['Over', 'accuracy'],
    ['Over', 'step'],
    ['Smoothing', 'exponential'],
    ['Smoothing', 'centred mean'],
    ['Smoothing', 'Gaussian'],
  ] as const) {
    await options.getByRole('combobox', { name }).selectOption(option);
    if (name === 'Over') await expect(page.getByText(`by ${option} · 8 runs`).first()).toBeVisible();
    await draws(`curves-${option.replaceAll(' ', '-')}`);
  }
  // What was logged elsewhere does not say how many samples a step took: told, not drawn at 0.
  await options.getByRole('combobox', { name: 'Over' }).selectOption('samples');
  await expect(page.getByText('Nothing logged of these runs says their samples.').first()).toBeVisible();
  await options.getByRole('combobox', { name: 'Over' }).selectOption('epoch');
  await options.getByRole('checkbox', { name: 'logarithmic x' }).check();
  await options.getByRole('checkbox', { name: 'logarithmic y' }).check();
  await draws('curves-log');
  await options.getByRole('checkbox', { name: 'logarithmic x' }).uncheck();
  await options.getByRole('button', { name: 'Group runs' }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'activation' }).click();
  await page.keyboard.press('Escape');
  for (const band of ['standard error', 'lowest to highest', 'quarters, around the median']) {
    await options.getByRole('combobox', { name: 'Band' }).selectOption(band);
    await draws(`curves-${band.split(/[ ,]/)[0]}`);
  }
  await options.getByRole('button', { name: 'By activation' }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'No groups' }).click();
  await page.keyboard.press('Escape');
  await options.getByRole('combobox', { name: 'Smoothing' }).selectOption('none');
  await options.getByRole('combobox', { name: 'Charts' }).selectOption('one a run');
  await draws('curves-multiples');
  await options.getByRole('combobox', { name: 'Charts' }).selectOption('one a metric');

  // Saved: every point, to the bit.
  const path = await savedFile(app, join(workspace.folder, 'saved.csv'), async () => {
    await page.getByRole('button', { name: 'Save the chart Loss' }).press('Enter');
    await page.getByRole('menuitem', { name: 'CSV, every point' }).press('Enter');
  });
  const lines = readFileSync(path, 'utf8').trim().split('\r\n');
  const raw = withRawRows(workspace.folder, (query) =>
    query(
      `SELECT runs.name || ', training' AS name, epoch, value FROM metric_values JOIN runs ON runs.number = run
       JOIN metrics ON metrics.id = metric WHERE metrics.name = 'loss'`,
    ),
  );
  expect(lines[0]).toBe('name,epoch,value');
  expect(new Set(lines.slice(1))).toEqual(
    new Set(raw.map(({ name, epoch, value }) => `"${String(name)}",${String(epoch)},${String(value)}`)),
  );
  expect(lines).toHaveLength(1 + 32_000);
});
