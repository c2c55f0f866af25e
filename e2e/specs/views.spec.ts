/** Every view in both themes: a picture of each in test-results/views, and nothing that axe objects to. */
import { look, picture } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { RunsPage } from '../pages/runs-page.ts';

test('every view, light and dark', async ({ open, shell, workspace }) => {
  test.setTimeout(300_000);
  workspace.write('table.csv', `width,height,kind\n${'1.5,2,tall\n3,1,flat\n1,4,tall\n5,2,flat\n'.repeat(12)}`);
  workspace.write(
    'mistake.epoch.md',
    "---\nepochbook: 1\ntitle: A mistake, and where it is\n---\nThe second layer is misspelt.\n\n```ts data #table\ndata.csv('table.csv').target('kind').split({ validation: 0.25, seed: 1 })\n```\n\n```ts model #network\nsequential([\n  layers.dense({ units: 8, activation: 'relu' }),\n  layers.densse({ units: 2, activation: 'softmax' }),\n])\n```\n",
  );
  const { page } = await open('mistake.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('A mistake, and where it is');
  await notebook.runAll();
  await expect(notebook.state('network')).toHaveAccessibleName('Cell network: failed', { timeout: 60_000 });
  await look(page, shell, 'mistake');

  await page.getByRole('button', { name: 'Search or run a command' }).click();
  await page.getByRole('combobox', { name: 'Search or run a command' }).fill('open the sample clothes');
  await page.keyboard.press('Enter');
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('network');
  await look(page, shell, 'notebook');

  await notebook.setKnob('epochs', '6');
  await notebook.runAll();
  await notebook.reaches(2, 6);
  await page.screenshot({ path: picture(shell, 'training-light') });
  await notebook.runEnds('completed');
  // What the curves mean is said where they are, and what to try is a click away.
  await notebook
    .run()
    .getByRole('region', { name: 'What the curves mean' })
    .getByRole('button', { name: 'More epochs: epochs = 12' })
    .click();
  await expect(notebook.knob('epochs')).toHaveValue('12');
  await notebook.setKnob('epochs', '6');
  await notebook.setKnob('learningRate', '0.01');
  await notebook.runAllAgain();
  await notebook.runEnds('completed');
  await notebook.run().scrollIntoViewIfNeeded();
  await look(page, shell, 'trained');

  const runs = new RunsPage(page);
  await notebook.goTo('Runs');
  await expect(runs.rows()).toHaveCount(2);
  await look(page, shell, 'runs');
  await runs.rows().first().click();
  for (const tab of ['Curves', 'Every epoch', 'Confusion', 'Inside', 'Settings', 'Notebook as it was']) {
    await page.getByRole('tab', { name: tab }).click();
    await look(page, shell, `run-${tab.toLowerCase().replaceAll(' ', '-')}`);
  }
  for (const box of await page.getByRole('checkbox', { name: /^Choose (?!all)/ }).all()) await box.check();
  await look(page, shell, 'runs-chosen');
  await runs.compare();
  await expect(page.getByRole('heading', { name: '2 runs side by side' })).toBeVisible();
  await look(page, shell, 'comparison');

  await test.step('in Chinese as well, what Monaco says included', async () => {
    await page.getByRole('contentinfo').getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await look(page, shell, 'comparison-chinese');
    const view = (name: string) => page.getByRole('navigation', { name: '视图' }).getByRole('button', { name }).click();
    await view('运行');
    await look(page, shell, 'runs-chosen-chinese');
    await view('笔记本');
    await look(page, shell, 'trained-chinese');
    // Of its own words Monaco keeps some from when it was loaded.
    await page.reload();
    await page.locator('.block.of-cell').last().focus();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-editor.focused').waitFor();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type(' qqq');
    await page.keyboard.press('Control+Space');
    await expect(page.locator('.suggest-widget')).toContainText('建议');
    await page.keyboard.press('Escape');
    await page.getByRole('contentinfo').getByRole('button', { name: '语言' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await notebook.goTo('Runs');
  });

  await page
    .getByRole('contentinfo')
    .getByRole('button', { name: /^workspace / })
    .click();
  const storage = page.getByRole('dialog', { name: 'Storage' });
  await expect(storage.getByRole('rowheader', { name: 'clothes.epoch.md' })).toBeVisible();
  await storage.getByRole('button', { name: 'Check its health' }).click();
  await expect(storage.getByText('The store is sound')).toBeVisible();
  await storage.getByRole('button', { name: /^Shrink/ }).click();
  await expect(storage.getByText('given back to the disk')).toBeVisible();
});
