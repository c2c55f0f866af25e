/** A look at data: what is odd in it, the rows that show it, and the mend. */
import { AxeBuilder } from '@axe-core/playwright';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

const notebookText = `---
epochbook: 1
title: Flats
---
\`\`\`ts data #flats
data.csv('flats.csv').target('label').split({ validation: 0.2, seed: 3 })
\`\`\`
`;

/** 400 flats, ten of them twice, with a number for each and a gap here and there. */
function flats(): string {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const at = row >= 390 ? row - 390 : row;
    const [area, rooms, rent] = [20 + ((at * 37) % 101), 1 + (at % 5), 300 + ((at * 7919) % 997) / 10];
    return `${at},${area},${rooms},${rent},${(at * 31) % 7 > 3 ? 'let' : 'free'}`;
  });
  return `number,area,rooms,rent,label\n${rows.join('\n')}\n`;
}

test('findings show their rows and mend the text; rows are sorted and filtered by a click', async ({ open, workspace }) => {
  workspace.write('flats.csv', flats());
  workspace.write('flats.epoch.md', notebookText);
  const { page } = await open('flats.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Flats');
  await notebook.isFresh('flats');

  const twice = page.getByRole('listitem').filter({ hasText: 'in the training part as well' });
  await twice.getByRole('button', { name: /^Show \d+ rows|^Show the row/ }).click();
  await expect(page.getByRole('heading', { name: 'flats.csv' })).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Rows' });
  await expect(grid.getByRole('row')).not.toHaveCount(1);
  await expect(page.getByRole('button', { name: /rows of a finding|one row of a finding/ })).toBeVisible();
  await page.getByRole('button', { name: /of a finding/ }).click();
  await expect(page.getByText('400 rows · 5 columns')).toBeVisible();

  await grid.getByRole('button', { name: 'area' }).click();
  await expect(grid.getByRole('columnheader', { name: /area/ })).toHaveAttribute('aria-sort', 'ascending');
  await expect(grid.getByRole('row').nth(1)).toContainText('20');
  const panel = page.getByRole('complementary', { name: 'What the column holds' });
  await panel.getByRole('combobox', { name: 'Column' }).selectOption('label');
  await panel.getByRole('button', { name: /free/ }).click();
  await expect(page.getByRole('button', { name: 'label is free' })).toBeVisible();
  await expect(page.getByText(/^\d{3} rows · 5 columns$/)).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);

  await page.keyboard.press('Escape');
  await twice.getByRole('button', { name: 'Add .distinct()' }).click();
  await expect(page.getByText('split({ validation: 0.2, seed: 3 })').first()).toBeVisible();
  await expect(twice).toHaveCount(0);
  await notebook.isFresh('flats');
});

test('an encoding that cannot be told for certain is chosen by a click', async ({ open, shell, workspace }) => {
  // 日本語テス in Shift JIS.
  const rows = Array.from({ length: 40 }, (_, row) =>
    Buffer.concat([Buffer.from('93fa967b8cea836583582c', 'hex'), Buffer.from(`${row},${row % 2}\n`)]),
  );
  workspace.write('words.csv', Buffer.concat([Buffer.from('word,size,label\n'), ...rows]));
  workspace.write('words.epoch.md', notebookText.replace('flats.csv', 'words.csv').replace("'label')", "'label').drop('word')"));
  const { page } = await open('words.epoch.md');
  const notebook = new NotebookPage(page);
  const mends = page.getByRole('group', { name: 'What may be done about it' });
  await expect(page.getByText('the text is not UTF-8, nor anything else for certain')).toBeVisible();
  await look(page, shell, 'encoding-mends', '.error-mends');
  await mends.getByRole('button', { name: "Set encoding: 'shift_jis'" }).click();
  await expect(page.getByText('SHIFT_JIS')).toBeVisible();
  await notebook.isFresh('flats');
});

test('pictures are shown by class', async ({ open, shell }) => {
  const { page } = await open();
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('clothes');
  await page.getByRole('button', { name: 'Look closer at the data of clothes' }).click();
  await expect(page.getByText('10,000 pictures')).toBeVisible();
  await page.getByRole('button', { name: /Sandal/ }).click();
  await expect(page.getByRole('list', { name: 'Pictures' }).getByRole('listitem').first()).toContainText('Sandal');
  await expect(page.getByText('Measured on 1,000 of 10,000.')).toBeVisible();
  // Rows of pictures fill the width.
  const grid = page.getByRole('region', { name: 'Pictures' });
  const empty = () =>
    grid.evaluate((region) => {
      const tiles = [...region.querySelectorAll('[role=listitem], li')].map((tile) => tile.getBoundingClientRect().right);
      return region.getBoundingClientRect().right - Math.max(...tiles);
    });
  await expect.poll(empty).toBeLessThan(32);
  await look(page, shell, 'pictures');

  await page.getByRole('button', { name: 'What the model gets' }).click();
  const batch = page.getByRole('list', { name: 'Batch' });
  await expect(batch.getByRole('listitem')).not.toHaveCount(0);
  await look(page, shell, 'pictures-batch');
  const first = await batch.textContent();
  await page.getByRole('spinbutton', { name: 'Epoch' }).fill('2');
  await expect(batch).not.toHaveText(first!);
});

test('guesses and choices of data are changed by a click; a series shows its windows', async ({ open, shell, workspace }) => {
  const hours = Array.from({ length: 60 }, (_, hour) => {
    const time = new Date(Date.UTC(2024, 0, 1, hour < 40 ? hour : hour + 12)).toISOString();
    return `${time};${String((hour % 7) + 0.5).replace('.', ',')};${hour === 3 ? '-9' : hour}`;
  });
  workspace.write('hours.csv', ['time;temp;wind', ...hours].join('\n'));
  workspace.write(
    'hours.epoch.md',
    "---\nepochbook: 1\ntitle: Hours\n---\n```ts data #hours\ndata.csv('hours.csv').window({ length: 6, time: 'time' }).impute().standardize().split({ validation: 0.3 })\n```\n",
  );
  const { page } = await open('hours.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Hours');
  // Which column is to be predicted is asked for, with the columns to choose from.
  await page.getByRole('button', { name: "Add .target('temp')" }).click();
  await notebook.isFresh('hours');
  await page.getByText('Read as UTF-8, fields parted by semicolon').click();
  await expect(page.getByLabel('Fractions')).toHaveValue(',');
  await page.getByPlaceholder('more, e.g. -9, unknown').fill('-9');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(notebook.cell('hours')).toContainText("nulls: ['-9']");
  await expect(notebook.cell('hours')).toContainText('1 missing');

  await page.getByRole('button', { name: 'Look closer at the data of hours' }).click();
  await page.getByRole('button', { name: 'Series and windows' }).click();
  await expect(page.getByText(/It sees rows 1 to 6 .* and is to predict row 7/)).toBeVisible();
  await expect(page.getByText(/60 rows, \d+ windows, 1 gap/)).toBeVisible();
  await page.getByRole('slider').focus();
  await page.keyboard.press('End');
  await expect(page.getByText(/It sees rows 54 to 59 .* and is to predict row 60/)).toBeVisible();
  await look(page, shell, 'series');
  await page.getByRole('button', { name: 'What the model gets' }).click();
  await expect(page.getByRole('columnheader', { name: 'temp t−5' })).toBeVisible();
  await page.getByRole('button', { name: 'The data itself' }).click();
  await page.getByRole('columnheader', { name: /wind/ }).locator('.histogram button').first().click();
  await expect(page.getByRole('button', { name: /^wind from/ })).toBeVisible();
});

test('a batch of texts is shown with its words, and with the layers that change it once more', async ({ open, workspace }) => {
  const lines = Array.from({ length: 60 }, (_, row) => `${row % 2 ? 'good film' : 'bad film'} w${row},${row % 2 ? 'yes' : 'no'}`);
  workspace.write('films.csv', ['text,liked', ...lines].join('\n'));
  workspace.write(
    'films.epoch.md',
    "---\nepochbook: 1\ntitle: Films\n---\n```ts data #films\ndata.csv('films.csv').target('liked').tokenize('text', { length: 4 }).split({ validation: 0.2 })\n```\n```ts model #network\nsequential([layers.gaussianNoise({ stddev: 0.1 }), layers.dense({ units: 2, activation: 'softmax' })])\n```\n```ts train #training\ntrain({ epochs: 1, batchSize: 8, loss: 'sparseCategoricalCrossentropy' })\n```\n",
  );
  const { page } = await open('films.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Films');
  await notebook.isFresh('network');
  await page.getByRole('button', { name: 'Look closer at the data of films' }).click();
  await page.getByRole('button', { name: 'What the model gets' }).click();
  const batch = page.getByRole('region', { name: 'Batch' });
  await expect(batch.getByRole('row').nth(1)).toContainText(/(good|bad)\d?film/);
  await expect(page.getByText(/with its first layers, .*: GaussianNoise\./)).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test('a million rows are scrolled to their last, and few of them are on the page', async ({ open, workspace }) => {
  test.slow();
  const count = 1_000_000;
  const lines = Array.from({ length: count }, (_, row) => `${row},${(row * 7919) % 1009},${row % 3 ? 'a' : 'b'}`);
  workspace.write('million.csv', `number,value,label\n${lines.join('\n')}\n`);
  workspace.write(
    'million.epoch.md',
    "---\nepochbook: 1\ntitle: A million\n---\n```ts data #rows\ndata.csv('million.csv').target('label').split({ validation: 0.2, seed: 3 })\n```\n",
  );
  const { page } = await open('million.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('A million');
  await expect(notebook.state('rows')).toHaveAccessibleName('Cell rows: fresh', { timeout: 120_000 });
  await page.getByRole('button', { name: 'Look closer at the data of rows' }).click();
  const grid = page.getByRole('grid', { name: 'Rows' });
  await expect(page.getByText('1,000,000 rows · 3 columns')).toBeVisible();
  const shown = grid.getByRole('row');
  for (const [share, place] of [
    [0.5, /^500,0/],
    [1, /^1,000,000$/],
    [0, /^1$/],
  ] as const) {
    await grid.evaluate((element, part) => {
      element.scrollTop = part * element.scrollHeight;
    }, share);
    await expect(grid.getByRole('rowheader', { name: place }).first()).toBeVisible();
    await expect(grid.getByRole('rowheader', { name: '…', exact: true })).toHaveCount(0);
    // Every row that is shown is the file's, and stands beside its own number.
    const texts = await shown.evaluateAll((rows) => rows.slice(1).map((one) => Array.from(one.children, (cell) => cell.textContent)));
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.length).toBeLessThan(100);
    for (const [number, ...cells] of texts)
      expect(cells.map((cell) => cell?.replaceAll(',', ''))).toEqual(lines[Number(number?.replaceAll(',', '')) - 1].split(','));
  }
});
