/** Editing as in an IDE, by keyboard: found, replaced, mended, formatted, undone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

const table = `width,height,kind\n${'1.5,2,tall\n3,1,flat\n1,4,tall\n5,2,flat\n'.repeat(12)}`;
const text = `---
epochbook: 1
title: Tall and flat
---
## The unit

More units, better units? $w_i$

- [ ] eight units

\`\`\`ts code #helpers
const units = 8
\`\`\`

\`\`\`ts data #table
data.csv('table.csv').target('kind').split({ validation: 0.25, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([layers.dense({ units, activation: 'relu 6' }), layers.dense({ units: 2, activation: 'softmax' })])
\`\`\`
`;

test('found and replaced over cells and prose, mended, formatted, and undone', async ({ open, shell, workspace }) => {
  workspace.write('table.csv', table);
  const file = workspace.write('tall.epoch.md', text);
  const { page } = await open('tall.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Tall and flat');
  await expect(notebook.state('network')).toHaveAccessibleName('Cell network: failed', { timeout: 30_000 });
  await expect(page.locator('.katex')).toBeVisible();

  await test.step('a slip is mended by the key, and the text keeps the keyboard', async () => {
    await notebook.cell('network').focus();
    await look(page, shell, 'mend');
    await page.keyboard.press('ControlOrMeta+.');
    await notebook.isFresh('network');
    await expect(notebook.cell('network').locator('.monaco-editor.focused')).toBeVisible();
    await page.keyboard.press('Alt+Shift+F');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain("layers.dense({ units, activation: 'relu6' }),\n  layers.dense({");
    await page.keyboard.press('Escape');
  });

  await test.step('every match is counted and gone through; all are replaced at once, and back', async () => {
    await page.keyboard.press('ControlOrMeta+h');
    const bar = page.getByRole('search');
    await bar.getByRole('textbox', { name: 'Find' }).fill('units');
    await expect(bar.getByRole('status')).toHaveText('6 found');
    await page.keyboard.press('Alt+W');
    await page.keyboard.press('Enter');
    await expect(bar.getByRole('status')).toHaveText(/^\d of 6$/);
    await look(page, shell, 'find');
    await bar.getByRole('textbox', { name: 'Replace with' }).fill('size');
    await page.keyboard.press('ControlOrMeta+Alt+Enter');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('More size, better size?');
    expect(readFileSync(file, 'utf8')).toContain('const size = 8');
    await page.keyboard.press('Escape');
    await expect(bar).toBeHidden();
    await page.keyboard.press('z');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('More units, better units?');
    expect(readFileSync(file, 'utf8')).toContain('const units = 8');
  });

  await test.step('a name is renamed in all cells', async () => {
    await notebook.cell('helpers').locator('.view-lines').getByText('units').click();
    await page.keyboard.press('F2');
    const field = page.getByRole('textbox', { name: /Rename input/ });
    await field.fill('width');
    await field.press('Enter');
    await expect.poll(() => readFileSync(file, 'utf8')).toMatch(/const width = 8[^]*units: width/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await expect.poll(() => readFileSync(file, 'utf8')).toMatch(/const units = 8[^]*dense\(\{ units,/);
  });

  await test.step('a task is ticked, and the outline goes where it says', async () => {
    await page.getByRole('checkbox', { name: 'eight units' }).check();
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('- [x] eight units');
    await page
      .getByRole('region', { name: 'Outline' })
      .getByRole('button', { name: /network/ })
      .click();
    await expect(notebook.cell('network')).toBeFocused();
  });

  await test.step('removing a cell leaves the keyboard at the one in its place', async () => {
    await page.keyboard.press('d');
    await page.keyboard.press('d');
    await expect(notebook.cell('table')).toBeFocused();
  });
});

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
  await command('Add a data cell');
  await expect(notebook.cell('data').locator('.monaco-editor.focused')).toBeVisible();
  await keys.press('ControlOrMeta+a');
  await keys.type("data.csv('boxes.csv').target('kind').split({ validation: 0.2, seed: 1 ");
  await notebook.isFresh('data');
  // A new model fits the data above it.
  await command('Add a model cell');
  await expect(notebook.cell('model')).toContainText("units: 3, activation: 'softmax'");
  await command('Add a train cell');
  await expect(notebook.cell('training').locator('.view-lines')).toBeInViewport({ ratio: 1 });
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
  const report = readFileSync(join(workspace.folder, 'boxes.html'), 'utf8');
  expect(report).toContain('The small net <strong>tells</strong> them apart.');
  await expect(page.locator('.of-prose')).toBeFocused();
});
