/** All of it without the mouse, and the keyboard is somewhere to be seen at each step. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

/** The names of what Tab comes to until it is where it began; each is on the screen and looks as what has the keyboard. */
async function tabbedThrough(page: Page): Promise<string[]> {
  const names: string[] = [];
  // What comes while one goes through it would be met or not.
  await expect(page.locator('.chart-waiting, [aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(() => Object.assign(window, { tabbed: new Set([document.activeElement]) }));
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const { tabbed } = window as unknown as { tabbed: Set<Element | null> };
      const at = document.activeElement;
      if (tabbed.has(at)) return undefined;
      tabbed.add(at);
      // From the last of a page a browser goes to its own controls before it begins again.
      if (!at || at === document.body) return { name: '', problem: tabbed.size < 5 ? 'nowhere' : '' };
      const { left, top, right, bottom } = at.getBoundingClientRect();
      const isSeen = at.checkVisibility({ checkVisibilityCSS: true }) && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      const outlined = (element: Element, part?: string) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element, part);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      };
      // Some show it on what they are the frame of, or on what frames them.
      const parts = [at, at.parentElement!, at.querySelector('.cell-box'), at.querySelector('.run-row.active')].filter(
        (part) => part !== null,
      );
      const isShown = parts.some((part) => outlined(part) || outlined(part, '::after') || outlined(part, '::before'));
      const name = at.getAttribute('aria-label') ?? at.textContent?.trim() ?? '';
      return { name, problem: isSeen ? (isShown ? '' : 'without an outline') : 'out of sight' };
    });
    if (!stop) return names;
    expect.soft(stop.problem, stop.name).toBe('');
    names.push(stop.name);
  }
}

test('from an empty page to a finished report without the mouse', async ({ open, workspace }) => {
  const rows = Array.from({ length: 60 }, (_, row) => `${row % 7},${(row * 13) % 11},${['red', 'green', 'blue'][row % 3]}`);
  workspace.write('boxes.csv', `width,height,kind\n${rows.join('\n')}\n`);
  const { page } = await open();
  const notebook = new NotebookPage(page);
  const keys = page.keyboard;
  const command = async (words: string) => {
    await keys.press('ControlOrMeta+Shift+P');
    await keys.type(words);
    await keys.press('Enter');
  };
  await expect(page.getByRole('heading', { name: 'Start with a question' })).toBeVisible();
  await command('New notebook');
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Title' })).toBeFocused();
  await keys.type('Boxes');
  await keys.press('Enter');
  await notebook.shows('Boxes');
  await expect(page.getByRole('main')).toBeFocused();
  await command('Add a data cell');
  await expect(notebook.cell('data').locator('.monaco-editor.focused')).toBeVisible();
  await expect(notebook.cell('data')).toContainText("data.csv('boxes.csv')");
  await expect(notebook.cell('data')).toContainText(".target('kind')");
  await keys.press('ControlOrMeta+a');
  await keys.type("data.csv('boxes.csv').target('kind').split({ validation: 0.2, seed: 1 ");
  await notebook.isFresh('data');
  // A new model fits the data above it.
  await command('Add a model cell');
  await expect(notebook.cell('model')).toContainText("units: 3, activation: 'softmax'");
  await command('Add a train cell');
  await expect(notebook.cell('training').locator('.view-lines')).toBeInViewport({ ratio: 1 });
  await expect(notebook.cell('training').locator('.monaco-editor.focused')).toBeVisible();
  await notebook.isFresh('model');
  // The last cell: nothing below it to go to, and what comes of the run is brought into view.
  await keys.press('Shift+Enter');
  await notebook.runEnds('completed');
  await expect(notebook.run()).toBeInViewport();
  await keys.press('Escape');
  await keys.press('b');
  await keys.press('m');
  await keys.press('Enter');
  await keys.type('## What came of it\n\nThe small net **tells** them apart.');
  await keys.press('Escape');
  await expect(page.getByRole('heading', { name: 'What came of it' })).toBeVisible();
  await command('Export report');
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'File' })).toBeFocused();
  await keys.press('Enter');
  await expect(page.getByRole('button', { name: 'Done' })).toBeFocused();
  await keys.press('Enter');
  await expect(page.locator('.of-prose')).toBeFocused();
  const report = readFileSync(join(workspace.folder, 'boxes.html'), 'utf8');
  expect(report).toContain('The small net <strong>tells</strong> them apart.');

  await test.step('Tab goes through all of a notebook, past the text of its cells, and round again', async () => {
    const stops = await tabbedThrough(page);
    for (const stop of ['Title of the notebook', 'data cell data', 'train cell training', 'Details', 'Run all'])
      expect(stops).toContain(stop);
  });

  await test.step('with another run, both are chosen and laid side by side', async () => {
    await notebook.cell('training').focus();
    await keys.press('Enter');
    await expect(notebook.cell('training').locator('.monaco-editor.focused')).toBeVisible();
    await keys.press('ControlOrMeta+Enter');
    await expect(notebook.cell('training')).toContainText('2 runs', { timeout: 60_000 });
    await notebook.runEnds('completed');
    await keys.press('Escape');
    await keys.press('ControlOrMeta+Alt+2');
    const grid = page.getByRole('grid', { name: 'Runs' });
    await expect(grid).toBeFocused();
    await keys.press('ControlOrMeta+a');
    await expect(page.getByRole('row', { selected: true })).toHaveCount(2);
    await tabbedThrough(page);
    await keys.press('ControlOrMeta+Enter');
    await expect(page.getByRole('heading', { name: '2 runs side by side' })).toBeVisible();
    await expect(page.getByRole('main')).toBeFocused();
    expect(await tabbedThrough(page)).toContain('All runs');
    await keys.press('ControlOrMeta+Alt+1');
    await expect(notebook.cell('training')).toBeFocused();
  });
});
