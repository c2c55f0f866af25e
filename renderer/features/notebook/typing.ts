/**
 * What is typed goes to the notebook a moment later, with the keys that follow it, when no frame waits: a key is seen
 * before anything else is done with it. Whatever reads or changes the notebook meanwhile has it put there first.
 */
import { whenIdle } from '../../components/when-idle.ts';

/** Keys go there together: when none came for a while, or after the longest, as the journal waits for them. */
const quietMs = 120;
const longestMs = 240;

export interface Typing {
  /** `text`: what stands in the block then. */
  note(key: string, text: () => string): void;
  /** Puts there at once what has not been put there yet. */
  settle(): void;
}

export function createTyping(put: (key: string, text: string) => void): Typing {
  const waiting = new Map<string, () => string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firstAt = 0;
  const settle = () => {
    const typed = [...waiting];
    waiting.clear();
    for (const [key, text] of typed) put(key, text());
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
      const now = performance.now();
      if (waiting.size === 0) firstAt = now;
      waiting.set(key, text);
      clearTimeout(timer);
      timer = setTimeout(() => whenIdle(settle), Math.min(quietMs, firstAt + longestMs - now));
    },
    settle,
  };
}
