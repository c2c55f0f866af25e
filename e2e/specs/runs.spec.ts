/** Runs in the page: found, and taken elsewhere. */
import { expect, test } from '../fixtures/test.ts';
import { picture } from '../fixtures/look.ts';
import { RunsPage } from '../pages/runs-page.ts';
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
