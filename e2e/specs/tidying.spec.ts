/** The table of runs as a person with many of them uses it: what is found, how it is laid out, and keeping order, all by keyboard. */
import type { Page } from 'playwright/test';
import { picture } from '../fixtures/look.ts';
import { withRawRows } from '../fixtures/raw-rows.ts';
import { expect, test } from '../fixtures/test.ts';
import { undo } from '../pages/notices.ts';
import { RunsPage } from '../pages/runs-page.ts';
import { fillWithSixtyRuns } from '../stores/even-runs.ts';

interface RawRun {
  readonly name: string;
  readonly params: { readonly learningRate: number; readonly activation: string };
  readonly tags: readonly string[];
  /** Of val_accuracy. */
  readonly values: readonly number[];
}

/** The runs as the database has them, read by other code than the app's. */
function rawRuns(folder: string): RawRun[] {
  return withRawRows(folder, (query) =>
    query('SELECT number, name, params, tags FROM runs ORDER BY number').map((row) => ({
      name: row['name'] as string,
      params: JSON.parse(row['params'] as string) as RawRun['params'],
      tags: JSON.parse(row['tags'] as string) as string[],
      values: query(
        `SELECT value FROM metric_values JOIN metrics ON metrics.id = metric WHERE run = ? AND metrics.name = 'val_accuracy' ORDER BY epoch`,
        row['number'] as number,
      ).map(({ value }) => value as number),
    })),
  );
}

const highest = ({ values }: RawRun): number => Math.max(...values);

async function openRuns(page: Page): Promise<RunsPage> {
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '61');
  return runs;
}

test('what is asked for is found; columns, orders and groups are kept as a view', async ({ open, shell, workspace }) => {
  fillWithSixtyRuns(workspace.folder);
  const raw = rawRuns(workspace.folder);
  const first = await open();
  let { page } = first;
  let runs = await openRuns(page);

  // The query language, completed: only what fits is listed.
  const search = page.getByRole('combobox', { name: 'Search runs' });
  await search.fill('params.learn');
  await expect(page.getByRole('option').first()).toContainText('learningRate');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(search).toHaveValue(/^params\.learningRate $/);
  await search.fill('params.learningRate < 0.01 and (metrics.val_accuracy.max > 0.8 or tags has "cnn")');
  await page.keyboard.press('Tab');
  const wanted = raw.filter((run) => run.params.learningRate < 0.01 && (highest(run) > 0.8 || run.tags.includes('cnn')));
  expect(wanted.length).toBeGreaterThan(3);
  expect(wanted.length).toBeLessThan(40);
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', String(wanted.length + 1));
  // Newest first; those below are drawn when they are scrolled to.
  await expect
    .poll(async () => (await runs.names()).slice(0, 12))
    .toEqual(
      wanted
        .slice(-12)
        .reverse()
        .map(({ name }) => name),
    );
  // A mistake is named at its column.
  await search.fill('params.learningRate < ');
  await page.keyboard.press('Tab');
  await expect(page.getByText(/Column 23: The expression ends too soon/)).toBeVisible();
  await search.fill('');

  // Two orders: the activation first, the best accuracy among equals.
  await page.getByRole('button', { name: 'activation', exact: true }).click();
  await page.getByRole('button', { name: /^val accuracy, best/ }).click({ modifiers: ['Shift'] });
  const rank = new Map([...new Set(raw.map(({ params }) => params.activation))].sort().map((name, index) => [name, index]));
  const ordered = raw.toSorted((a, b) => rank.get(a.params.activation)! - rank.get(b.params.activation)! || highest(b) - highest(a));
  await expect.poll(async () => (await runs.names()).slice(0, 12)).toEqual(ordered.slice(0, 12).map(({ name }) => name));

  // Columns by keyboard: one hidden, one added, one pinned, one moved, one made wider.
  await page.getByRole('button', { name: 'Columns', exact: true }).press('Enter');
  const chooser = page.getByRole('region', { name: 'Columns' });
  await expect(chooser.getByRole('textbox', { name: 'Find a column' })).toBeFocused();
  await page.keyboard.type('dropout');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await chooser.getByRole('textbox', { name: 'Find a column' }).fill('val_loss last');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.keyboard.press('p');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Columns', exact: true })).toBeFocused();
  const heads = (): Promise<string[]> => runs.heads();
  // What is pinned stands first.
  await expect.poll(async () => (await heads())[1]).toBe('val loss, last');
  await expect.poll(heads).not.toContain('dropout');
  const activation = page.getByRole('button', { name: /^activation/ });
  const before = (await heads()).findIndex((title) => title.startsWith('activation'));
  await activation.press('Alt+ArrowRight');
  await expect.poll(async () => (await heads()).findIndex((title) => title.startsWith('activation'))).toBe(before + 1);
  const width = async (): Promise<number> => (await page.getByRole('columnheader', { name: /^activation/ }).boundingBox())!.width;
  const narrow = await width();
  await activation.press('Alt+Shift+ArrowRight');
  await expect.poll(width).toBeGreaterThan(narrow);
  // And by pointer: the edge dragged, the heading dropped at the end.
  const filters = page.getByRole('columnheader', { name: /^filters/ });
  const box = (await filters.boundingBox())!;
  await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 38, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await filters.boundingBox())!.width).toBeGreaterThan(box.width + 30);

  // Groups: mean and deviation of each, as the raw rows have them.
  await page.getByRole('button', { name: 'Group', exact: true }).click();
  await page.getByRole('menuitemradio', { name: 'activation' }).click();
  await page.keyboard.press('Escape');
  const tree = page.getByRole('treegrid', { name: 'Runs' });
  await expect(tree).toHaveAttribute('aria-rowcount', '5');
  const place = (await heads()).findIndex((title) => title.startsWith('val accuracy, best'));
  for (const name of rank.keys()) {
    const cells = await tree
      .getByRole('row')
      .filter({ hasText: `activation ${name}` })
      .getByRole('gridcell')
      .allTextContents();
    const best = raw.filter(({ params }) => params.activation === name).map(highest);
    const mean = best.reduce((sum, value) => sum + value, 0) / best.length;
    const deviation = Math.sqrt(best.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (best.length - 1));
    const [shownMean, shownDeviation] = cells[place + 1].split(' ± ').map(Number);
    expect.soft(cells[1], name).toContain(String(best.length));
    expect.soft(Math.abs(shownMean - mean), `${name}: ${cells[place + 1]} for ${mean}`).toBeLessThanOrEqual(0.00051);
    expect.soft(Math.abs(shownDeviation - deviation), `${name}: ${cells[place + 1]} for ± ${deviation}`).toBeLessThanOrEqual(0.0051);
  }
  await page.screenshot({ path: picture(shell, 'runs-grouped') });

  // All of it under a name, there again in the next start of the app.
  await page.getByRole('button', { name: 'Views', exact: true }).last().click();
  await page.getByRole('menuitem', { name: 'Save as a view…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('By activation');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'By activation', exact: true })).toBeVisible();
  const kept = await heads();
  await first.close();
  ({ page } = await open());
  runs = new RunsPage(page);
  await runs.open();
  await page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Views', exact: true }).click();
  await page.getByRole('menuitemradio', { name: 'By activation' }).click();
  await expect(page.getByRole('treegrid', { name: 'Runs' })).toHaveAttribute('aria-rowcount', '5');
  await expect.poll(() => runs.heads()).toEqual(kept);
});

test('many runs are tagged, coloured, pinned, put away, deleted and brought back, by keyboard alone', async ({
  open,
  shell,
  workspace,
}) => {
  fillWithSixtyRuns(workspace.folder);
  const { page } = await open();
  const runs = await openRuns(page);
  await runs.grid().focus();
  // Newest first: run 59, 58, 57.
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(runs.chosen()).toHaveCount(3);

  await page.keyboard.press('t');
  await expect(page.getByRole('dialog', { name: 'Tags of 3 runs' })).toBeVisible();
  await page.keyboard.type('keep, 第一批');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  for (const name of ['run 59', 'run 58', 'run 57']) await expect(runs.row(name)).toContainText('第一批');
  await expect(runs.grid()).toBeFocused();
  // Taken back, and once more.
  await undo(page, '3 runs changed');
  await expect(runs.row('run 58')).not.toContainText('第一批');
  await runs.grid().focus();
  await page.keyboard.press('t');
  await expect(page.getByRole('dialog', { name: 'Tags of 3 runs' })).toBeVisible();
  await page.keyboard.type('keep, 第一批');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(runs.row('run 58')).toContainText('第一批');

  await page.keyboard.press('c');
  await expect(page.getByRole('dialog', { name: 'Colour of 3 runs' })).toBeVisible();
  const color = page.getByRole('button', { name: 'Colour 4', exact: true });
  for (let tabs = 0; tabs < 12 && !(await color.evaluate((button) => button === document.activeElement)); tabs++)
    await page.keyboard.press('Tab');
  await expect(color).toBeFocused();
  await page.screenshot({ path: picture(shell, 'runs-color') });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // One as the baseline: the others show how far they are from it.
  await page.keyboard.press('Home');
  await page.keyboard.press('b');
  await expect(runs.row('run 59').getByLabel('baseline')).toBeVisible();
  await page.screenshot({ path: picture(shell, 'runs-baseline') });

  // Put away and brought back by the notice.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('e');
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '59');
  await undo(page, '2 runs are in the archive');
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '61');

  // Deleted, taken back, deleted again, and removed for good.
  await runs.grid().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Delete');
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '59');
  await undo(page, '2 runs are in the bin');
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '61');
  await runs.grid().focus();
  await page.keyboard.press('Control+a');
  await expect(runs.chosen().first()).toBeVisible();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Delete');
  await expect(runs.grid()).toHaveAttribute('aria-rowcount', '59');
  await page.getByRole('toolbar', { name: 'Runs' }).getByRole('button', { name: 'Bin', exact: true }).press('Enter');
  const bin = page.getByRole('grid', { name: 'Bin' });
  await expect(bin).toHaveAttribute('aria-rowcount', '3');
  await bin.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  const purge = page.getByRole('dialog', { name: 'Remove 2 runs for good?' });
  await expect(purge).toBeVisible();
  await page.screenshot({ path: picture(shell, 'runs-purge') });
  await purge.getByRole('button', { name: 'Remove for good' }).press('Enter');
  await expect(page.getByText('2 runs removed for good')).toBeVisible();
  const left = rawRuns(workspace.folder);
  expect(left).toHaveLength(58);
  expect(left.find(({ name }) => name === 'run 59')?.tags).toContain('第一批');
  expect(left.some(({ name }) => name === 'run 58' || name === 'run 57')).toBe(false);
});
