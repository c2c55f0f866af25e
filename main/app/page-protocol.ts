/** The page's own scheme: `epochbook://app/` is out/renderer and nothing else. */
import { protocol } from 'electron';
import { pageHeaders, readPageFile } from '#shell/page.ts';

const scheme = 'epochbook';
export const pageOrigin = `${scheme}://app`;

/** Before the app is ready: a scheme of the standard kind has an origin, and a secure one may start workers. */
export function announcePageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

export function servePage(folder: string): void {
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    const file = request.method === 'GET' && url.host === 'app' ? await readPageFile(folder, url.pathname) : undefined;
    if (!file) return new Response(undefined, { status: 404, headers: pageHeaders() });
    return new Response(file.body, { headers: { ...pageHeaders(), 'content-type': file.contentType } });
  });
}

/** Only the page itself; a URL that merely begins alike does not count. */
export function isPage(address: string): boolean {
  try {
    const url = new URL(address);
    // `origin` reads "null" for schemes that Node does not know.
    return `${url.protocol}//${url.host}` === pageOrigin;
  } catch {
    return false;
  }
}
