/** What a page may not do, whatever is in it: leave, open windows, reach the network, use devices. */
import { app, type Session, session, shell, type WebContents } from 'electron';
import { isPage } from './page-protocol.ts';

const localSchemes = new Set(['epochbook:', 'blob:', 'data:', 'devtools:']);

function permitted(permission: string, address: string): boolean {
  return permission === 'clipboard-sanitized-write' && isPage(address);
}

export function lockSession(made: Session = session.defaultSession): void {
  made.setPermissionRequestHandler((contents, permission, decide) => decide(permitted(permission, contents.getURL())));
  made.setPermissionCheckHandler((_contents, permission, origin) => permitted(permission, origin));
  made.setDevicePermissionHandler(() => false);
  // Offline is a promise: even a page that found a way round its policy reaches nothing.
  made.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !localSchemes.has(new URL(details.url).protocol) });
  });
  // A chart saved as a picture is made in the page itself.
  made.on('will-download', (event, item) => {
    if (!item.getURL().startsWith('blob:') && !item.getURL().startsWith('data:')) event.preventDefault();
  });
}

export function lockContents(contents: WebContents): void {
  contents.on('will-navigate', (event, address) => {
    if (!isPage(address)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // A link in a notebook's prose opens in the user's browser, and only a web page does.
    if (/^https?:\/\//.test(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** Also for contents nobody meant to make. */
export function lockAllContents(): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents));
}
