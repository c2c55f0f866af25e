/** Notebooks side by side, files in and out of the workspace, and keys of one's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from '../fixtures/look.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';
import { undo } from '../pages/notices.ts';

const small = (title: string) => `---\nepochbook: 1\ntitle: ${title}\n---\n\n\`\`\`ts code #one\n1\n\`\`\`\n`;

test('a table is dropped in, a template begun, files renamed and brought back', async ({ open, shell, workspace }) => {
  workspace.write('a.epoch.md', small('Alpha'));
  const { page } = await open('a.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Alpha');
  const tree = page.getByRole('tree');

  await test.step('a file that is dropped comes with a cell that reads it', async () => {
    await page.evaluate(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([`width,height,kind\n${'1.5,2,tall\n3,1,flat\n'.repeat(20)}`], 'table.csv'));
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, { dataTransfer: dropped, bubbles: true, cancelable: true });
        document.querySelector('.block')!.dispatchEvent(event);
      }
    });
    await notebook.isFresh('data');
    await expect(notebook.cell('data')).toContainText("data.csv('table.csv')");
    await expect(notebook.cell('data')).toContainText('32 to train');
    await expect(notebook.cell('data')).toBeFocused();
  });

  await test.step('renamed and deleted by key, and back', async () => {
    await tree.getByRole('treeitem', { name: 'table.csv' }).focus();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'New name of table.csv' }).fill('shapes.csv');
    await page.keyboard.press('Enter');
    await expect(tree.getByRole('treeitem', { name: 'shapes.csv' })).toBeFocused();
    await page.keyboard.press('Delete');
    await expect(tree.getByRole('treeitem', { name: 'shapes.csv' })).toBeHidden();
    expect(existsSync(join(workspace.folder, 'shapes.csv'))).toBe(false);
    await undo(page, 'shapes.csv was deleted.');
    await expect(tree.getByRole('treeitem', { name: 'shapes.csv' })).toBeVisible();
  });

  await test.step('a template runs as it stands', async () => {
    await page.getByRole('button', { name: 'New notebook…' }).click();
    await page.getByRole('textbox', { name: 'Title', exact: true }).fill('My spots');
    await page.getByRole('radio', { name: /time series/ }).check();
    await look(page, shell, 'new-notebook');
    await page.getByRole('button', { name: 'Create' }).click();
    await notebook.shows('My spots');
    await notebook.isFresh('network');
    await notebook.setKnob('epochs', '1');
    await notebook.runAll();
    await notebook.runEnds('completed');
  });
});

test('tabs keep each notebook as it was left, and come back with the app', async ({ open, shell, workspace }) => {
  for (const name of ['Alpha', 'Beta', 'Gamma']) workspace.write(`${name.toLowerCase()}.epoch.md`, small(name));
  const first = await open();
  const notebook = new NotebookPage(first.page);
  await notebook.shows('Alpha');
  const tabs = first.page.getByRole('navigation', { name: 'Open notebooks' }).getByRole('listitem');
  await notebook.cell('one').focus();
  await first.page.keyboard.press('b');
  await expect(notebook.cell('helpers')).toBeFocused();
  await notebook.open('beta');
  await notebook.shows('Beta');
  await notebook.open('gamma');
  await notebook.shows('Gamma');
  await expect(tabs).toHaveText(['Alpha', 'Beta', 'Gamma']);
  await first.page.keyboard.press('Alt+PageDown');
  await notebook.shows('Alpha');
  await expect(notebook.cell('helpers')).toBeFocused();
  await first.page.keyboard.press('z');
  await expect(notebook.cell('helpers')).toBeHidden();
  await first.page.keyboard.press('Alt+Shift+PageDown');
  await expect(tabs).toHaveText(['Beta', 'Alpha', 'Gamma']);
  await first.page.keyboard.press('Alt+PageDown');
  await notebook.shows('Gamma');
  await first.page.keyboard.press('Alt+w');
  await expect(tabs).toHaveText(['Beta', 'Alpha']);

  await test.step('a key is changed, and taken from the action that had it', async () => {
    await notebook.shows('Alpha');
    await notebook.cell('one').focus();
    await first.page.keyboard.press('h');
    const sheet = first.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByRole('button', { name: 'Other keys for: Duplicate the cell' }).click();
    await first.page.keyboard.press('ControlOrMeta+s');
    await expect(sheet.getByRole('alert')).toContainText('is for “Save”');
    await look(first.page, shell, 'shortcuts');
    await sheet.getByRole('button', { name: 'Take them from it' }).click();
    await first.page.keyboard.press('Escape');
    await expect(notebook.cell('one')).toBeFocused();
    await first.page.keyboard.press('ControlOrMeta+s');
    await expect.poll(() => readFileSync(join(workspace.folder, 'alpha.epoch.md'), 'utf8').match(/```ts code/g)).toHaveLength(2);
  });
  await first.close();

  const { page } = await open();
  const again = new NotebookPage(page);
  await again.shows('Alpha');
  await expect(page.getByRole('navigation', { name: 'Open notebooks' }).getByRole('listitem')).toHaveText(['Beta', 'Alpha']);
});
