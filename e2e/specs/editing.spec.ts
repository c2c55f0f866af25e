/** Editing as in an IDE, by keyboard: found, replaced, mended, formatted, undone. */
import { readFileSync } from 'node:fs';
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
  await expect(notebook.state('network')).toHaveAccessibleName('Cell network: failed', { timeout: 60_000 });
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

test('what the editor says of the cell language changes with the language of the screen', async ({ open, workspace }) => {
  workspace.write('table.csv', table);
  workspace.write('tall.epoch.md', text);
  const { page } = await open('tall.epoch.md');
  const name = page.locator('.view-line span', { hasText: /^dense$/ }).first();
  // What is measured beside the line may move the word from under the pointer: it is pointed at again, then.
  const says = (words: string) =>
    expect(async () => {
      await page.mouse.move(0, 0);
      await name.hover();
      await expect(page.locator('.monaco-hover').filter({ visible: true })).toContainText(words, { timeout: 10_000 });
    }).toPass({ timeout: 60_000 });
  /** Where nothing can come next. */
  const saysOfNothing = async (words: string) => {
    const cell = page.getByRole('group', { name: /helpers$/ });
    await cell.locator('.view-lines').first().click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('const text = "zzz');
    await page.keyboard.press('Control+Space');
    await expect(page.locator('.suggest-widget .message').filter({ visible: true })).toHaveText(words);
    await page.keyboard.press('Escape');
  };
  /** What is said while one types: of a call's options, of what could come next, and of a name that is not there. */
  const saysOfTyped = async (wanted: { readonly call: string; readonly option: string; readonly wrong: string }) => {
    const cell = page.getByRole('group', { name: /helpers$/ });
    await cell.scrollIntoViewIfNeeded();
    await cell.locator('.view-lines').first().click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('layers.dense(');
    await expect(page.locator('.parameter-hints-widget.visible')).toContainText(wanted.call);
    await page.keyboard.press('Escape');
    await page.keyboard.type('{ units: 1, useB');
    const list = page.locator('.suggest-widget.visible');
    // It comes by itself, except on a machine that is too slow for it: there it is asked for.
    let asks = false;
    await expect(async () => {
      if (asks && !(await list.isVisible())) await page.keyboard.press('Control+Space');
      asks = true;
      await expect(list.getByText('useBias').first()).toBeVisible({ timeout: 10_000 });
    }).toPass({ timeout: 60_000 });
    if (!(await page.locator('.suggest-details').filter({ visible: true }).isVisible())) await page.keyboard.press('Control+Space');
    await expect(page.locator('.suggest-details').filter({ visible: true })).toContainText(wanted.option);
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('unit5');
    await page.keyboard.press('Escape');
    await expect(cell.locator('.squiggly-error')).toBeVisible();
    await expect(async () => {
      await page.mouse.move(0, 0);
      await cell.locator('.view-line').getByText('unit5').hover();
      await expect(page.locator('.monaco-hover').filter({ visible: true })).toContainText(wanted.wrong, { timeout: 10_000 });
    }).toPass({ timeout: 60_000 });
  };
  await says('Every output is a weighted sum of all inputs.');
  await saysOfTyped({ call: 'Every output', option: 'Whether a bias is added.', wrong: "Cannot find name 'unit5'." });
  await saysOfNothing('No suggestions.');
  await page.getByRole('contentinfo').getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await says('每个输出都是所有输入的加权和。');
  await saysOfTyped({ call: '每个输出', option: '是否加上偏置。', wrong: '找不到名称“unit5”。' });
  await saysOfNothing('没有建议。');
  await page.getByRole('contentinfo').getByRole('button', { name: '语言' }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await says('Every output is a weighted sum of all inputs.');
});
