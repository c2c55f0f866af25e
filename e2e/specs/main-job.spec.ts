/** From a sample to two compared runs and an exported model, as a newcomer does it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { ExportDialog } from '../pages/export-dialog.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { ComparisonPage, RunsPage } from '../pages/runs-page.ts';

test('two runs of the sample, watched, compared, and the better one exported', async ({ open, workspace }) => {
  const { page } = await open();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const notebook = new NotebookPage(page);

  await test.step('an empty folder opens on the first sample, ready to train', async () => {
    await notebook.shows('Clothes, ten classes');
    await notebook.isFresh('clothes');
    await expect(notebook.cell('clothes')).toContainText('8,000 to train');
    await expect(notebook.cell('clothes')).toContainText('2,000 validation');
    await expect(notebook.cell('clothes')).toContainText('28 × 28 × 1 image');
    await expect(notebook.cell('clothes').getByRole('list', { name: 'The first images' }).getByRole('listitem')).toHaveCount(20);
    await notebook.isFresh('network');
    // 8 filters of 3 × 3 and their biases; 13 × 13 × 8 values to each of ten classes and their biases.
    await expect(notebook.cell('network').getByRole('row', { name: /^conv2d/ })).toContainText('80');
    await expect(notebook.cell('network').getByRole('row', { name: /^dense/ })).toContainText('13,530');
    await expect(notebook.cell('network')).toContainText('13,610 parameters');
    await expect(notebook.cell('network')).toContainText(/about .+ an epoch/);
  });

  await test.step('every epoch is seen as it ends', async () => {
    await notebook.setKnob('epochs', '3');
    await notebook.runAll();
    await notebook.isSeen('epoch 2 of 3', 1);
    await notebook.isSeen('epoch 3 of 3', 2);
    await notebook.runEnds('completed');
    await expect.poll(() => notebook.epochsDrawn()).toBe(3);
    await expect(notebook.run()).toContainText('3 epochs in');
  });

  await test.step('a second run with another knob', async () => {
    await notebook.setKnob('filters', '4');
    await notebook.isFresh('network');
    await notebook.runAllAgain();
    await notebook.runEnds('completed');
    await expect(notebook.run().getByRole('table', { name: 'Runs of this cell' }).getByRole('row')).toHaveCount(3);
  });

  const runs = new RunsPage(page);
  await test.step('both in the table, with what sets them apart', async () => {
    await notebook.goTo('Runs');
    await expect(runs.rows()).toHaveCount(2);
    for (const row of await runs.rows().all()) await expect(row).toContainText('completed');
    for (const box of await page.getByRole('checkbox', { name: /^Choose (?!all)/ }).all()) await box.check();
    await runs.compare();
    const comparison = new ComparisonPage(page);
    await expect(comparison.title()).toHaveText('2 runs side by side');
    expect((await comparison.values('filters')).slice(0, 2).sort()).toEqual(['4', '8']);
    const best = await comparison.values(/^val loss, min|^val loss, best/);
    // Chance is ln 10, about 2.3; three epochs are far better.
    for (const value of best.slice(0, 2)) expect(Number.parseFloat(value)).toBeLessThan(0.9);
    await expect(comparison.row('epochs')).toHaveCount(0);
  });

  await test.step('the model on the disk gives the predictions it gave', async () => {
    await page.getByRole('button', { name: 'All runs' }).click();
    await runs.rows().first().click();
    await page.getByRole('button', { name: 'Export…' }).last().click();
    const folder = join(workspace.folder, 'exported');
    const dialog = new ExportDialog(page);
    expect(await dialog.write(folder)).toMatch(/^Loaded again and verified on [\d,]+ samples$/);
    await dialog.close();
    const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
      format: string;
      weightsManifest: { paths: string[] }[];
    };
    expect(model.format).toBe('layers-model');
    const bytes = model.weightsManifest.flatMap(({ paths }) => paths).map((path) => statSync(join(folder, path)).size);
    // Four filters: 4·(9 + 1) + 10·(13·13·4 + 1) numbers of four bytes.
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBe(4 * (4 * 10 + 10 * (13 * 13 * 4 + 1)));
  });

  expect(existsSync(join(workspace.folder, '.epochbook', 'epochbook.sqlite'))).toBe(true);
  expect(problems).toEqual([]);
});

test('what is changed in a cell is saved, and its model is worked out anew when the typing stops', async ({ open, workspace }) => {
  const { page } = await open();
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('network');
  await notebook.replaceText('network', "sequential([\n  layers.flatten(),\n  layers.dense({ units: 10, activation: 'softmax' }),\n])");
  // 28 · 28 · 10 weights and ten biases.
  await expect(notebook.cell('network')).toContainText('7,850 parameters', { timeout: 60_000 });
  await notebook.isFresh('network');
  const file = join(workspace.folder, 'clothes', 'clothes.epoch.md');
  await expect.poll(() => readFileSync(file, 'utf8')).toContain('sequential([\n  layers.flatten(),');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('```ts model #network\n');
  expect(text).toContain('Things to try: 32 filters');
});

test('a run is stopped between two steps, keeps its epochs, and the next one can start', async ({ open }) => {
  const { page } = await open();
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('network');
  await notebook.setKnob('epochs', '100');
  await notebook.runAll();
  await notebook.reaches(2, 100);
  await notebook.run().getByRole('button', { name: 'Pause' }).click();
  await expect(notebook.stage()).toHaveText(/^paused, epoch \d+ of 100$/);
  await notebook.run().getByRole('button', { name: 'Continue' }).click();
  await expect(notebook.stage()).toHaveText(/^epoch \d+ of 100$/);
  await notebook.run().getByRole('button', { name: 'Stop' }).click();
  await notebook.runEnds('stopped');
  await expect.poll(() => notebook.epochsDrawn()).toBeGreaterThanOrEqual(1);
  await notebook.setKnob('epochs', '1');
  await notebook.runAll();
  await expect(notebook.run()).toContainText('1 epoch in', { timeout: 60_000 });
  await expect(notebook.state('training')).toHaveAccessibleName('Cell training: fresh');
  await notebook.setKnob('epochs', '2');
  await expect(notebook.state('training')).toHaveAccessibleName('Cell training: stale, epochs was set');
});
