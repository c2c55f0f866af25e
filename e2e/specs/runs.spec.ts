/** Runs in the page: found, and taken elsewhere. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { look, picture } from '../fixtures/look.ts';
import { RunsPage } from '../pages/runs-page.ts';
import { fillWithSixtyRuns } from '../stores/even-runs.ts';
import { fillWithOddRuns } from '../stores/odd-runs.ts';

test('a name that no run has is told at its column, with the one that was meant', async ({ open, workspace, shell }) => {
  fillWithOddRuns(workspace.folder);
  const { page } = await open();
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.rows()).toHaveCount(4);
  const search = page.getByRole('combobox', { name: 'Search runs' });
  const notice = page.getByRole('status').filter({ hasText: /^.*Column/ });
  await search.fill('metrics.val_los.min < 0.3');
  await expect(notice).toContainText('Column 9: There is no metric “val_los” in any run. Did you mean “metrics.val_loss”?');
  await expect(search).toHaveAttribute('aria-invalid', 'false');
  await expect(runs.rows()).toHaveCount(0);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: picture(shell, `search-notice-${theme}`) });
  }
  await search.fill('metrics.val_loss.min < 0.3');
  await expect(notice).toHaveCount(0);
  await expect(runs.rows()).not.toHaveCount(0);
});

test('what commands beside the app do to runs comes into its table by itself', async ({ open, shell, workspace }) => {
  test.skip(shell === 'desktop', 'The page is the same.');
  const { page } = await open();
  const runs = new RunsPage(page);
  await runs.open();
  await expect(page.getByText('No runs here')).toBeVisible();
  // Another process than the app's.
  fillWithSixtyRuns(workspace.folder);
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '61');
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'main', 'cli', 'epochbook.ts'), 'delete', 'run 59', 'run 58'], {
    cwd: workspace.folder,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '59');
  await expect(runs.row('run 59')).toHaveCount(0);
  // Found by when they began and where they come from.
  const search = page.getByRole('combobox', { name: 'Search runs' });
  await search.fill('startedAt >= 2026-06');
  await expect(page.getByText('0 of 58 runs').or(page.getByText(/^No run/))).toBeVisible();
  await search.fill('startedAt < 2026-06 and archived = false and imported = csv');
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '59');
  await search.fill('startedAt > tomorrow');
  await expect(page.getByText(/Column 13: Here stands “tomorrow”; a time is compared with a date/)).toBeVisible();
  // A list is completed value by value.
  await search.fill('params.optimizer in (');
  await page.getByRole('option').first().click();
  await search.press('End');
  await search.pressSequentially(')');
  await expect(search).toHaveValue(/^params\.optimizer in \(\w+ \)$/);
  await expect(page.getByText(/^\d+ of 58 runs/)).toBeVisible();
});

test('runs are kept by their place in the scatter matrix, by keyboard', async ({ open, shell, workspace }) => {
  test.skip(shell === 'desktop', 'The page is the same.');
  fillWithSixtyRuns(workspace.folder);
  const { page } = await open();
  const runs = new RunsPage(page);
  await runs.open();
  await page.getByRole('checkbox', { name: 'Choose all runs' }).check();
  await runs.compare();
  await page.getByRole('tab', { name: 'Params' }).click();
  const count = page.getByRole('toolbar', { name: 'Params and a metric' }).getByRole('status');
  await expect(count).toHaveText('60 of 60 runs');
  const matrix = page.getByRole('region', { name: 'Scatter matrix' });
  const from = matrix.getByRole('slider', { name: /, from$/ }).first();
  await from.focus();
  for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowRight');
  await expect(count).not.toHaveText('60 of 60 runs');
  await expect(from).toHaveAttribute('aria-orientation', 'horizontal');
  await look(page, shell, 'scatter-by-keyboard');
  await page.keyboard.press('Escape');
  await expect(count).toHaveText('60 of 60 runs');
});
