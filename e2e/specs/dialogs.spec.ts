/** Every dialog in both themes: nothing that axe objects to, and the keyboard goes back to where it was. */
import type { Locator } from 'playwright/test';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { RunsPage } from '../pages/runs-page.ts';

const table = `width,height,kind\n${'1.5,2,tall\n3,1,flat\n1,4,tall\n5,2,flat\n'.repeat(12)}`;
const text = `---
epochbook: 1
title: Tall or flat
---
\`\`\`ts data #table
data.csv('table.csv').target('kind').split({ validation: 0.25, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([layers.dense({ units: param('units', 8, { min: 2, max: 16 }), activation: 'relu' }), layers.dense({ units: 2, activation: 'softmax' })])
\`\`\`

\`\`\`ts train #training
train({ epochs: param('epochs', 3), batchSize: 8, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], seed: 7 })
\`\`\`
`;

test('every dialog, light and dark', async ({ open, shell, workspace }) => {
  test.setTimeout(300_000);
  workspace.write('table.csv', table);
  workspace.write('tall.epoch.md', text);
  const { page } = await open('tall.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Tall or flat');
  await notebook.runAll();
  await notebook.runEnds('completed');

  const dialogs = page.getByRole('dialog');
  const command = async (title: string) => {
    await page.keyboard.press('ControlOrMeta+Shift+P');
    await page.getByRole('combobox', { name: 'Search or run a command' }).fill(title);
    await expect(page.getByRole('listbox', { name: 'Commands found' }).getByRole('option').first()).toContainText(title);
    await page.keyboard.press('Enter');
  };
  /** Looks at the dialog that `opens` opens, and at what `within` makes of it. */
  const seen = async (name: string, title: string | RegExp, opens: () => Promise<void>, within?: (dialog: Locator) => Promise<void>) => {
    await test.step(name, async () => {
      await opens();
      const dialog = page.getByRole('dialog', { name: title });
      await expect(dialog).toBeVisible();
      await look(page, shell, `dialog-${name}`, 'dialog[open]');
      await within?.(dialog);
      await page.keyboard.press('Escape');
      await expect(dialogs).toHaveCount(0);
      await expect
        .poll(() => page.evaluate(() => document.activeElement !== document.body), { message: `the keyboard after ${name}` })
        .toBe(true);
    });
  };

  await notebook.cell('training').focus();
  await seen(
    'palette',
    'Commands',
    () => page.keyboard.press('ControlOrMeta+Shift+P'),
    async (dialog) => {
      await dialog.getByRole('combobox').fill('no such command');
      await look(page, shell, 'dialog-palette-none', 'dialog[open]');
    },
  );
  await seen(
    'shortcuts',
    'Keyboard shortcuts',
    () => page.keyboard.press('h'),
    async (sheet) => {
      await sheet.getByRole('button', { name: 'Other keys for: Paste above' }).click();
      await look(page, shell, 'dialog-shortcuts-recording', 'dialog[open]');
      await sheet.getByRole('button', { name: 'Press the keys…' }).press('c');
      await expect(sheet.getByRole('alert')).toContainText('C is for “Copy the cell”.');
      await look(page, shell, 'dialog-shortcuts-conflict', 'dialog[open]');
    },
  );
  await seen('new-notebook', 'New notebook', () => command('New notebook…'));
  await seen('open-folder', 'Open another folder', () => command('Open another folder…'));
  await seen('report', 'Export a report', () => command('Export report…'));
  await seen('export', 'Export the model', () => page.keyboard.press('ControlOrMeta+Shift+E'));
  await seen('use', 'Use the model', () => command('Use the model…'));
  await seen('sweep', 'Sweep knobs', () => command('Sweep knobs…'));
  const status = page.getByRole('contentinfo');
  await seen('engine', 'Engine', () => status.getByRole('button', { name: /threads/ }).click());
  await seen('storage', 'Storage', () => status.getByRole('button', { name: /^workspace / }).click());

  const runs = new RunsPage(page);
  await runs.open();
  await runs.rows().first().click();
  const menu = async (button: string | RegExp, item: string | RegExp) => {
    await page.getByRole('main').getByRole('button', { name: button }).first().click();
    await look(page, shell, `menu-${String(item).replaceAll(/\W+/g, '-').toLowerCase()}`);
    await page.getByRole('menuitem', { name: item }).click();
  };
  await seen('longer', /^Train .+ longer$/, () => menu('More that can be trained from this run', /^Train longer/));
  await seen('fork', /^Fork /, () => menu('More that can be trained from this run', /^Fork from an epoch/));
  await page
    .getByRole('checkbox', { name: /^Choose (?!all)/ })
    .first()
    .check();
  await seen('tags', 'Tags of the run', () => menu('Organize', /^Tags/));
  await seen('colour', 'Colour of the run', () => menu('Organize', /^Colour/));
  await seen('view', 'Save the table as a view', () => menu('Views', /^Save as a view/));
  await seen('import-runs', 'Import runs…', () => command('Import runs…'));
  await seen('export-runs', /^Export \d runs?$/, () => command('Export runs…'));
  await runs.grid().focus();
  await page.keyboard.press('Delete');
  await expect(runs.rows()).toHaveCount(0);
  await page.getByRole('button', { name: 'Show the bin' }).click();
  await seen('purge', 'Remove 1 run for good?', () => page.getByRole('button', { name: 'Empty the bin…' }).click());
});
