/** Two settings, each trained with three seeds: what is beyond the seeds' own noise, and what each takes for what. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../fixtures/launch.ts';
import { look } from '../fixtures/look.ts';
import { withRawRows } from '../fixtures/raw-rows.ts';
import { expect, test } from '../fixtures/test.ts';
import { ComparisonPage, RunsPage } from '../pages/runs-page.ts';

const notebook = `---
epochbook: 1
title: Three kinds
---
\`\`\`ts data #table
data.csv('kinds.csv').target('kind').standardize('x', 'y').split({ validation: 0.3, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([layers.dense({ units: param('units', 1), activation: 'tanh' }), layers.dense({ units: 3, activation: 'softmax' })])
\`\`\`

\`\`\`ts train #training
train({ epochs: 12, batchSize: 16, optimizer: optimizers.adam({ learningRate: 0.05 }), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], seed: 1 })
\`\`\`
`;

/** Three clouds that one line cannot part. */
function clouds(): string {
  const kinds = { left: [-2, 0], right: [2, 0], above: [0, 2] } as const;
  const rows = Object.entries(kinds).flatMap(([kind, [x, y]]) =>
    Array.from({ length: 60 }, (_, index) => [x + Math.sin(index * 12.9898) * 1.2, y + Math.cos(index * 78.233) * 1.2, kind].join(',')),
  );
  return ['x,y,kind', ...rows, ''].join('\n');
}

test('seed noise is told from a difference, and confusions stand side by side', async ({ open, shell, workspace }) => {
  test.skip(shell === 'desktop', 'Six runs from the command line are slow, and the view is the same.');
  workspace.write('kinds.csv', clouds());
  const path = workspace.write('kinds.epoch.md', notebook);
  const cli = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'main', 'cli', 'epochbook.ts'), ...args], {
      cwd: workspace.folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  for (const units of [1, 8])
    for (const seed of [1, 2, 3])
      cli('run', path, '--set', `units=${units}`, '--seed', String(seed), '--name', `${units} wide, seed ${seed}`);

  const { page } = await open('kinds.epoch.md');
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.rows()).toHaveCount(6);
  for (const box of await page.getByRole('checkbox', { name: /^Choose (?!all)/ }).all()) await box.uncheck();
  await runs.choose('1 wide, seed 1', '8 wide, seed 2');
  await runs.compare();
  await expect(new ComparisonPage(page).title()).toBeVisible();

  // Welch's test over the best validation accuracies, by hand.
  const noise = page.getByRole('region', { name: 'Beyond seed noise?' });
  await noise.scrollIntoViewIfNeeded();
  const { bests, accuracies } = withRawRows(workspace.folder, (query) => ({
    bests: query(
      `SELECT max(value) AS best, runs.name AS name FROM metric_values JOIN runs ON runs.number = run JOIN metrics ON metrics.id = metric
       WHERE metrics.name = 'val_accuracy' GROUP BY run ORDER BY run`,
    ) as { best: number; name: string }[],
    accuracies: query(
      `SELECT value FROM metric_values JOIN runs ON runs.number = run JOIN metrics ON metrics.id = metric
       WHERE metrics.name = 'val_accuracy' AND runs.name = '8 wide, seed 2' ORDER BY epoch`,
    ) as { value: number }[],
  }));
  const spread = (width: number): { mean: number; variance: number } => {
    const values = bests.filter(({ name }) => name.startsWith(`${width} wide`)).map(({ best }) => best);
    expect(values).toHaveLength(3);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2 };
  };
  const [wide, narrow] = [spread(8), spread(1)];
  const row = noise.getByRole('row').nth(2);
  const t = (narrow.mean - wide.mean) / Math.sqrt((narrow.variance + wide.variance) / 3);
  const difference = row.getByRole('cell').nth(3);
  await expect(difference).toHaveAttribute('title', /\d/);
  const tested = await difference.getAttribute('title');
  expect(Math.abs(Number(/−?-?[\d.]+/.exec(tested!)![0].replace('−', '-')) - t)).toBeLessThan(0.01 * Math.abs(t));
  await expect(row.getByRole('cell').first()).toHaveText('3');
  await expect(row).toContainText(narrow.mean.toFixed(4));
  await expect(row).toContainText('beyond');
  await look(page, shell, 'seed-noise');

  // Of each run what was taken for what: all 54 rows of the validation part, as many right as the accuracy says.
  const confusion = page.getByRole('region', { name: 'Confusion', exact: true });
  await confusion.scrollIntoViewIfNeeded();
  await expect(confusion.getByRole('table')).toHaveCount(2);
  await confusion.getByRole('button', { name: /^last/i }).click();
  const first = confusion.getByRole('table').first();
  const right = async (): Promise<number> => {
    const cells = (await first.getByRole('cell').allTextContents()).map((text) => Number(text.replace(/\D.*$/, '') || 0));
    const diagonal = cells.filter((_, index) => index % 4 === 0).slice(0, 3);
    return diagonal.reduce((sum, count) => sum + count, 0) / 54;
  };
  await expect.poll(right).toBeCloseTo(accuracies.at(-1)!.value, 6);
  await look(page, shell, 'confusions');
});
