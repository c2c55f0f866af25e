/** Closing the window: training ends with the app, and what was typed last is saved first. */
import { app, type BrowserWindow, dialog } from 'electron';
import type { Workbench } from '#workbench/workbench.ts';
import type { Words } from './words.ts';

/** How long the page may take to save what it said was not saved, before it is asked whether that may be lost. */
const saveMs = 3000;
const lookMs = 250;

export interface Closing {
  readonly workbench: Pick<Workbench, 'countGoingOn'>;
  readonly words: Words;
  /** The window closes, and the app stays until its runs have ended. */
  readonly trainOn: () => void;
  /** The window was about to be gone, and is not. */
  readonly stay: () => void;
}

/**
 * Asks before training ends, and before text is lost.
 *
 * @returns whether the window is about to be gone
 */
export function askBeforeClosing(window: BrowserWindow, { workbench, words, trainOn, stay }: Closing): () => boolean {
  let agreed = false;
  let asking = false;
  let quitting = false;
  let waitedMs = 0;
  const noteQuitting = () => (quitting = true);
  app.on('before-quit', noteQuitting);
  window.once('closed', () => app.off('before-quit', noteQuitting));

  const leave = () => {
    if (window.isDestroyed()) return;
    if (quitting) app.quit();
    else window.close();
  };

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
      if (agreed || quitting) leave();
    });
  });

  window.webContents.on('will-prevent-unload', (event) => {
    // The page saves meanwhile, which is hardly ever worth a question.
    if (agreed && waitedMs < saveMs) {
      waitedMs += lookMs;
      setTimeout(leave, lookMs);
      return;
    }
    waitedMs = 0;
    const choice = dialog.showMessageBoxSync(window, {
      type: 'warning',
      message: words('dialog.unsaved'),
      detail: words('dialog.unsavedDetail'),
      buttons: [words('dialog.stay'), words('dialog.leave')],
      defaultId: 0,
      cancelId: 0,
    });
    // Preventing the page's prevention lets it go.
    if (choice === 1) event.preventDefault();
    else {
      agreed = false;
      quitting = false;
      stay();
    }
  });

  return () => agreed;
}
