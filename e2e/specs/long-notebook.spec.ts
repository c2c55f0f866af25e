/** A notebook of 200 cells: few editors, and a key draws its own cell alone. And the way back to a run's text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { longName, writeLongNotebook } from '../fixtures/long-notebook.ts';
import { picture } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

/** What React tells its developer tools of a commit, as far as it is read here. */
interface Fiber {
  readonly tag: number;
  readonly flags: number;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
  readonly alternate: Fiber | null;
  readonly memoizedProps: Readonly<Record<string, unknown>> | null;
}

/** Counts, by the block's key, how often any component in a block draws; from the next load of the page on. */
async function countDrawing(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const drawn: Record<string, number> = {};
    const performedWork = 1;
    // Functions, memoized ones of two kinds.
    const components = new Set([0, 14, 15]);
    const visit = (fiber: Fiber, before: Fiber | null, above: string | undefined): void => {
      const block = (fiber.memoizedProps?.['blockKey'] as string | undefined) ?? above;
      const isNew = fiber !== before && components.has(fiber.tag) && (fiber.flags & performedWork) !== 0;
      if (block !== undefined && isNew) drawn[block] = (drawn[block] ?? 0) + 1;
      // Below a fiber that kept its children nothing was drawn.
      if (before && fiber.child === before.child) return;
      for (let child = fiber.child; child; child = child.sibling) visit(child, child.alternate, block);
    };
    Object.assign(window, {
      drawn,
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        inject: () => 1,
        checkDCE: () => undefined,
        onCommitFiberUnmount: () => undefined,
        onPostCommitFiberRoot: () => undefined,
        onCommitFiberRoot: (_renderer: number, { current }: { readonly current: Fiber }) => visit(current, current.alternate, undefined),
      },
    });
  });
}

test('in a notebook of 200 cells, a key draws its own cell alone, and editors are near the view only', async ({ open, workspace }) => {
  writeLongNotebook(workspace.folder, 200, { trains: 4 });
  const { page } = await open(longName);
  const notebook = new NotebookPage(page);
  // A page is loaded again once it has loaded: Chromium refuses it in between.
  await notebook.shows('A long notebook');
  await countDrawing(page);
  const told: string[] = [];
  page.on('console', (entry) => ['warning', 'error'].includes(entry.type()) && told.push(entry.text()));
  page.on('pageerror', ({ message }) => told.push(message));
  await page.reload();
  await notebook.shows('A long notebook');
  await expect(notebook.state('code-199')).toHaveAccessibleName('Cell code-199: fresh', { timeout: 90_000 });
  // An epoch is foreseen where that is told near the view.
  await expect(notebook.cell('train-200')).not.toContainText(' an epoch');
  await notebook.cell('train-200').scrollIntoViewIfNeeded();
  await expect(notebook.cell('train-200')).toContainText(' an epoch', { timeout: 60_000 });
  await notebook.cell('model-2').scrollIntoViewIfNeeded();
  await notebook.cell('model-2').locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+End');
  // The check that follows a pause in the typing would make them fresh again, on a slow machine between two keys.
  await page.evaluate(() => {
    const later = window.setTimeout;
    window.setTimeout = ((action: () => void, ms?: number) => (ms === 500 ? 0 : later(action, ms))) as typeof setTimeout;
  });
  // The first key makes the cells below stale, each once.
  await page.keyboard.type(' ');
  await expect(notebook.state('model-2')).toHaveAccessibleName('Cell model-2: stale, its text changed');
  await expect(notebook.state('code-199')).toHaveAccessibleName('Cell code-199: stale, model-2 changed');
  await expect(notebook.state('data-1')).toHaveAccessibleName('Cell data-1: fresh');
  await page.evaluate(() => {
    const counts = (window as unknown as { drawn: Record<string, number> }).drawn;
    for (const id of Object.keys(counts)) delete counts[id];
  });
  await page.keyboard.type('// one');
  await expect.poll(() => readFileSync(join(workspace.folder, longName), 'utf8')).toContain('model1 // one');
  const counts = await page.evaluate(() => (window as unknown as { drawn: Record<string, number> }).drawn);
  expect(Object.keys(counts)).toEqual([await notebook.cell('model-2').getAttribute('data-key')]);
  const editors = page.locator('.monaco-editor[role="code"]');
  expect(await editors.count()).toBeLessThan(20);
  // They come and go with the view.
  await notebook.cell('code-199').scrollIntoViewIfNeeded();
  await expect(notebook.cell('code-199').locator(editors)).toBeVisible();
  await expect(notebook.cell('data-1').locator(editors)).toHaveCount(0);
  expect(await editors.count()).toBeLessThan(20);
  // Chromium's autofill lays out every field of a page, seen or not, when one comes.
  await expect(page.getByRole('group', { name: 'Knobs' })).toHaveCount(50);
  await expect.poll(() => page.locator('.block').locator('input, select').count()).toBeLessThan(20);
  expect(told).toEqual([]);
});

test('a cell keeps the keyboard wherever it is moved', async ({ open, workspace }) => {
  writeLongNotebook(workspace.folder, 30, { trains: 1 });
  const { page } = await open(longName);
  const notebook = new NotebookPage(page);
  await notebook.shows('A long notebook');
  const cell = notebook.cell('model-2');
  await cell.focus();
  const place = () => cell.evaluate((element) => [...document.querySelectorAll('.block')].indexOf(element));
  const before = await place();
  // Past the ends of several groups of blocks, each way.
  for (const [key, step] of [
    ['Alt+ArrowDown', 1],
    ['Alt+ArrowUp', -1],
  ] as const) {
    const from = await place();
    for (let press = 1; press <= 20; press += 1) {
      await page.keyboard.press(key);
      await expect(cell).toBeFocused();
    }
    expect(await place()).toBe(from + 20 * step);
  }
  expect(await place()).toBe(before);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(' // here');
  await expect(cell).toContainText('// here');
});

test('what is said of a layer is read whole, beside a short line and below a long one', async ({ open, workspace, shell }) => {
  writeLongNotebook(workspace.folder, 2);
  const layer = "layers.dense({ units: 8, activation: 'relu', kernelInitializer: 'heNormal', name: ";
  const short = "  layers.dense({ units: 3, activation: 'softmax' }),\n";
  const long = Array.from({ length: 9 }, (_, index) => `${layer}'layer${index}' }),`).join(' ');
  const middle = `  layers.dense({ units: 8, activation: 'relu', kernelInitializer: 'heNormal', useBias: true, name: 'middle' }),\n`;
  const path = join(workspace.folder, longName);
  const before = readFileSync(path, 'utf8').split('```ts model')[0];
  writeFileSync(path, `${before}\`\`\`ts model #net\nsequential([\n  ${long}\n${middle}${short}])\n\`\`\`\n`);
  const { page } = await open(longName);
  const notebook = new NotebookPage(page);
  await notebook.isFresh('net');
  const notes = notebook.cell('net').locator('.line-note');
  await expect(notes).toHaveText([/^8 · 24 → (8 · 72( → )?){8}$/, '8 · 72', '3 · 27']);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: picture(shell, `line-notes-${theme}`) });
  }
  const isWhole = () => notes.evaluateAll((all) => all.every((note) => note.scrollWidth <= note.clientWidth));
  await expect.poll(isWhole).toBe(true);
  // Neither lies on another, nor on the text.
  const overlap = () =>
    notes.evaluateAll((all) =>
      all.some((note) => {
        const box = note.getBoundingClientRect();
        const texts = [...note.closest('.cell-editor')!.querySelectorAll('.view-line > span')].flatMap((line) => [
          ...line.getClientRects(),
        ]);
        return texts.some(
          (text) => text.right > box.left && text.left < box.right && text.bottom > box.top + 4 && text.top < box.bottom - 4,
        );
      }),
    );
  await expect.poll(overlap).toBe(false);
  await page.setViewportSize({ width: 800, height: 860 });
  await expect.poll(isWhole).toBe(true);
});

test('a run’s notebook text is kept, compared with what stands there now, and brought back', async ({ open, workspace }) => {
  writeLongNotebook(workspace.folder, 4);
  const { page } = await open(longName);
  const notebook = new NotebookPage(page);
  await notebook.isFresh('code-3');
  const before = readFileSync(join(workspace.folder, longName), 'utf8');
  await notebook.runAll();
  await notebook.runEnds('completed');
  await notebook.replaceText('train-4', 'train({ data: data1, model: model1, epochs: 3, loss: "sparseCategoricalCrossentropy" })');
  await expect(notebook.state('train-4')).toHaveAccessibleName(/stale, its text changed/);
  await expect.poll(() => readFileSync(join(workspace.folder, longName), 'utf8')).toContain('epochs: 3');
  await notebook.run().getByRole('button', { name: 'Details' }).click();
  await page.getByRole('tab', { name: 'Notebook as it was' }).click();
  await expect(page.locator('.diff .added')).toContainText('epochs: 3');
  await page.getByRole('button', { name: 'Restore this text' }).click();
  await expect(notebook.state('train-4')).toHaveAccessibleName('Cell train-4: fresh');
  await expect.poll(() => readFileSync(join(workspace.folder, longName), 'utf8')).toBe(before);
});
