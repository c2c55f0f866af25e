/** Knobs are swept from the train cell, and a trial's model is evaluated and asked about a file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { RunsPage } from '../pages/runs-page.ts';

const text = `---
epochbook: 1
title: Tall or flat
---
# Tall or flat

## The data

\`\`\`ts data #table
data.csv('table.csv').target('kind').split({ validation: 0.25, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([
  layers.dense({ units: param('units', 8, { min: 2, max: 16 }), activation: 'relu' }),
  layers.dense({ units: 2, activation: 'softmax' }),
])
\`\`\`

\`\`\`ts train #training
train({
  epochs: param('epochs', 3),
  batchSize: 8,
  optimizer: optimizers.adam({ learningRate: param('rate', 0.05, { min: 0.001, max: 0.1, log: true }) }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  seed: 7,
})
\`\`\`
`;

test('a sweep from the train cell, and a trial’s model in use', async ({ open, shell, workspace }) => {
  workspace.write('table.csv', `width,height,kind\n${'1.5,2,tall\n3,1,flat\n1,4,tall\n5,2,flat\n'.repeat(12)}`);
  workspace.write('new.csv', 'height,width\n9,1\n1,9\n');
  workspace.write('tall.epoch.md', text);
  const { page } = await open('tall.epoch.md');
  const notebook = new NotebookPage(page);
  // The page is the same in both shells; that trials are trained side by side is not.
  const looked = async (name: string) => shell === 'browser' && look(page, shell, name);
  await notebook.shows('Tall or flat');
  await notebook.isFresh('network');

  await notebook.cell('training').hover();
  await page.getByRole('button', { name: 'Sweep knobs…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sweep knobs' });
  await expect(dialog.getByRole('checkbox', { name: 'epochs', exact: true })).not.toBeChecked();
  await dialog.getByRole('textbox', { name: 'rate: From' }).fill('1');
  await expect(dialog.getByText('The first number must be smaller than the second.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Start the sweep' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'rate: From' }).fill('0.01');
  await dialog.getByRole('textbox', { name: 'Trials' }).fill('2');
  await dialog.getByRole('combobox', { name: 'Values are chosen' }).selectOption('Evenly (Sobol)');
  await looked('sweep-dialog');
  await dialog.getByRole('textbox', { name: 'Trials' }).press('Enter');
  const card = page.getByRole('region', { name: /^Sweep / });
  await expect(card.getByRole('status')).toHaveText('done after 2 trials', { timeout: 60_000 });
  await expect(card.getByText('Best val loss')).toBeVisible();
  await expect(card.getByRole('table').getByRole('row')).toHaveCount(3);
  await card.scrollIntoViewIfNeeded();
  await looked('sweep-done');

  await card.getByRole('button', { name: 'Show its runs' }).click();
  const runs = new RunsPage(page);
  await expect(runs.rows()).toHaveCount(2);
  await runs.rows().first().click();
  await page.getByRole('button', { name: 'Use the model…' }).click();
  const use = page.getByRole('dialog', { name: 'Use the model' });
  await use.getByRole('button', { name: 'Evaluate' }).click();
  await expect(use.getByRole('region', { name: 'Validation part: 12 samples' })).toContainText('to the bit', { timeout: 60_000 });

  await use.getByRole('tab', { name: 'Evaluate' }).press('ArrowRight');
  await use.getByRole('combobox', { name: 'Files' }).fill('new.csv');
  await use.getByRole('combobox', { name: 'Files' }).press('Enter');
  await expect(use.getByRole('table').getByRole('row')).toHaveCount(3, { timeout: 60_000 });
  await looked('use-predict');
  await use.getByRole('textbox', { name: 'Save all to' }).fill('said.csv');
  await use.getByRole('button', { name: 'Save' }).click();
  await expect(use.getByText(/^2 predictions in said\.csv/)).toBeVisible({ timeout: 60_000 });
  expect(readFileSync(join(workspace.folder, 'said.csv'), 'utf8')).toMatch(/^file,line,class,probability,p\(flat\),p\(tall\)\nnew\.csv,2,/);
  await use.getByRole('combobox', { name: 'Files' }).fill('nothing.csv');
  await use.getByRole('button', { name: 'Predict' }).click();
  await expect(use.getByRole('alert')).toContainText('nothing.csv', { timeout: 60_000 });
});
