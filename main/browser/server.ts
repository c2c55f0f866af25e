/** A loopback server: the page's files, and its calls and events over one WebSocket a tab. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import { fromFrame, toFrame, type WireAnswer, type WireEvent, type WireRequest, wirePath } from '#contract/wire.ts';
import { type Locale, message, type MessageKey } from '#contract/words/message.ts';
import type { Workbench } from '#workbench/workbench.ts';
import { pageHeaders, readPageFile } from '#shell/page.ts';
import { createSession, hasLoopbackHost, hasOwnOrigin, type Session } from './session.ts';

/** More than any notebook; a page that sends more is broken. */
const largestMessageBytes = 64 * 1024 * 1024;
/** A tab this far behind misses progress, never anything that tells of something stored. */
const behindBytes = 4 * 1024 * 1024;

export interface BrowserServer {
  /** With the token, good for one visit. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly workbench: Pick<Workbench, 'call' | 'subscribe'>;
  /** Absolute path of the built page. */
  readonly pageFolder: string;
  /** 0 or left out: any free one. */
  readonly port?: number | undefined;
  /** Language of the few pages that are not the app. */
  readonly locale?: Locale;
}

export async function startServer({ workbench, pageFolder, port = 0, locale = 'en' }: ServerOptions): Promise<BrowserServer> {
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  const session = createSession(actualPort);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hasLoopbackHost(request.headers) || !hasOwnOrigin(request.headers, false)) return refuse(response, 403, 'browser.refused');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'browser.refused');
    const url = new URL(request.url ?? '/', 'http://loopback');
    const token = url.searchParams.get('token');
    if (url.pathname === '/' && token !== null) return enter(request, response, session, token);
    if (!session.holdsCookie(request.headers)) return refuse(response, 403, 'browser.noSession');
    const file = await readPageFile(pageFolder, url.pathname);
    if (!file) return refuse(response, 404, 'browser.notFound');
    const caching = file.immutable ? 'max-age=31536000, immutable' : 'no-cache';
    // Some browsers do not count a WebSocket to the page's own host as 'self'.
    const headers = { ...pageHeaders([`ws://${request.headers.host}`]), 'content-type': file.contentType, 'cache-control': caching };
    response.writeHead(200, { ...headers, 'content-length': file.body.byteLength });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  function enter(request: IncomingMessage, response: ServerResponse, session: Session, token: string): void {
    const cookie = session.redeem(token);
    if (cookie === undefined && !session.holdsCookie(request.headers)) return refuse(response, 403, 'browser.addressUsed');
    // A redirect would still count as coming from the page the address was clicked on, and go without the strict cookie.
    const page = '<!doctype html><meta http-equiv="refresh" content="0;url=/"><link rel="icon" href="data:,"><title>Epochbook</title>';
    const headers = { ...pageHeaders(), 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    response.writeHead(200, cookie === undefined ? headers : { ...headers, 'set-cookie': cookie });
    response.end(page);
  }

  function refuse(response: ServerResponse, status: number, key: MessageKey): void {
    response.writeHead(status, { ...pageHeaders(), 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(`${message(locale, key)}\n`);
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { headers } = request;
    const allowed = hasLoopbackHost(headers) && hasOwnOrigin(headers, true) && session.holdsCookie(headers);
    if (!allowed || request.url !== wirePath) {
      socket.end(`HTTP/1.1 ${allowed ? '404 Not Found' : '403 Forbidden'}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, serve);
  });

  function serve(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    socket.on('message', (bytes: Buffer, isBinary: boolean) => {
      const request = readRequest(isBinary ? memoryOf(bytes) : bytes.toString('utf8'));
      if (!request) {
        socket.close(1007);
        return;
      }
      void workbench
        .call(request.name, request.request)
        .catch((error: unknown) => ({ ok: false as const, error: toPlainError(error) }))
        .then((reply) => send(socket, { id: request.id, reply }));
    });
  }

  const unsubscribe = workbench.subscribe((event, payload) => {
    for (const socket of sockets.clients) {
      if (event === 'training.progressed' && socket.bufferedAmount > behindBytes) continue;
      send(socket, { event, payload });
    }
  });

  return {
    url: `http://127.0.0.1:${actualPort}/?token=${session.token}`,
    async close() {
      unsubscribe();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function send(socket: WebSocket, message: WireAnswer | WireEvent): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(toFrame(message));
}

/** Its own, as a frame is read: a buffer may be a piece of a larger one. */
function memoryOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function readRequest(frame: string | ArrayBuffer): WireRequest | undefined {
  let parsed: unknown;
  try {
    parsed = fromFrame(frame);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('id' in parsed) || !('name' in parsed)) return undefined;
  const { id, name } = parsed;
  if (typeof id !== 'number' || typeof name !== 'string') return undefined;
  // The core answers a name that it does not know with an error.
  return { id, name: name as WireRequest['name'], request: 'request' in parsed ? parsed.request : undefined };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new EpochbookError('shell.portTaken', { port }, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
