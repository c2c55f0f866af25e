/** Never lose work: the app is killed while somebody types, and files are changed by other programs meanwhile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingMs, randomFrom, readKept, typedName, typedNotebook, typeUntilKilled } from '../fixtures/typing.ts';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { undo } from '../pages/notices.ts';

test.skip(process.platform === 'win32', 'there is no kill -9');

const kills = 3;

for (let seed = 1; seed <= kills; seed++) {
  test(`kill -9 while typing loses at most a second, and the rest is offered back: ${seed}`, async ({ open, shell, workspace }) => {
    const random = randomFrom(seed);
    workspace.write(typedName, typedNotebook);
    const first = await open(typedName);
    await new NotebookPage(first.page).shows('Typing');
    await first.page.locator('.monaco-editor').first().waitFor();
    const typed = await typeUntilKilled(first.page, () => first.kill(), random, 1500 + random() * 2500);
    const kept = readKept(workspace.folder);
    expect(kept.whole).toBe(true);
    expect(typed.keys.length).toBeGreaterThan(0);
    expect(kept.keys).toBeLessThanOrEqual(typed.keys.length);
    // What is asserted is how much is lost, not how fast anything is: where a key takes long to be taken, so do the waits
    // for the journal's turn, for a free moment, and for the core and its disk.
    const late = Math.max(0, typed.slowestMs - 100);
    expect(missingMs(typed, kept)).toBeLessThanOrEqual(1000 + 4 * late);

    const saved = readFileSync(join(workspace.folder, typedName), 'utf8');
    const { page } = await open(typedName);
    await new NotebookPage(page).shows('Typing');
    const inFile = /\n0([1-9]*)\n/.exec(saved)![1].length;
    if (kept.keys > inFile) {
      await expect(page.getByText('Not saved when Epochbook last ended.')).toBeVisible();
      await expect(page.getByText('1 cell changed')).toBeVisible();
      if (seed === 1) await look(page, shell, 'draft');
      await page.getByRole('button', { name: 'Restore' }).click();
    }
    await expect(page.getByText('Not saved when Epochbook last ended.')).toBeHidden();
    await expect.poll(() => readKept(workspace.folder)).toEqual({ keys: kept.keys, whole: true });
    await expect.poll(() => /\n0([1-9]*)\n/.exec(readFileSync(join(workspace.folder, typedName), 'utf8'))?.[1].length).toBe(kept.keys);
  });
}

const two = '---\nepochbook: 1\ntitle: Two\n---\n```ts code #one\n1\n```\n\n```ts code #two\n2\n```\n\n```ts code #three\n3\n```\n';

test('a file changed by another program is read again, and that can be undone', async ({ open, workspace }) => {
  const file = workspace.write('two.epoch.md', two);
  const { page } = await open('two.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Two');
  await expect(notebook.cell('one').locator('.view-lines')).toHaveText('1');
  writeFileSync(file, two.replace('\n1\n', '\n100\n'));
  await expect(notebook.cell('one').locator('.view-lines')).toHaveText('100');
  await undo(page, 'Read again: another program changed the file.');
  await expect(notebook.cell('one').locator('.view-lines')).toHaveText('1');
  await expect.poll(() => readFileSync(file, 'utf8')).toBe(two);
});

test('changed on both sides: what is apart is merged, what is the same is a choice', async ({ open, shell, workspace }) => {
  const file = workspace.write('two.epoch.md', two);
  const { page } = await open('two.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Two');
  await expect(notebook.cell('one').locator('.view-lines')).toHaveText('1');
  await notebook.cell('one').locator('.view-lines').click();
  await expect(notebook.cell('one').locator('.monaco-editor.focused')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.press('7');
  writeFileSync(file, two.replace('\n1\n', '\n100\n').replace('\n3\n', '\n300\n'));
  await expect(page.getByText('Another program changed this file.')).toBeVisible();
  await page.keyboard.press('8');
  await page.getByRole('button', { name: 'Compare…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Two versions of this notebook' });
  await expect(dialog.getByRole('group')).toHaveCount(2);
  await look(page, shell, 'merge');
  await expect(dialog.getByRole('button', { name: 'Merge' })).toBeDisabled();
  await expect(dialog.getByRole('group', { name: 'code cell three changed in the file' }).getByLabel('In the file')).toBeChecked();
  await dialog.getByRole('group', { name: 'code cell one changed on both sides' }).getByLabel('Mine').check();
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await expect.poll(() => readFileSync(file, 'utf8')).toBe(two.replace('\n1\n', '\n178\n').replace('\n3\n', '\n300\n'));
});
