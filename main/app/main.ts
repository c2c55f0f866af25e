/** The desktop app: one window on one workbench, training in a utility process. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, shell } from 'electron';
import type { Settings, Workspace } from '#contract/calls.ts';
import { toPlainError } from '#contract/errors.ts';
import { type Locale, locales, message } from '#contract/words/message.ts';
import { readRemembered, remember } from '#shell/remembered.ts';
import { chooseStartPlace, type StartPlace } from '#shell/start-place.ts';
import { userFolder } from '#shell/user-folder.ts';
import { createWorkbench, type Workbench } from '#workbench/workbench.ts';
import { connectPage } from './calls.ts';
import { askBeforeClosing } from './closing.ts';
import { lockAllContents, lockSession } from './locks.ts';
import { setMenu } from './menu.ts';
import { announcePageScheme, servePage } from './page-protocol.ts';
import { forkTask, forkTrainer } from './trainer.ts';
import { openWindow } from './window.ts';
import { type Words, wordsIn } from './words.ts';

const own = userFolder();
app.setPath('userData', own);

if (app.requestSingleInstanceLock()) {
  announcePageScheme();
  // For every page, whatever its window asks for; only who starts the app can turn it off, as root on Linux must.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  lockAllContents();
  void start();
} else {
  // The app that is open already gets the arguments.
  app.quit();
}

async function start(): Promise<void> {
  await app.whenReady();
  let locale = systemLocale();
  const words = wordsIn(() => locale);
  reportFailures(words);
  lockSession();
  servePage(join(app.getAppPath(), 'out', 'renderer'));

  const workbench = await openWorkbench(words);
  if (!workbench) {
    app.quit();
    return;
  }

  let window: BrowserWindow | undefined;
  const useFolder = async (folder: string | undefined) => {
    if (folder === undefined) return;
    const reply = await workbench.call('workspace.open', { folder });
    if (reply.ok) remember(own, { workspace: (reply.value as Workspace).folder });
    else dialog.showErrorBox(words('dialog.failed'), reply.error.message);
  };
  const openFolder = () => void chooseFolder(words('dialog.openFolder'), window).then(useFolder);
  const useSettings = (settings: Settings) => {
    locale = settings.locale;
    nativeTheme.themeSource = settings.theme;
    setMenu(words, { openFolder });
  };
  const settings = await workbench.call('settings.get', {});
  if (settings.ok) useSettings(settings.value as Settings);

  connectPage(
    workbench,
    () => (window?.isDestroyed() === false ? window.webContents : undefined),
    (name, value) => {
      if (name === 'settings.set') useSettings(value as Settings);
      if (name === 'workspace.open') remember(own, { workspace: (value as Workspace).folder });
    },
  );
  let trainsOn = false;
  let isClosing = () => false;
  const show = () => {
    trainsOn = false;
    window = openWindow({
      preloadFile: join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
      iconFile: join(app.getAppPath(), 'resources', 'icon.png'),
      place: readRemembered(own).window,
      words,
      placed: (place) => remember(own, { window: place }),
    });
    isClosing = askBeforeClosing(window, { workbench, words, trainOn: () => (trainsOn = true), stay: comeAgain });
  };
  /** With the path that was asked for, if any. */
  const comeForward = (path: string | undefined) => {
    if (!window || window.isDestroyed()) show();
    else if (window.isMinimized()) window.restore();
    window?.focus();
    const place = path === undefined ? undefined : placeOf(words, path);
    if (place) void useFolder(place.folder);
  };
  let ending = false;
  /** Somebody started the app while its window or all of it was about to be gone. */
  let wanted: { readonly path: string | undefined } | undefined;
  const comeAgain = () => {
    if (wanted) comeForward(wanted.path);
    wanted = undefined;
  };
  const started = (path: string | undefined) => {
    wanted = { path };
    if (!ending && (!window || window.isDestroyed() || !isClosing())) comeAgain();
  };
  show();

  app.on('second-instance', (_event, argv, workingDirectory) => {
    const argument = startArgument(argv);
    started(argument === undefined ? undefined : resolve(workingDirectory, argument));
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) started(undefined);
  });
  app.on('window-all-closed', () => {
    if (wanted) comeAgain();
    else if (trainsOn) void quitWhenTrained(workbench);
    else if (process.platform !== 'darwin') app.quit();
  });
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    if (ending) return;
    ending = true;
    void workbench.close().finally(() => {
      closed = true;
      if (wanted) startAgain(wanted.path);
      app.quit();
    });
  });
}

/** Opens what was asked for, or another folder where that fails; undefined where the user gives up. */
async function openWorkbench(words: Words): Promise<Workbench | undefined> {
  let place = placeOf(words, startArgument(process.argv));
  while (place) {
    try {
      const workbench = await createWorkbench({
        folder: place.folder,
        notebook: place.notebook,
        fork: forkTrainer(join(app.getAppPath(), 'out', 'main', 'trainer.cjs')),
        forkTask,
        samplesFolder: join(app.getAppPath(), 'resources', 'samples'),
        settingsFile: join(own, 'settings.json'),
        version: app.getVersion(),
        shell: { name: 'desktop', chooseFolder, showItem: (path) => shell.showItemInFolder(path) },
      });
      remember(own, { workspace: place.folder });
      return workbench;
    } catch (error) {
      const { response } = await dialog.showMessageBox({
        type: 'error',
        message: words('dialog.cannotStart'),
        detail: toPlainError(error).message,
        buttons: [words('menu.openFolder'), words('dialog.quit')],
        defaultId: 0,
        cancelId: 1,
      });
      const folder = response === 0 ? await chooseFolder(words('dialog.openFolder')) : undefined;
      place = folder === undefined ? undefined : { folder };
    }
  }
  return undefined;
}

function placeOf(words: Words, argument: string | undefined): StartPlace | undefined {
  try {
    return chooseStartPlace({ argument, last: readRemembered(own).workspace, home: homedir() });
  } catch (error) {
    dialog.showErrorBox(words('dialog.cannotStart'), toPlainError(error).message);
    return undefined;
  }
}

/** The notebook or folder among the arguments. `electron FOLDER` puts the app's own folder first. */
function startArgument(argv: readonly string[]): string | undefined {
  return argv.slice(1).filter((argument) => !argument.startsWith('-'))[process.defaultApp ? 1 : 0];
}

/** The app once more, when this one has ended; with the switches that it had. */
function startAgain(path: string | undefined): void {
  app.relaunch({
    // What an AppImage runs from is gone with it.
    execPath: process.env['APPIMAGE'] ?? process.execPath,
    args: [
      ...process.argv.slice(1).filter((argument) => argument.startsWith('-')),
      ...(process.defaultApp ? [app.getAppPath()] : []),
      ...(path === undefined ? [] : [path]),
    ],
  });
}

async function chooseFolder(title: string, parent?: BrowserWindow): Promise<string | undefined> {
  const options: Electron.OpenDialogOptions = { title, properties: ['openDirectory', 'createDirectory'] };
  const chosen = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
  return chosen.canceled ? undefined : chosen.filePaths[0];
}

const lookMs = 1000;

/** Ends the app when nothing trains or waits any more, unless it has a window by then. */
async function quitWhenTrained(workbench: Workbench): Promise<void> {
  while (BrowserWindow.getAllWindows().length === 0) {
    if (workbench.countGoingOn(false) === 0) {
      app.quit();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

function systemLocale(): Locale {
  const language = app.getLocale();
  return locales.find((locale) => locale === language) ?? (language.startsWith('zh') ? 'zh-CN' : 'en');
}

/** An error nobody caught is shown once; runs and notebooks are on the disk, so the app goes on. */
function reportFailures(words: Words): void {
  let shown = false;
  const report = (error: unknown) => {
    console.error(error);
    if (shown) return;
    shown = true;
    dialog.showErrorBox(words('dialog.failed'), message('en', 'internal', { detail: String(error) }));
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}
