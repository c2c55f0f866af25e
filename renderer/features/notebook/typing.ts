/**
 * What is typed goes to the notebook when a pause comes, with the keys before it, and when no frame waits: what that
 * draws anew would make keys wait. Whatever reads or changes the notebook meanwhile has it put there first; the journal
 * takes it from here.
 */
import { whenIdle } from '../../components/when-idle.ts';

const quietMs = 300;
const longestMs = 5000;

/** When the first and the last of the keys came. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Typing {
  /** `text`: what stands in the block then. */
  note(key: string, text: () => string): void;
  /** Puts there at once what has not been put there yet. */
  settle(): void;
  /** The texts that have not been put there yet, by their blocks' keys. */
  readonly waiting: ReadonlyMap<string, () => string>;
}

export function createTyping(put: (key: string, text: string, typed: Stretch) => void): Typing {
  const waiting = new Map<string, () => string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let typedAt = { from: 0, to: 0 };
  const settle = () => {
    const typed = [...waiting];
    waiting.clear();
    for (const [key, text] of typed) put(key, text(), typedAt);
  };
  if (typeof window !== 'undefined') {
    // Letters alone may wait: a shortcut or a click is about the text as it stands.
    const onKey = (event: KeyboardEvent) => {
      if (waiting.size > 0 && (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey)) settle();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    window.addEventListener('pointerdown', settle, { capture: true });
    // Before anybody asks whether all is saved.
    window.addEventListener('beforeunload', settle, { capture: true });
    window.addEventListener('pagehide', settle);
  }
  return {
    note(key, text) {
      const now = Date.now();
      typedAt = { from: waiting.size === 0 ? now : typedAt.from, to: now };
      waiting.set(key, text);
      clearTimeout(timer);
      timer = setTimeout(() => whenIdle(settle), Math.max(0, Math.min(quietMs, typedAt.from + longestMs - now)));
    },
    settle,
    waiting,
  };
}
