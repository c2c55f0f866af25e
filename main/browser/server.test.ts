import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { fromFrame, toFrame, toWire } from '#contract/wire.ts';
import { type BrowserServer, startServer } from './server.ts';

type Emitted = Parameters<Parameters<typeof startServer>[0]['workbench']['subscribe']>[0];

let folder: string;
let server: BrowserServer;
let port: number;
let asked: [string, unknown][];
let emit: Emitted;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-browser-'));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(page, 'assets', 'main-1234.js'), 'export {};');
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  asked = [];
  server = await startServer({
    pageFolder: page,
    workbench: {
      call: async (name: string, given: unknown) => {
        asked.push([name, given]);
        if (name === 'settings.get') throw new Error('the disk is gone');
        return { ok: true, value: { loss: Number.NaN, pixels: Uint8Array.of(1, 255) } };
      },
      subscribe: (listener: Emitted) => {
        emit = listener;
        return () => undefined;
      },
    },
  });
  port = Number(new URL(server.url).port);
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Node's own client, since fetch sets Host and Origin itself. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

const tokenPath = () => new URL(server.url).pathname + new URL(server.url).search;

async function enter(): Promise<string> {
  const { headers } = await get(tokenPath());
  return String(headers['set-cookie']).replace(/;.*$/, '');
}

function connect(headers: Record<string, string>): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/wire`, { headers });
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
}

const nextMessage = (socket: WebSocket) =>
  new Promise<unknown>((resolve) => {
    socket.once('message', (bytes: Buffer, isBinary: boolean) =>
      resolve(fromFrame(isBinary ? new Uint8Array(bytes).buffer : bytes.toString('utf8'))),
    );
  });

test('listens on the loopback address alone', () => {
  expect(new URL(server.url).hostname).toBe('127.0.0.1');
});

test('a token works once and becomes a strict cookie that scripts cannot read', async () => {
  const first = await get(tokenPath());
  expect(first.status).toBe(200);
  expect(String(first.headers['set-cookie'])).toMatch(/^epochbook-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\//);
  const second = await get(tokenPath());
  expect(second.status).toBe(403);
  expect(second.headers['set-cookie']).toBeUndefined();
  expect(second.body).toContain('works once');
});

test('a browser that has the session may open the address again', async () => {
  const cookie = await enter();
  expect((await get(tokenPath(), { cookie })).status).toBe(200);
});

test('a wrong token is refused and does not use up the right one', async () => {
  expect((await get('/?token=guess')).status).toBe(403);
  expect((await get(tokenPath())).status).toBe(200);
});

test('the page is served with a policy that allows no foreign and no inline script', async () => {
  const { status, headers, body } = await get('/', { cookie: await enter() });
  expect(status).toBe(200);
  expect(body).toContain('<title>page</title>');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe-eval');
  expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port};`);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('nothing is served without a session', async () => {
  for (const path of ['/', '/index.html', '/assets/main-1234.js']) expect((await get(path)).status).toBe(403);
  expect((await get('/', { cookie: `epochbook-${port}=guess` })).status).toBe(403);
});

test('files outside the page are not served, however the path is written', async () => {
  const cookie = await enter();
  expect((await get('/assets/main-1234.js', { cookie })).status).toBe(200);
  for (const path of [
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%2f..%2fsecret.json',
    '/%00',
    '/%',
    '/assets',
  ])
    expect((await get(path, { cookie })).status, path).toBe(404);
});

test('a foreign Host is refused even with the cookie, as when a name is pointed at this machine', async () => {
  const cookie = await enter();
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', `localhost.evil.example:${port}`])
    expect((await get('/', { cookie, host })).status, host).toBe(403);
  expect((await get('/', { cookie, host: `localhost:9999` })).status).toBe(200);
});

test('a foreign Origin is refused, for pages and for the socket', async () => {
  const cookie = await enter();
  expect((await get('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
  for (const origin of ['http://evil.example', `http://localhost:${port}`, `https://127.0.0.1:${port}`, 'null'])
    expect(await connect({ cookie, origin }), origin).toBe(403);
  expect(await connect({ cookie })).toBe(403);
  expect(await connect({ origin: `http://127.0.0.1:${port}` })).toBe(403);
  expect(asked).toEqual([]);
});

test('other methods than reading are refused', async () => {
  expect((await get('/', { cookie: await enter() }, 'POST')).status).toBe(405);
});

test('calls are answered by their id, with what JSON lacks, and failures as replies', async () => {
  const socket = (await connect({ cookie: await enter(), origin: `http://127.0.0.1:${port}` })) as WebSocket;
  const answer = nextMessage(socket);
  socket.send(toFrame({ id: 7, name: 'app.info', request: { a: Number.POSITIVE_INFINITY, piece: Uint8Array.of(7) } }));
  expect(await answer).toEqual({ id: 7, reply: { ok: true, value: { loss: Number.NaN, pixels: Uint8Array.of(1, 255) } } });
  expect(asked).toEqual([['app.info', { a: Number.POSITIVE_INFINITY, piece: Uint8Array.of(7) }]]);
  const failure = nextMessage(socket);
  socket.send(toWire({ id: 8, name: 'settings.get', request: {} }));
  expect(await failure).toMatchObject({ id: 8, reply: { ok: false, error: { code: 'internal', values: { detail: 'the disk is gone' } } } });
  socket.close();
});

test('events reach every tab', async () => {
  const headers = { cookie: await enter(), origin: `http://127.0.0.1:${port}` };
  const tabs = [(await connect(headers)) as WebSocket, (await connect(headers)) as WebSocket];
  const received = Promise.all(tabs.map((tab) => nextMessage(tab)));
  emit('workspace.changed', {});
  const event = { event: 'workspace.changed', payload: {} };
  expect(await received).toEqual([event, event]);
  for (const tab of tabs) tab.close();
});

test('a frame that is no request ends the connection', async () => {
  const headers = { cookie: await enter(), origin: `http://127.0.0.1:${port}` };
  for (const frame of ['{', '[]', '{"id":"1","name":"app.info"}', Buffer.from('{}'), Buffer.from('\xff\xff\xff\x7f00000000', 'latin1')]) {
    const socket = (await connect(headers)) as WebSocket;
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    socket.send(frame);
    expect(await closed).toBe(1007);
  }
  expect(asked).toEqual([]);
});

test('a port in use is named', async () => {
  const taken = startServer({
    pageFolder: folder,
    port,
    workbench: { call: () => Promise.reject(new Error()), subscribe: () => () => undefined },
  });
  await expect(taken).rejects.toMatchObject({ code: 'shell.portTaken', values: { port } });
});
