/** What a page, a stranger's page and another program may not do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { root } from '../fixtures/launch.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

test('the page is locked in: no foreign code, no network, no way out', async ({ open }) => {
  const { page } = await open();
  await new NotebookPage(page).shows('Clothes, ten classes');
  const address = page.url();
  const policy = await page.evaluate(async () => (await fetch(location.href)).headers.get('content-security-policy'));
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe-eval');

  // In a script of the page's own, as code that found its way into it would run; evaluate() itself is above the policy.
  const tried = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
    const inline = document.createElement('script');
    inline.textContent = 'window.inlineRan = true';
    document.body.append(inline);
    const foreign = document.createElement('script');
    foreign.src = 'https://example.com/script.js';
    document.body.append(foreign);
    const fetched = await fetch('https://example.com/').then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { inlineRan: 'inlineRan' in window, fetched, violations };
  });
  expect(tried.inlineRan).toBe(false);
  expect(tried.fetched).toBe(false);
  expect(tried.violations).toEqual(expect.arrayContaining(['script-src-elem', 'connect-src']));
  expect(await page.evaluate(() => typeof (globalThis as Record<string, unknown>)['require'])).toBe('undefined');
  expect(page.url()).toBe(address);
});

test('desktop: no navigation, no new window, no permission, and only our own page is answered', async ({ open, shell }) => {
  test.skip(shell !== 'desktop', 'the browser has its own locks');
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

test('browser: no key, a used key, a foreign host or origin get nothing', async ({ open, shell }) => {
  test.skip(shell !== 'browser', 'the desktop has no server');
  const { page, address } = await open();
  await new NotebookPage(page).shows('Clothes, ten classes');
  if (!address) throw new Error('no address');
  expect(address.hostname).toBe('127.0.0.1');
  // The key is gone from the address bar, and out of reach of scripts.
  expect(page.url()).toBe(`${address.origin}/`);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const [kept] = await page.context().cookies();
  expect(kept).toMatchObject({ httpOnly: true, sameSite: 'Strict' });

  const status = (path: string, headers: Record<string, string> = {}) =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: address.port, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response.statusCode ?? 0);
      });
      asked.on('error', reject).end();
    });
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  expect(await status('/')).toBe(403);
  expect(await status('/?token=guess')).toBe(403);
  expect(await status('/', { cookie })).toBe(200);
  expect(await status('/', { cookie, host: `example.com:${address.port}` })).toBe(403);
  expect(await status('/', { cookie, origin: 'https://example.com' })).toBe(403);
  expect(await status('/..%2f..%2fpackage.json', { cookie })).toBe(404);
  expect(await status('/wire', { ...upgrade, cookie, origin: 'https://example.com' })).toBe(403);
  expect(await status('/wire', { ...upgrade, origin: address.origin })).toBe(403);
  expect(await status('/wire', { ...upgrade, cookie, origin: address.origin })).toBe(101);
});

test('a second app on the same workspace says who has it, and the first goes on', async ({ open, shell, workspace, userFolder }) => {
  const first = await open();
  const notebook = new NotebookPage(first.page);
  await notebook.shows('Clothes, ten classes');
  const rootFlags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const [command, args] =
    shell === 'desktop'
      ? [process.env['EPOCHBOOK_ELECTRON'] ?? '', [...rootFlags, root, workspace.folder]]
      : [process.execPath, [join(root, 'main', 'cli', 'epochbook.ts'), 'open', workspace.folder, '--browser']];
  const second = spawn(command, args, { env: { ...process.env, EPOCHBOOK_USER_FOLDER: userFolder }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  second.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  const [code] = (await once(second, 'exit')) as [number | null];
  if (shell === 'desktop') {
    // It hands its arguments to the app that is open, which comes to the front.
    expect(code).toBe(0);
  } else {
    expect(code).toBe(1);
    expect(said).toContain(`process ${first.pid}`);
    expect(said).toContain(workspace.folder);
  }
  await notebook.isFresh('clothes');
});
