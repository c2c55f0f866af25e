/** What the screen says of runs, against the raw rows of the store, read and computed by other code. */
import type { Locator } from 'playwright/test';
import { withRawRows } from '../fixtures/raw-rows.ts';
import { expect, test } from '../fixtures/test.ts';
import { ComparisonPage, RunsPage } from '../pages/runs-page.ts';
import { fillWithOddRuns } from '../stores/odd-runs.ts';

/** The validation losses of each run by epoch; NaN lies in the database as NULL. */
function rawLosses(folder: string): Map<string, [epoch: number, value: number][]> {
  const rows = withRawRows(folder, (query) =>
    query(
      `SELECT runs.name AS run, epoch, value FROM metric_values JOIN runs ON runs.number = run JOIN metrics ON metrics.id = metric
       WHERE metrics.name = 'val_loss' ORDER BY epoch`,
    ),
  ) as { run: string; epoch: number; value: number | null }[];
  const raw = new Map<string, [number, number][]>();
  for (const { run, epoch, value } of rows) raw.set(run, [...(raw.get(run) ?? []), [epoch, value ?? Number.NaN]]);
  return raw;
}

/** As it is written: digits are compared as far as they are shown. */
function isWritten(text: string, value: number): boolean {
  if (Number.isNaN(value)) return text === 'NaN';
  if (!Number.isFinite(value)) return text === (value > 0 ? '∞' : '−∞');
  const decimals = /\.(\d+)$/.exec(text)?.[1].length ?? 0;
  return /^[\d.−]+$/.test(text) && Math.abs(Number(text.replace('−', '-')) - value) <= 0.5 * 10 ** -decimals;
}

const textsOf = async (cells: Locator): Promise<string[]> =>
  (await cells.allTextContents()).map((text) => text.replace(/ best$/, '').trim());

test('the numbers on the screen are those of the raw rows', async ({ open, workspace }) => {
  fillWithOddRuns(workspace.folder);
  const raw = rawLosses(workspace.folder);
  expect([...raw.keys()].sort()).toEqual(['fork', 'holes', 'odd', 'resumed']);
  const { page } = await open();
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.rows()).toHaveCount(raw.size);
  const titles = await textsOf(page.getByRole('grid', { name: 'Runs' }).getByRole('columnheader'));
  const place = titles.findIndex((title) => title.startsWith('val loss, min'));
  expect(place).toBeGreaterThan(0);
  for (const [name, losses] of raw) {
    const cells = await textsOf(runs.row(name).getByRole('gridcell'));
    const least = Math.min(...losses.map(([, value]) => value).filter((value) => !Number.isNaN(value)));
    expect.soft(isWritten(cells[place], least), `${name}: ${cells[place]} for ${least}`).toBe(true);
  }
  for (const [name, losses] of raw) {
    await runs.row(name).click();
    await page.getByRole('tab', { name: 'Every epoch' }).click();
    const table = page.getByRole('tabpanel').getByRole('table', { name: 'Every epoch' });
    // The epochs of a run are fetched when it is clicked; the table is there once they are.
    await expect(table.getByRole('columnheader', { name: /^val loss/ })).toBeVisible();
    await expect(table).toHaveAttribute('aria-rowcount', /^[2-9]|\d\d/);
    const heads = await textsOf(table.getByRole('columnheader'));
    const column = heads.findIndex((title) => title.startsWith('val loss'));
    const shown = new Map<number, string>();
    for (const row of await table.getByRole('row').all()) {
      const texts = await textsOf(row.locator('td, th, [role=gridcell], [role=cell], [role=rowheader]'));
      if (/^\d+$/.test(texts[0] ?? '')) shown.set(Number(texts[0]), texts[column]);
    }
    expect.soft(shown.size, name).toBeGreaterThanOrEqual(losses.length);
    for (const [epoch, value] of losses)
      expect.soft(isWritten(shown.get(epoch) ?? '', value), `${name}, epoch ${epoch}: ${shown.get(epoch)} for ${value}`).toBe(true);
    for (const [epoch, text] of shown) if (!losses.some(([own]) => own === epoch)) expect.soft(text, `${name}, epoch ${epoch}`).toBe('');
  }
  await runs.choose('holes', 'fork');
  await page.getByRole('checkbox', { name: 'Choose odd', exact: true }).uncheck();
  await page.getByRole('checkbox', { name: 'Choose resumed', exact: true }).uncheck();
  await runs.compare();
  await expect(new ComparisonPage(page).title()).toHaveText('2 runs side by side');
  const compared = await new ComparisonPage(page).values(/^val loss, min/);
  const [forked, other] = ['fork', 'holes'].map((name) => raw.get(name)!.reduce((least, one) => (one[1] < least[1] ? one : least)));
  const said = compared.map((text) => text.replace(/ best$/, '').split(/ at | · /));
  expect.soft(said[0][1], 'the epoch of the fork’s best').toBe(String(forked[0]));
  expect.soft(said[1][1], 'the epoch of the other’s best').toBe(String(other[0]));
  expect.soft(isWritten(said[0][0], forked[1]) && isWritten(said[1][0], other[1]), compared.join(', ')).toBe(true);
  expect.soft(isWritten(said[2][0], forked[1] - other[1]), said[2].join(' ')).toBe(true);
  expect.soft(said[2][1]).toBe(`−${((100 * (other[1] - forked[1])) / other[1]).toFixed(1)} %`);

  // Of three, each that is not the best says how far from it it is, in value and in percent.
  await page.getByRole('button', { name: 'All runs' }).click();
  await runs.choose('odd', 'holes', 'fork');
  await runs.compare();
  await expect(new ComparisonPage(page).title()).toHaveText('3 runs side by side');
  const three = await new ComparisonPage(page).values(/^val loss, min/);
  const distances = three
    .map((text) => /\+([\d.]+) · \+([\d.]+)\s%$/.exec(text)?.slice(1).map(Number))
    .filter((found) => found !== undefined);
  const least = (name: string): number =>
    Math.min(
      ...raw
        .get(name)!
        .map(([, value]) => value)
        .filter((value) => !Number.isNaN(value)),
    );
  const wanted = ['odd', 'holes'].map((name) => [least(name) - forked[1], (100 * (least(name) - forked[1])) / forked[1]]);
  expect
    .soft(
      distances.sort((a, b) => a[0] - b[0]),
      three.join(', '),
    )
    .toEqual(wanted.sort((a, b) => a[0] - b[0]));
});
