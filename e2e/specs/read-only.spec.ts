/** A workspace on a disk or in a folder that cannot be written to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { look, picture } from '../fixtures/look.ts';
import { savedFile } from '../fixtures/saved-file.ts';
import { expect, test } from '../fixtures/test.ts';
import { ComparisonPage, RunsPage } from '../pages/runs-page.ts';
import { fillWithOddRuns } from '../stores/odd-runs.ts';
import { makeReadOnly } from '../stores/read-only.ts';

test('runs of a read-only workspace are looked at, compared and exported, and what would change them says why not', async ({
  open,
  workspace,
  userFolder,
  shell,
}) => {
  fillWithOddRuns(workspace.folder);
  const undo = makeReadOnly(workspace.folder);
  test.skip(undo === undefined, 'Here a folder cannot be made read-only.');
  try {
    const app = await open();
    const { page } = app;
    await expect(page.getByText('read-only', { exact: true })).toBeVisible();
    const runs = new RunsPage(page);
    await runs.open();
    await expect(runs.rows()).toHaveCount(4);
    await look(page, shell, 'read-only');

    // Sorting is remembered where it can be, and no matter where not.
    await page.getByRole('button', { name: '4 runs' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    // No sample was to be copied into it.
    await expect(page.getByText('Something inside Epochbook went wrong')).toHaveCount(0);
    await runs.row('odd').click();
    await page.keyboard.press('Delete');
    await expect(page.getByText(/epochbook\.sqlite” cannot be written: the folder or disk is read-only/)).toBeVisible();
    await page.screenshot({ path: picture(shell, 'read-only-refused') });
    await expect(runs.rows()).toHaveCount(4);

    await runs.choose('holes', 'fork');
    await runs.compare();
    await expect(new ComparisonPage(page).title()).toHaveText(/ runs side by side$/);
    await expect(page.locator('.chart-waiting')).toHaveCount(0);
    const saved = await savedFile(app, join(userFolder, 'saved.svg'), async () => {
      await page
        .getByRole('button', { name: /^Save the chart/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: /^SVG/ }).click();
    });
    expect(existsSync(saved)).toBe(true);
  } finally {
    undo?.();
  }
});
