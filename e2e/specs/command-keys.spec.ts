/** Jupyter's command mode: selections over several cells, and every key that acts on them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

const text = `---
epochbook: 1
title: Keys
---
First words

\`\`\`ts code #one
const one = 1
\`\`\`

\`\`\`ts code #two
const two = 2
\`\`\`

\`\`\`ts code #three
const three = 3
\`\`\`

Last words
`;

test('keys select over cells, and commands act on all that is selected', async ({ open, shell, workspace }) => {
  const file = workspace.write('keys.epoch.md', text);
  const { page } = await open('keys.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Keys');
  await notebook.isFresh('three');
  const keys = page.keyboard;
  const blocks = page.locator('[data-key]');
  const order = () =>
    expect.poll(() => blocks.evaluateAll((all) => all.map((block) => block.getAttribute('aria-label')!.split(' ').at(-1))));
  const chosen = page.getByRole('status').filter({ hasText: 'cells selected' });
  const undo = async () => {
    await keys.press('z');
    await order().toEqual(['text', 'one', 'two', 'three', 'text']);
  };
  /** Goes to a cell in command mode. */
  const goTo = async (id: string) => {
    await notebook.cell(id).focus();
    await keys.press('Escape');
    await expect(notebook.cell(id)).toBeFocused();
  };

  await test.step('Shift+J and Shift+K, the arrows and the ends extend; J, Escape and a click end it', async () => {
    await goTo('one');
    await keys.press('Shift+J');
    await expect(chosen).toHaveText('2 cells selected');
    await expect(notebook.cell('two')).toBeFocused();
    await keys.press('Shift+ArrowDown');
    await expect(chosen).toHaveText('3 cells selected');
    await look(page, shell, 'selection');
    await keys.press('Shift+K');
    await keys.press('Shift+ArrowUp');
    await expect(chosen).toBeHidden();
    await keys.press('Shift+End');
    await expect(chosen).toHaveText('4 cells selected');
    await keys.press('Shift+Home');
    await expect(chosen).toHaveText('2 cells selected');
    await keys.press('j');
    await expect(chosen).toBeHidden();
    await keys.press('ControlOrMeta+a');
    await expect(chosen).toHaveText('5 cells selected');
    await keys.press('Escape');
    await expect(chosen).toBeHidden();
    await goTo('one');
    await notebook.cell('three').click({ modifiers: ['Shift'], position: { x: 4, y: 4 } });
    await expect(chosen).toHaveText('3 cells selected');
    await notebook.cell('two').click({ position: { x: 4, y: 4 } });
    await expect(chosen).toBeHidden();
  });

  await test.step('cut, copied, pasted below and above, removed; each undone at once', async () => {
    await goTo('one');
    await keys.press('Shift+J');
    await keys.press('x');
    await order().toEqual(['text', 'three', 'text']);
    await expect(page.getByText('2 cells were removed.')).toBeVisible();
    await expect(notebook.cell('three')).toBeFocused();
    await keys.press('v');
    await order().toEqual(['text', 'three', 'one', 'two', 'text']);
    await expect(chosen).toHaveText('2 cells selected');
    await keys.press('z');
    await keys.press('z');
    await order().toEqual(['text', 'one', 'two', 'three', 'text']);
    await goTo('one');
    await keys.press('Shift+J');
    await keys.press('c');
    await goTo('three');
    await keys.press('Shift+V');
    await order().toEqual(['text', 'one', 'two', 'one2', 'two2', 'three', 'text']);
    await undo();
    await goTo('two');
    await keys.press('Shift+J');
    await keys.press('d');
    await keys.press('d');
    await order().toEqual(['text', 'one', 'text']);
    await undo();
  });

  await test.step('moved and merged', async () => {
    await goTo('two');
    await keys.press('Shift+J');
    await keys.press('ControlOrMeta+Shift+ArrowUp');
    await order().toEqual(['text', 'two', 'three', 'one', 'text']);
    await expect(chosen).toHaveText('2 cells selected');
    await undo();
    await goTo('one');
    await keys.press('Shift+J');
    await keys.press('Shift+J');
    await keys.press('Shift+M');
    await order().toEqual(['text', 'one', 'text']);
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('const one = 1\n\nconst two = 2\n\nconst three = 3\n');
    await undo();
    await goTo('two');
    await keys.press('ControlOrMeta+Backspace');
    await order().toEqual(['text', 'one', 'three', 'text']);
    await undo();
    await keys.press('ControlOrMeta+a');
    await keys.press('Shift+M');
    await expect(page.getByText('Cells and text cannot be merged into one.')).toBeVisible();
    await order().toEqual(['text', 'one', 'two', 'three', 'text']);
  });

  await test.step('made text and headings, and cells again', async () => {
    await goTo('one');
    await keys.press('Shift+J');
    await keys.press('m');
    await order().toEqual(['text', 'text', 'text', 'three', 'text']);
    await keys.press('y');
    await order().toEqual(['text', 'helpers', 'helpers2', 'three', 'text']);
    await keys.press('z');
    await undo();
    await keys.press('ControlOrMeta+a');
    await keys.press('2');
    await expect(page.locator('.prose').getByRole('heading', { level: 2 })).toHaveText([
      'First words',
      'const one = 1',
      'const two = 2',
      'const three = 3',
      'Last words',
    ]);
    await keys.press('4');
    await expect(page.locator('.prose').getByRole('heading', { level: 4 })).toHaveCount(5);
    await keys.press('z');
    await undo();
    await expect.poll(() => readFileSync(file, 'utf8')).toBe(text);
  });

  await test.step('a new cell made text is written at once', async () => {
    await goTo('three');
    await keys.press('b');
    await expect(notebook.cell('helpers')).toBeFocused();
    await keys.press('m');
    await keys.press('Enter');
    await keys.type('What came of it');
    await keys.press('Escape');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('```\n\nWhat came of it\n\nLast words\n');
  });

  await test.step('the palette and the sheet list them, and a key given there is the one', async () => {
    await keys.press('h');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByRole('textbox', { name: 'Search for an action' }).fill('Paste above');
    await sheet.getByRole('button', { name: 'Other keys for: Paste above' }).click();
    await keys.press('u');
    await keys.press('Escape');
    // On a button as well, as it means nothing there; in a text it is typed.
    const button = notebook.cell('one').getByRole('button', { name: 'Move up' });
    await button.focus();
    await keys.press('?');
    await expect(sheet).toBeVisible();
    await keys.press('Escape');
    await expect(button).toBeFocused();
    await goTo('one');
    await keys.press('c');
    await keys.press('u');
    await order().toEqual(['text', 'one2', 'one', 'two', 'three', 'text', 'text']);
    await keys.press('ControlOrMeta+Shift+P');
    await page.getByRole('combobox').fill('heading of level 3');
    await page.getByRole('combobox').press('Enter');
    await expect(page.locator('.prose').getByRole('heading', { level: 3 })).toHaveText('const one = 1');
  });
});

test('headings collapse with what is under them, and lines have numbers', async ({ open, shell, workspace }) => {
  const fence = '```';
  const cell = (id: string) => `${fence}ts code #${id}\nconst ${id} = 1\nconst more_${id} = 2\n${fence}\n\n`;
  const file = workspace.write(
    'headings.epoch.md',
    `---\nepochbook: 1\ntitle: Headings\n---\n## First\n\n${cell('one')}### Deeper\n\n${cell('two')}## Second\n\n${cell('three')}`,
  );
  const { page } = await open('headings.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Headings');
  await notebook.isFresh('three');
  const before = readFileSync(file, 'utf8');
  const keys = page.keyboard;
  const cells = page.locator('[data-key]');
  const first = cells.filter({ hasText: 'First' });

  await test.step('Left collapses or goes to the heading above, Right opens; J and Shift+J pass over what is hidden', async () => {
    await notebook.cell('two').focus();
    await keys.press('Escape');
    await keys.press('ArrowLeft');
    await expect(cells.filter({ hasText: 'Deeper' })).toBeFocused();
    await keys.press('ArrowLeft');
    await expect(notebook.cell('two')).toBeHidden();
    await expect(notebook.cell('one')).toBeVisible();
    await keys.press('ArrowLeft');
    await expect(first).toBeFocused();
    await keys.press('ArrowLeft');
    await expect(cells).toHaveCount(3);
    await expect(first.getByRole('button', { name: '3 cells under this heading' })).toHaveAttribute('aria-expanded', 'false');
    await look(page, shell, 'collapsed');
    await keys.press('j');
    await expect(cells.filter({ hasText: 'Second' })).toBeFocused();
    await keys.press('k');
    await keys.press('ArrowRight');
    await expect(notebook.cell('one')).toBeVisible();
    await expect(notebook.cell('two')).toBeHidden();
    await keys.press('ArrowLeft');
  });

  await test.step('what is hidden is shown when it is gone to: from the outline, by finding, by undo', async () => {
    await page.locator('.outline').getByRole('button', { name: /two/ }).click();
    await expect(notebook.cell('two')).toBeFocused();
    await first.getByRole('button', { name: '3 cells under this heading' }).click();
    await expect(notebook.cell('one')).toBeHidden();
    await keys.press('ControlOrMeta+f');
    await keys.type('more_one');
    await keys.press('Enter');
    await expect(notebook.cell('one').locator('.found.current')).toBeVisible();
    await keys.press('Escape');
    await first.focus();
    await keys.press('ArrowLeft');
    await keys.press('b');
    // A cell that was added there is not added out of sight.
    await expect(cells).toHaveCount(7);
    await keys.press('z');
    await expect(cells).toHaveCount(6);
  });

  await test.step('a collapsed heading and a folded cell stay so when the page is loaded anew', async () => {
    const kept = () => readFileSync(join(workspace.folder, '.epochbook', 'views.json'), 'utf8');
    await notebook.cell('three').focus();
    await keys.press('o');
    await cells.filter({ hasText: 'Deeper' }).focus();
    await keys.press('ArrowLeft');
    await expect.poll(kept).toContain('Deeper');
    await page.reload();
    await expect(notebook.cell('one')).toBeVisible();
    await expect(notebook.cell('two')).toBeHidden();
    await expect(notebook.cell('three').locator('.cell-folded')).toBeVisible();
    await cells.filter({ hasText: 'Deeper' }).focus();
    await keys.press('ArrowRight');
    await notebook.cell('three').focus();
    await keys.press('o');
    await expect.poll(kept).not.toContain('three');
  });

  await test.step('Shift+L numbers the lines of all cells, and it stays so', async () => {
    await first.focus();
    await keys.press('Shift+L');
    await expect(notebook.cell('three').locator('.line-numbers')).toHaveText(['1', '2']);
    await look(page, shell, 'line-numbers');
    await page.reload();
    await expect(notebook.cell('one').locator('.line-numbers')).toHaveText(['1', '2']);
    await notebook.cell('one').focus();
    await keys.press('Escape');
    await keys.press('Shift+L');
    await expect(page.locator('.line-numbers')).toHaveCount(0);
  });
  await expect.poll(() => readFileSync(file, 'utf8')).toBe(before);
});
