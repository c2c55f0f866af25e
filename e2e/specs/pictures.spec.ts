/** Charts saved as pictures, opened elsewhere. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright/test';
import { picture } from '../fixtures/look.ts';
import { savedFile } from '../fixtures/saved-file.ts';
import type { Shell } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { RunsPage } from '../pages/runs-page.ts';
import { fillWithNamedRuns, runNames } from '../stores/named-runs.ts';

async function save(app: Shell, chart: string | RegExp, format: 'SVG' | 'PNG', path: string): Promise<string> {
  return savedFile(app, path, async () => {
    await app.page.getByRole('button', { name: chart }).first().click();
    await app.page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click();
  });
}

/** As somebody else's browser shows it: from the disk, with nothing of the app around it. */
async function elsewhere(file: string, use: (page: Page) => Promise<void>): Promise<void> {
  const executablePath = process.env['EPOCHBOOK_CHROMIUM'];
  const args = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args });
  try {
    const page = await browser.newPage({ viewport: { width: 1040, height: 900 } });
    await page.goto(pathToFileURL(file).href);
    await use(page);
  } finally {
    await browser.close();
  }
}

/** A picture of the picture, in a page: of an SVG by itself the browser takes none. */
async function photograph(page: Page, file: string, path: string): Promise<void> {
  writeFileSync(`${file}.html`, `<body style="margin: 0"><img src="${basename(file)}">`);
  await page.goto(pathToFileURL(`${file}.html`).href);
  await page.screenshot({ path, fullPage: true });
}

/** What is in a picture: its texts, what of them lies outside, and which files of the font were drawn with. */
const looked = (page: Page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    const whole = document.documentElement.getBoundingClientRect();
    const texts = [...document.querySelectorAll('text')].filter((text) => text.textContent !== '');
    const outside = texts.filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < whole.left || box.right > whole.right || box.top < whole.top || box.bottom > whole.bottom;
    });
    return {
      texts: texts.map((text) => text.textContent),
      boxes: texts.map((text) => {
        const { x, y, width, height } = text.getBoundingClientRect();
        return { x, y, width, height };
      }),
      outside: outside.map((text) => text.textContent),
      faces: [...document.fonts].map(({ status }) => status),
      requests: performance.getEntriesByType('resource').filter(({ name }) => !name.startsWith('data:')).length,
    };
  });

test('a chart is saved for print, and looks the same elsewhere', async ({ open, workspace, shell }) => {
  fillWithNamedRuns(workspace.folder);
  const app = await open();
  const { page } = app;
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.rows()).toHaveCount(runNames.length);
  await runs.grid().focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Curves' }).click();
  await expect(page.getByRole('heading', { name: `Curves of ${runNames.length} runs` })).toBeVisible();
  await expect(page.locator('.chart-waiting')).toHaveCount(0);
  // Paper is white whatever the app is.
  await page.emulateMedia({ colorScheme: 'dark' });

  const svg = join(workspace.folder, 'elsewhere.svg');
  const saved = await save(app, 'Save the chart Loss', 'SVG', join(workspace.folder, 'loss.svg'));
  await page.screenshot({ path: picture(shell, 'saved-from') });
  copyFileSync(saved, svg);
  const source = readFileSync(svg, 'utf8');
  expect(source).not.toMatch(/(?:href|src)=["']https?:/);
  let boxes: Awaited<ReturnType<typeof looked>>['boxes'] = [];
  await elsewhere(svg, async (other) => {
    const { texts, outside, faces, requests, boxes: found } = await looked(other);
    boxes = found;
    const all = texts.join('\n').replaceAll(/\s+/g, ' ');
    for (const name of runNames) expect.soft(all, name).toContain(name);
    expect.soft(outside).toEqual([]);
    // Latin, extended Latin, Vietnamese, Greek and Cyrillic: each was in the file, and each was needed.
    expect.soft(faces.length).toBeGreaterThanOrEqual(5);
    expect.soft(new Set(faces)).toEqual(new Set(['loaded']));
    expect.soft(requests).toBe(0);
    await photograph(other, svg, picture(shell, 'saved-svg'));
  });

  const png = await save(app, 'Save the chart Loss', 'PNG', join(workspace.folder, 'loss.png'));
  copyFileSync(png, picture(shell, 'saved-png'));
  const bytes = readFileSync(png);
  expect(bytes.readUInt32BE(16)).toBe(4000);
  expect(bytes.toString('latin1', 37, 41)).toBe('pHYs');
  expect(bytes.readUInt32BE(41)).toBe(11811);
  await elsewhere(png, async (other) => {
    const { corners, inked } = await other.evaluate(
      ([legend, scale]) => {
        const image = document.querySelector('img')!;
        const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        const at = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data].join(' ');
        const isInked = ({ x, y, width, height }: (typeof legend)[number]) =>
          new Set(new Uint32Array(context.getImageData(x * scale, y * scale, width * scale, height * scale).data.buffer)).size > 10;
        return { corners: [at(2, 2), at(canvas.width - 3, canvas.height - 3)], inked: legend.map(isInked) };
      },
      [boxes, 4] as const,
    );
    expect(corners).toEqual(['255 255 255 255', '255 255 255 255']);
    // Every text of the SVG is at its place.
    expect(inked).toEqual(boxes.map(() => true));
  });

  // Over time.
  await page.getByRole('button', { name: 'Axes and smoothing' }).click();
  await page.getByRole('combobox', { name: 'Over' }).selectOption({ label: 'time since the start' });
  await expect(page.locator('.chart-waiting, [aria-busy="true"]')).toHaveCount(0);
  const timed = await save(app, 'Save the chart Loss', 'SVG', join(workspace.folder, 'timed.svg'));
  copyFileSync(timed, svg);
  await elsewhere(svg, async (other) => {
    const { texts, outside } = await looked(other);
    expect.soft(texts.some((text) => /^\d+ s$/.test(text))).toBe(true);
    expect.soft(outside).toEqual([]);
    await photograph(other, svg, picture(shell, 'saved-timed'));
  });
});
