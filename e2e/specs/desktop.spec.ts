/** What only a desktop app does: its locks, its window, its menu, and asking before it ends training. Runs in Electron alone. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { root } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

/** Trains for as long as any machine needs for what is to be seen of it. */
const endless = `---
epochbook: 1
title: Endless
---
\`\`\`ts data #table
data.csv('table.csv').target('kind').split({ validation: 0.2, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([layers.dense({ units: 8, activation: 'relu' }), layers.dense({ units: 2, activation: 'softmax' })])
\`\`\`

\`\`\`ts train #training
train({ epochs: 900, batchSize: 8, loss: 'sparseCategoricalCrossentropy', seed: 7 })
\`\`\`
`;

test('no navigation, no new window, no permission, and only our own page is answered', async ({ open }) => {
  const { page, electron } = await open();
  await new NotebookPage(page).shows('Clothes, ten classes');
  if (!electron) throw new Error('no Electron');

  await page.evaluate(() => {
    location.href = 'https://example.com/';
  });
  await page.evaluate(() => {
    window.open('epochbook://app/index.html');
  });
  expect(await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)).toBe('denied');
  expect(new URL(page.url()).href).toBe('epochbook://app/');
  expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

  const settings = await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    const { sandbox, contextIsolation, nodeIntegration } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration };
  });
  expect(settings).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false });

  const bridge = await page.evaluate(async () => {
    const given = (window as unknown as { epochbook: { call(name: string, request: unknown): Promise<unknown> } }).epochbook;
    return {
      frozen: Object.isFrozen(given),
      names: Object.keys(given).sort(),
      unknownCall: await given.call('process.exit', {}).then(
        () => 'answered',
        (error: unknown) => String(error),
      ),
      own: await given.call('settings.get', {}),
    };
  });
  expect(bridge.frozen).toBe(true);
  expect(bridge.names).toEqual(['call', 'listen', 'shell']);
  expect(bridge.unknownCall).toContain('There is no call "process.exit"');
  expect(bridge.own).toMatchObject({ ok: true });

  // Another page that got hold of the same preload script.
  const preload = join(root, 'out', 'preload', 'index.cjs');
  const stranger = await electron.evaluate(async ({ BrowserWindow }, file) => {
    const window = new BrowserWindow({ show: false, webPreferences: { preload: file, sandbox: true, contextIsolation: true } });
    await window.loadURL('data:text/html,<title>stranger</title>');
    const reply = (await window.webContents.executeJavaScript("window.epochbook.call('settings.get', {})")) as unknown;
    window.destroy();
    return reply;
  }, preload);
  expect(stranger).toMatchObject({ ok: false, error: { code: 'request.refused' } });
});

test('quitting while a run trains asks; training goes on without a window, and keeps every stored epoch', async ({ open, workspace }) => {
  workspace.write('table.csv', `width,height,kind\n${'1.5,2,tall\n3,1,flat\n1,4,tall\n5,2,flat\n'.repeat(1000)}`);
  workspace.write('endless.epoch.md', endless);
  const first = await open('endless.epoch.md');
  const { page, electron } = first;
  if (!electron) throw new Error('no Electron');
  const notebook = new NotebookPage(page);
  await notebook.shows('Endless');
  await notebook.isFresh('network');
  await notebook.runAll();
  await notebook.reaches(2, 900);

  // The system's own dialogs cannot be clicked from here, so this stands in for the user's answer.
  await electron.evaluate(({ dialog }) => {
    const asked: Electron.MessageBoxOptions[] = [];
    Object.assign(globalThis, { asked, answer: 0 });
    dialog.showMessageBox = (async (_window: BrowserWindow, options: Electron.MessageBoxOptions) => {
      asked.push(options);
      return { response: (globalThis as unknown as { answer: number }).answer, checkboxChecked: false };
    }) as typeof dialog.showMessageBox;
  });
  const questions = () => electron.evaluate(() => (globalThis as unknown as { asked: Electron.MessageBoxOptions[] }).asked);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(async () => (await questions()).length).toBe(1);
  const [question] = await questions();
  expect(question?.message).toBe('Training is still going on.');
  expect(question?.buttons).toEqual(['Keep Open', 'Train On Without a Window', 'Stop and Quit']);
  await expect(notebook.stage()).toBeVisible();

  const shown = await notebook.epochsDrawn();
  await electron.evaluate(() => Object.assign(globalThis, { answer: 1 }));
  const closed = page.waitForEvent('close');
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await closed;
  // Somebody starts the app again while it trains without a window.
  const opened = electron.waitForEvent('window');
  await electron.evaluate(({ app }) => app.emit('second-instance', {}, [], ''));
  const reopened = new NotebookPage(await opened);
  await expect.poll(() => reopened.epochsDrawn(), { timeout: 60_000 }).toBeGreaterThan(shown);

  const before = await reopened.epochsDrawn();
  await electron.evaluate(() => Object.assign(globalThis, { answer: 2 }));
  await first.close();

  const again = new NotebookPage((await open('endless.epoch.md')).page);
  await again.shows('Endless');
  await again.runEnds('stopped');
  await expect.poll(() => again.epochsDrawn()).toBeGreaterThanOrEqual(before);
});

test('who starts the app while it is ending has it again when it has ended', async ({ open, workspace }) => {
  const { page, electron, close } = await open();
  if (!electron) throw new Error('no Electron');
  await new NotebookPage(page).shows('Clothes, ten classes');
  let said = '';
  const { stdout } = electron.process();
  stdout?.on('data', (data: Buffer) => (said += data.toString()));
  await electron.evaluate(({ app }) => {
    app.relaunch = (options) => void process.stdout.write(`again: ${JSON.stringify(options?.args)}\n`);
    // After the app's own listener, which has begun to end it.
    app.once('will-quit', () => app.emit('second-instance', {}, process.argv, '/'));
  });
  const read = stdout && once(stdout, 'close');
  await close();
  await read;
  const [, args] = /^again: (.*)$/m.exec(said) ?? [];
  expect((JSON.parse(args ?? '[]') as string[]).slice(-2)).toEqual([root, workspace.folder]);
});

test('what was typed just before the window closes is saved, without a question', async ({ open, workspace }) => {
  const file = workspace.write('notes.epoch.md', '---\nepochbook: 1\ntitle: Notes\n---\n```ts code #notes\n1\n```\n');
  const { page, electron, close } = await open('notes.epoch.md');
  if (!electron) throw new Error('no Electron');
  const notebook = new NotebookPage(page);
  await notebook.shows('Notes');
  await electron.evaluate(({ dialog }) => {
    dialog.showMessageBoxSync = () => {
      throw new Error('nothing is to be asked');
    };
  });
  await notebook.replaceText('notes', '12345');
  await close();
  expect(readFileSync(file, 'utf8')).toContain('\n12345\n');
});

test('the window comes back where it was, on the workspace that was open', async ({ open }) => {
  const first = await open();
  await new NotebookPage(first.page).shows('Clothes, ten classes');
  const place = { x: 40, y: 30, width: 1000, height: 700 };
  await first.electron?.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), place);
  await expect
    .poll(() => first.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()))
    .toMatchObject({ width: 1000, height: 700 });
  const left = await first.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  await first.close();
  const second = await open();
  await new NotebookPage(second.page).shows('Clothes, ten classes');
  await expect
    .poll(() => second.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()))
    .toMatchObject({ width: left?.width, height: left?.height });
});

test('a page that crashes comes back by itself, and the menu speaks the language that is set', async ({ open }) => {
  const { page, electron } = await open();
  if (!electron) throw new Error('no Electron');
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  const labels = () => electron.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label));
  await expect.poll(labels).toEqual(expect.arrayContaining(['File', 'Edit', 'View', 'Window']));
  await page.getByRole('contentinfo').getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await expect.poll(labels).toEqual(expect.arrayContaining(['文件', '编辑', '视图', '窗口']));

  await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.once('did-finish-load', () => Object.assign(globalThis, { cameBack: true }));
    contents?.forcefullyCrashRenderer();
  });
  await expect.poll(() => electron.evaluate(() => 'cameBack' in globalThis), { timeout: 60_000 }).toBe(true);
  const title = () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle());
  await expect.poll(title, { timeout: 60_000 }).toContain('Clothes, ten classes');
});
