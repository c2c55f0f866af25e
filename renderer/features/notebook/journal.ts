/** When unsaved text goes to the journal: soon after a key, between the frames, and again and again while keys come. */
import { whenIdle } from '../../components/when-idle.ts';

/** A crash loses what was typed in these times, before that came to the notebook, and while the last entry was being written. */
const journalMs = 150;
const longestIdleMs = 100;

export interface JournalClock {
  /** Something changed. */
  note(): void;
  /** It was saved, or there is nothing open any more. */
  stop(): void;
}

/** `write` keeps the text as it is then; one entry is on the disk before the next is sent. */
export function createJournalClock(write: () => Promise<unknown>): JournalClock {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let forget: (() => void) | undefined;
  let writing = false;
  let changed = false;

  async function turn(): Promise<void> {
    timer = undefined;
    forget = undefined;
    if (writing) return;
    writing = true;
    changed = false;
    try {
      await write();
    } catch {
      // The disk is full or gone; saving says so, and the next change tries again.
    }
    writing = false;
    if (changed) note();
  }

  function note(): void {
    changed = true;
    if (writing) return;
    timer ??= setTimeout(() => {
      forget = whenIdle(() => void turn(), longestIdleMs);
    }, journalMs);
  }

  return {
    note,
    stop() {
      clearTimeout(timer);
      forget?.();
      timer = undefined;
      forget = undefined;
      changed = false;
    },
  };
}
