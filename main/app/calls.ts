/** The page's calls to the core, and the core's events to the page. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import { callChannel, type CallName, eventChannel } from '#contract/names.ts';
import type { Workbench } from '#workbench/workbench.ts';
import { isPage } from './page-protocol.ts';

/** True for the top frame of our own window, showing our own page: not a frame in it, not what it became. */
export function isOurPage(event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>, contents: WebContents | undefined): boolean {
  const frame = event.senderFrame;
  return contents !== undefined && event.sender === contents && frame !== null && frame === contents.mainFrame && isPage(frame.url);
}

/**
 * @param page the contents of the window that stands now, if any
 * @param answered is told of every call that succeeded
 * @returns ends it
 */
export function connectPage(
  workbench: Pick<Workbench, 'call' | 'subscribe'>,
  page: () => WebContents | undefined,
  answered: (name: CallName, value: unknown) => void,
): () => void {
  ipcMain.handle(callChannel, async (event, name: CallName, request: unknown) => {
    if (!isOurPage(event, page())) return { ok: false, error: toPlainError(new EpochbookError('request.refused')) };
    try {
      const reply = await workbench.call(name, request);
      if (reply.ok) answered(name, reply.value);
      return reply;
    } catch (error) {
      return { ok: false, error: toPlainError(error) };
    }
  });
  const unsubscribe = workbench.subscribe((name, payload) => page()?.send(eventChannel, name, payload));
  return () => {
    unsubscribe();
    ipcMain.removeHandler(callChannel);
  };
}
