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
  const show = () => {
    trainsOn = false;
    window = openWindow({
      preloadFile: join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
      iconFile: join(app.getAppPath(), 'resources', 'icon.png'),
      place: readRemembered(own).window,
      words,
      placed: (place) => remember(own, { window: place }),
    });
    askBeforeTrainingEnds(window, workbench, words, () => (trainsOn = true));
  };
  show();

  app.on('second-instance', (_event, argv, workingDirectory) => {
    if (!window || window.isDestroyed()) show();
    else if (window.isMinimized()) window.restore();
    window?.focus();
    const argument = startArgument(argv);
    if (argument === undefined) return;
    const place = placeOf(words, resolve(workingDirectory, argument));
    if (place) void useFolder(place.folder);
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) show();
  });
  app.on('window-all-closed', () => {
    if (trainsOn) void quitWhenTrained(workbench);
    else if (process.platform !== 'darwin') app.quit();
  });
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void workbench.close().finally(() => {
      closed = true;
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

async function chooseFolder(title: string, parent?: BrowserWindow): Promise<string | undefined> {
  const options: Electron.OpenDialogOptions = { title, properties: ['openDirectory', 'createDirectory'] };
  const chosen = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
  return chosen.canceled ? undefined : chosen.filePaths[0];
}

/**
 * Training ends with the app, so closing the window asks first. `trainOn` is called where the window closes and the app
 * stays until its runs have ended; who starts the app meanwhile gets a window again.
 */
function askBeforeTrainingEnds(window: BrowserWindow, workbench: Workbench, words: Words, trainOn: () => void): void {
  let agreed = false;
  let asking = false;
  let quitting = false;
  const noteQuitting = () => (quitting = true);
  app.on('before-quit', noteQuitting);
  window.once('closed', () => app.off('before-quit', noteQuitting));

  async function ask(): Promise<'stay' | 'trainOn' | 'end'> {
    const count = workbench.countGoingOn(true);
    if (count === 0) return 'end';
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: words('dialog.quitTraining'),
      detail: words('dialog.quitTrainingDetail', { count }),
      buttons: [words('dialog.keepOpen'), words('dialog.trainOn'), words('dialog.stopAndQuit')],
      defaultId: 0,
      cancelId: 0,
    });
    return (['stay', 'trainOn', 'end'] as const)[response] ?? 'stay';
  }

  window.on('close', (event) => {
    if (agreed) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    void ask().then((answer) => {
      asking = false;
      agreed = answer !== 'stay';
      if (answer === 'trainOn') trainOn();
      if (answer !== 'end') quitting = false;
      if (quitting) app.quit();
      else if (agreed) window.close();
    });
  });
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
