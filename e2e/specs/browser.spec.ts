/** What the browser shell's server answers, and whom. Runs against the browser shell alone. */
import { request } from 'node:http';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

test('no key, a used key, a foreign host or origin get nothing', async ({ open }) => {
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
