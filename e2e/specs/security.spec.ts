/** What a page, a stranger's page and another program may not do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
