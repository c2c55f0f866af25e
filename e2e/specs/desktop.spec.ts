/** What only a desktop app does: its locks, its window, its menu, and asking before it ends training. Runs in Electron alone. */
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { root } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

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

test('quitting while a run trains asks; training goes on without a window, and keeps every stored epoch', async ({ open }) => {
  const first = await open();
  const { page, electron } = first;
  if (!electron) throw new Error('no Electron');
  const notebook = new NotebookPage(page);
  await notebook.shows('Clothes, ten classes');
  await notebook.isFresh('network');
  await notebook.setKnob('epochs', '100');
  await notebook.runAll();
  await expect(notebook.stage()).toHaveText('epoch 2 of 100', { timeout: 60_000 });

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

  const again = new NotebookPage((await open()).page);
  await again.shows('Clothes, ten classes');
  await again.runEnds('stopped');
  await expect.poll(() => again.epochsDrawn()).toBeGreaterThanOrEqual(before);
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
  await expect.poll(() => electron.evaluate(() => 'cameBack' in globalThis), { timeout: 30_000 }).toBe(true);
  const title = () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle());
  await expect.poll(title, { timeout: 30_000 }).toContain('Clothes, ten classes');
});
