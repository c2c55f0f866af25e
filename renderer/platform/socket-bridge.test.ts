import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fromFrame, toFrame, type WireRequest } from '#contract/wire.ts';
import { createSocketBridge } from './socket-bridge.ts';

/** As much of a WebSocket as the bridge uses, opened and closed by the test. */
class FakeSocket extends EventTarget {
  readonly sent: WireRequest[] = [];
  readyState = 0;

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    this.sent.push(fromFrame(typeof frame === 'string' ? frame : frame.buffer) as WireRequest);
  }

  stand(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  drop(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }

  say(message: unknown): void {
    const frame = toFrame(message);
    this.dispatchEvent(new MessageEvent('message', { data: typeof frame === 'string' ? frame : frame.buffer }));
  }
}

const sockets: FakeSocket[] = [];
const seen: string[] = [];
let mayReturn = true;

function start() {
  return createSocketBridge({
    url: 'ws://127.0.0.1/wire',
    onConnection: (connection) => seen.push(connection),
    mayReturn: () => Promise.resolve(mayReturn),
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
  seen.length = 0;
  mayReturn = true;
});
afterEach(() => {
  vi.useRealTimers();
});

test('what is asked before the connection stands is sent then, and answers find their question', async () => {
  const bridge = start();
  const first = bridge.call('settings.get', {});
  const second = bridge.call('workspace.get', {});
  sockets[0].stand();
  const [one, two] = sockets[0].sent;
  sockets[0].say({ id: two.id, reply: { ok: true, value: Number.NaN } });
  sockets[0].say({ id: one.id, reply: { ok: true, value: new Uint8Array([1, 2]) } });
  expect(await first).toEqual({ ok: true, value: new Uint8Array([1, 2]) });
  expect(await second).toEqual({ ok: true, value: Number.NaN });
});

test('events reach listeners until they end', () => {
  const bridge = start();
  const heard: unknown[] = [];
  const end = bridge.listen((name, payload) => heard.push([name, payload]));
  sockets[0].stand();
  sockets[0].say({ event: 'workspace.changed', payload: {} });
  end();
  sockets[0].say({ event: 'workspace.changed', payload: {} });
  expect(heard).toEqual([['workspace.changed', {}]]);
});

test('a lost connection ends open questions and comes back', async () => {
  const bridge = start();
  sockets[0].stand();
  const asked = bridge.call('settings.get', {});
  sockets[0].drop();
  await expect(asked).rejects.toMatchObject({ code: 'connection.lost' });
  const later = bridge.call('settings.get', {});
  await vi.advanceTimersByTimeAsync(300);
  sockets[1].stand();
  expect(sockets[1].sent).toHaveLength(1);
  sockets[1].say({ id: sockets[1].sent[0].id, reply: { ok: true, value: 1 } });
  expect(await later).toEqual({ ok: true, value: 1 });
  expect(seen).toEqual(['connected', 'lost', 'connected']);
});

test('a server that does not know this page any more is not asked for ever', async () => {
  const bridge = start();
  sockets[0].stand();
  sockets[0].drop();
  await vi.advanceTimersByTimeAsync(300);
  mayReturn = false;
  sockets[1].drop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(2);
  expect(seen.at(-1)).toBe('ended');
  await expect(bridge.call('settings.get', {})).rejects.toMatchObject({ code: 'connection.lost' });
});
