/** A run knows the data it was trained on, by content: the notebook and the runs say so when a file is not as it was. */
import { renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { RunsPage } from '../pages/runs-page.ts';

const rows = (shift: number) =>
  ['x,kind', ...Array.from({ length: 80 }, (_, row) => `${(row % 17) + shift},${row % 17 > 8 ? 'large' : 'small'}`), ''].join('\n');
const notebook = `---
epochbook: 1
title: Known data
---
\`\`\`ts data #table
data.csv('kinds.csv').target('kind').standardize('x').split({ validation: 0.25, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([layers.dense({ units: 2, activation: 'softmax' })])
\`\`\`

\`\`\`ts train #training
train({ epochs: 2, batchSize: 16, optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], seed: 1 })
\`\`\`
`;

test('a file that changed since a run is named, by content and not by time', async ({ open, workspace }) => {
  const file = workspace.write('kinds.csv', rows(0));
  workspace.write('known.epoch.md', notebook);
  const { page } = await open('known.epoch.md');
  const cells = new NotebookPage(page);
  const runs = new RunsPage(page);
  await cells.shows('Known data');
  await cells.runAll();
  await cells.runEnds(/completed|finished|epochs/i);
  const changed = cells.cell('training').getByText('kinds.csv changed since this run', { exact: false });
  const hash = page.locator('.data-file').first();
  const openDetail = async () => {
    await runs.open();
    await runs.rows().first().dblclick();
    await expect(hash).toContainText('kinds.csv');
  };
  await expect(changed).toBeHidden();

  await test.step('another time is no change', async () => {
    utimesSync(file, new Date(), new Date(Date.now() - 86_400_000));
    await openDetail();
    await expect(hash).toHaveAttribute('title', /^SHA-256 [0-9a-f]{64}$/);
    await expect(hash.locator('.warn')).toBeHidden();
    await cells.goTo('Notebook');
    await expect(changed).toBeHidden();
  });

  await test.step('other values are', async () => {
    workspace.write('kinds.csv', rows(1));
    await expect(changed).toBeVisible();
    await openDetail();
    await expect(hash.locator('.warn')).toHaveText('changed since');
    await cells.goTo('Notebook');
  });

  await test.step('and a file that is gone', async () => {
    renameSync(file, join(workspace.folder, 'elsewhere.csv'));
    await expect(cells.cell('training').getByText('kinds.csv, which this run was trained on, is not there any more.')).toBeVisible();
  });

  await test.step('as it was: nothing more is said', async () => {
    workspace.write('kinds.csv', rows(0));
    await expect(cells.cell('training').locator('.data-since')).toBeHidden();
  });
});
