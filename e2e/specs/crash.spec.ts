/** Processes end in the middle of an epoch; nothing that was shown is lost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainerPids } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { RunsPage } from '../pages/runs-page.ts';

test.skip(process.platform === 'win32', 'there is no kill -9');

test('a trainer that is killed ends its run with a clear state, and the next run trains', async ({ open }) => {
  const { page, pid } = await open();
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('network');
  await notebook.setKnob('epochs', '100');
  await notebook.runAll();
  await notebook.reaches(3, 100);
  const trainers = trainerPids(pid);
  expect(trainers.length).toBeGreaterThan(0);
  for (const trainer of trainers) process.kill(trainer, 'SIGKILL');
  await notebook.runEnds('failed');
  await expect(notebook.run().getByRole('alert')).toContainText('The training process ended unexpectedly');
  await expect.poll(() => notebook.epochsDrawn()).toBeGreaterThanOrEqual(2);
  await notebook.setKnob('epochs', '1');
  await notebook.runAll();
  await expect(notebook.run()).toContainText('1 epoch in', { timeout: 60_000 });
});

test('an app that is killed shows the run as interrupted, with every epoch it had shown', async ({ open, workspace }) => {
  const first = await open();
  const before = new NotebookPage(first.page);
  await before.shows('Clothes, ten classes');
  await before.isFresh('network');
  await before.setKnob('epochs', '100');
  await before.runAll();
  await before.reaches(4, 100);
  await expect.poll(() => before.epochsDrawn()).toBeGreaterThanOrEqual(3);
  const shown = await before.epochsDrawn();
  const trainers = trainerPids(first.pid);
  await first.kill();
  // Nobody is left to train for.
  await expect.poll(() => trainers.filter(isAlive)).toEqual([]);
  expect(
    readFileSync(join(workspace.folder, '.epochbook', 'epochbook.sqlite'))
      .subarray(0, 15)
      .toString(),
  ).toBe('SQLite format 3');

  const { page } = await open();
  const after = new NotebookPage(page);
  await after.shows('Clothes, ten classes');
  await after.runEnds('interrupted');
  await expect.poll(() => after.epochsDrawn()).toBeGreaterThanOrEqual(shown);
  await after.goTo('Runs');
  await expect(new RunsPage(page).rows()).toHaveCount(1);
  await expect(new RunsPage(page).rows().first()).toContainText('interrupted');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
