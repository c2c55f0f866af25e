/** The one window: its place on the screen, and what happens when its page fails. */
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import type { Words } from './words.ts';
import type { WindowPlace } from '#shell/remembered.ts';
import { pageOrigin } from './page-protocol.ts';

const smallest = { width: 720, height: 480 };
const usual = { width: 1280, height: 860 };
/** Colours of the page's ground, shown until the page is drawn. */
const ground = { light: '#fbfaf8', dark: '#16171a' };
const oftenMs = 60_000;

export interface WindowOptions {
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly place: WindowPlace | undefined;
  readonly words: Words;
  /** Called with the window's place before it closes. */
  readonly placed: (place: WindowPlace) => void;
}

export function openWindow({ preloadFile, iconFile, place, words, placed }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    ...(place && isOnScreen(place) ? { x: place.x, y: place.y, width: place.width, height: place.height } : usual),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Epochbook',
    icon: iconFile,
    backgroundColor: nativeTheme.shouldUseDarkColors ? ground.dark : ground.light,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Its dictionaries would be downloaded.
      spellcheck: false,
    },
  });
  if (place?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => placed({ ...window.getNormalBounds(), maximized: window.isMaximized() }));

  const { webContents: contents } = window;
  let crashes: number[] = [];
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < oftenMs), now];
    // Once may be chance, and everything the page shows is stored: it comes back by itself. After that the user decides.
    if (crashes.length === 1) {
      contents.reload();
      return;
    }
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: words('dialog.pageCrashed'),
        detail: words('dialog.pageCrashedDetail', { count: crashes.length, detail: reason }),
        buttons: [words('dialog.reload'), words('dialog.quit')],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => {
        if (response === 0) contents.reload();
        else app.quit();
      });
  });

  void window.loadURL(`${pageOrigin}/`);
  return window;
}

/** A screen may have been unplugged since: enough of the window must lie on one that is there. */
function isOnScreen(place: WindowPlace): boolean {
  const { workArea } = screen.getDisplayMatching(place);
  const width = Math.min(place.x + place.width, workArea.x + workArea.width) - Math.max(place.x, workArea.x);
  const height = Math.min(place.y + place.height, workArea.y + workArea.height) - Math.max(place.y, workArea.y);
  return width >= smallest.width / 2 && height >= smallest.height / 2;
}
