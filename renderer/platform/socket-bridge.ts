/** The browser shell's bridge: calls and events over one WebSocket that connects again by itself. See contract/wire.ts. */
import type { Bridge, CallName, EventName } from '#contract/names.ts';
import { fromFrame, toFrame, type WireAnswer, type WireEvent, wirePath } from '#contract/wire.ts';
import { CallError } from './call-error.ts';
import type { Connection } from './connection-store.ts';

const firstRetryMs = 250;
const longestRetryMs = 5000;

interface Options {
  readonly url: string;
  readonly onConnection: (connection: Connection) => void;
  /** Asked after a failed attempt to connect: false where the server is there but refuses this page. */
  readonly mayReturn: () => Promise<boolean>;
  /** For tests. */
  readonly open?: (url: string) => WebSocket;
}

interface Waiting {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function pageSocketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${wirePath}`;
}

export function createSocketBridge({ url, onConnection, mayReturn, open = (address) => new WebSocket(address) }: Options): Bridge {
  const listeners = new Set<(name: EventName, payload: unknown) => void>();
  const waiting = new Map<number, Waiting>();
  /** Asked before the connection stood. */
  const outbox: ReturnType<typeof toFrame>[] = [];
  let socket: WebSocket;
  let nextId = 1;
  let retryMs = firstRetryMs;
  let ended = false;

  function connect(): void {
    let stood = false;
    socket = open(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      stood = true;
      retryMs = firstRetryMs;
      for (const frame of outbox.splice(0)) socket.send(frame);
      onConnection('connected');
    });
    socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => receive(event.data));
    socket.addEventListener('close', () => {
      onConnection('lost');
      if (stood) {
        // What was asked over the lost connection will not be answered.
        for (const { reject } of waiting.values()) reject(lost());
        waiting.clear();
      }
      void retry(stood);
    });
  }

  async function retry(stood: boolean): Promise<void> {
    if (!stood && !(await mayReturn())) {
      ended = true;
      for (const { reject } of waiting.values()) reject(lost());
      waiting.clear();
      onConnection('ended');
      return;
    }
    setTimeout(connect, retryMs);
    retryMs = Math.min(longestRetryMs, retryMs * 2);
  }

  function receive(frame: string | ArrayBuffer): void {
    const message = fromFrame(frame) as WireAnswer | WireEvent;
    if ('event' in message) {
      for (const listener of listeners) listener(message.event, message.payload);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    asked?.resolve(message.reply);
  }

  connect();
  return {
    shell: 'browser',
    call(name: CallName, request: unknown): Promise<unknown> {
      return new Promise((resolve, reject) => {
        if (ended) {
          reject(lost());
          return;
        }
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        const frame = toFrame({ id, name, request });
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
        else outbox.push(frame);
      });
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

function lost(): CallError {
  return new CallError({ code: 'connection.lost', message: 'The connection to Epochbook was lost.' });
}
