/** The built page as both shells serve it: its files, and the headers that lock it in. */
import { readFile } from 'node:fs/promises';
import { extname, join, relative, resolve, isAbsolute } from 'node:path';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Its name carries its content's hash, so it never changes. */
  readonly immutable: boolean;
}

/** The file of `folder` that a URL's path names; undefined where there is none. `/` is index.html. */
export async function readPageFile(folder: string, urlPath: string): Promise<PageFile | undefined> {
  let path: string;
  try {
    path = decodeURIComponent(urlPath === '/' ? '/index.html' : urlPath);
  } catch {
    return undefined;
  }
  const file = resolve(join(folder, path));
  const inside = relative(folder, file);
  const contentType = contentTypes[extname(file)];
  if (path.includes('\0') || inside === '' || inside.startsWith('..') || isAbsolute(inside) || contentType === undefined) return undefined;
  try {
    const bytes = await readFile(file);
    // Electron forbids responses over pooled buffers' memory, so the bytes get their own.
    return { body: new Uint8Array(bytes), contentType, immutable: inside.replaceAll('\\', '/').startsWith('assets/') };
  } catch {
    return undefined;
  }
}

/**
 * Headers of every response. Nothing is loaded from elsewhere, no string becomes code, no other page frames this one.
 * Monaco and Plotly set style attributes and style elements, which is why styles may be inline.
 *
 * @param connect what besides the page's own origin may be talked to, e.g. its WebSocket's address
 */
export function pageHeaders(connect: readonly string[] = []): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...connect].join(' '),
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  };
}
