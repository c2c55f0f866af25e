/** Files and folders dragged in from the desktop, as the browser itself hands them over. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright/test';
import { png } from '../fixtures/png.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

const text = `---\nepochbook: 1\ntitle: Dropped\n---\n\n\`\`\`ts code #one\n1\n\`\`\`\n`;

/** Drags files and folders from the disk over a block, and lets go. */
async function drop(page: Page, notebook: NotebookPage, paths: readonly string[]): Promise<void> {
  const box = (await notebook.cell('one').boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}

const plain = (red: number, blue: number) =>
  png(
    8,
    8,
    Uint8Array.from({ length: 8 * 8 * 3 }, (_, at) => [red, 0, blue][at % 3]),
  );

test('folders of pictures and of tables, several files, and what no cell reads', async ({ open, workspace, userFolder }) => {
  workspace.write('a.epoch.md', text);
  const outside = (path: string, content: string | Uint8Array) => {
    const file = join(userFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const { page } = await open('a.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('Dropped');

  await test.step('a folder of pictures: one cell, and every picture in its class, like ones too', async () => {
    for (let index = 0; index < 30; index += 1) {
      outside(`colours/red/${index}.png`, await plain(200 + index, 0));
      outside(`colours/blue/${index}.png`, await plain(0, 200 + index));
      // As cameras do: names that repeat, and here even the same pictures.
      outside(`colours/both/${index}.png`, await plain(200 + index, 0));
    }
    outside('colours/.hidden', 'x');
    await drop(page, notebook, [join(userFolder, 'colours')]);
    await notebook.isFresh('data');
    await expect(notebook.cell('data')).toContainText("data.imageFolder('colours')");
    await expect(notebook.cell('data')).toContainText('72 to train');
    await expect(notebook.cell('data')).toContainText('3 classes');
    await expect(notebook.cell('data')).toBeFocused();
    expect(existsSync(join(workspace.folder, 'colours', '.hidden'))).toBe(false);
  });

  await test.step('one undo takes the cell away', async () => {
    await page.keyboard.press('z');
    await expect(notebook.cell('data')).toBeHidden();
  });

  await test.step('classes dropped side by side: one cell with all of them', async () => {
    await drop(page, notebook, [join(userFolder, 'colours', 'red'), join(userFolder, 'colours', 'blue')]);
    await notebook.isFresh('data');
    await expect(notebook.cell('data')).toContainText("data.imageFolder('images')");
    await expect(notebook.cell('data')).toContainText('48 to train');
    await expect(notebook.cell('data')).toContainText('2 classes');
    await expect(page.getByRole('group', { name: /^data cell/ })).toHaveCount(1);
    await expect(notebook.cell('data')).toBeFocused();
    await page.keyboard.press('z');
    await expect(notebook.cell('data')).toBeHidden();
  });

  await test.step('pictures with a table of their labels', async () => {
    for (let index = 0; index < 20; index += 1) outside(`faces/${index}.png`, await plain(index, 255 - index));
    outside(
      'faces/labels.csv',
      `file,label\n${Array.from({ length: 20 }, (_, index) => `${index}.png,${index % 2 ? 'odd' : 'even'}`).join('\n')}\n`,
    );
    await drop(page, notebook, [join(userFolder, 'faces')]);
    await notebook.isFresh('data');
    await expect(notebook.cell('data')).toContainText("{ labels: 'faces/labels.csv' }");
    await expect(notebook.cell('data')).toContainText('2 classes');
    await expect(notebook.cell('data')).toBeFocused();
    await page.keyboard.press('z');
    await expect(notebook.cell('data')).toBeHidden();
  });

  await test.step('several files: a cell for each that is read, and the others named', async () => {
    const table = `width,height,kind\n${'1.5,2,tall\n3,1,flat\n'.repeat(20)}`;
    await drop(page, notebook, [outside('one.csv', table), outside('two.csv', table), outside('notes.docx', 'PK')]);
    await expect(page.getByText('notes.docx is in the workspace now, but no cell can read it.')).toBeVisible();
    await notebook.isFresh('data');
    await notebook.isFresh('data2');
    await expect(notebook.cell('data')).toContainText("data.csv('one.csv')");
    await expect(notebook.cell('data2')).toContainText("data.csv('two.csv')");
    expect(readFileSync(join(workspace.folder, 'notes.docx'), 'utf8')).toBe('PK');
  });

  await test.step('a folder without pictures: what lies in it, each by itself', async () => {
    outside('tables/three.csv', 'a,b\n1,2\n2,3\n3,4\n4,5\n');
    outside('tables/read.me', 'words');
    await drop(page, notebook, [join(userFolder, 'tables')]);
    await expect(page.getByText('read.me is in the workspace now')).toBeVisible();
    await expect(notebook.cell('data3')).toContainText("data.csv('tables/three.csv')");
  });

  await test.step('pictures that nothing tells apart: the cell says what is missing', async () => {
    outside('flat/1.png', await plain(1, 2));
    outside('flat/2.png', await plain(2, 1));
    await drop(page, notebook, [join(userFolder, 'flat')]);
    await expect(notebook.error('data4')).toContainText('Each class needs a folder');
  });
});
