/**
 * What is typed goes to the notebook a moment later, with the keys that follow it, when no frame waits: a key is seen
 * before anything else is done with it. Whatever reads or changes the notebook meanwhile has it put there first.
 */
import { whenIdle } from '../../components/when-idle.ts';

/** Keys that come in this time go there together. */
const togetherMs = 120;

export interface Typing {
  /** `text`: what stands in the block then. */
  note(key: string, text: () => string): void;
  /** Puts there at once what has not been put there yet. */
  settle(): void;
}

export function createTyping(put: (key: string, text: string) => void): Typing {
  const waiting = new Map<string, () => string>();
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
      if (waiting.size === 0) setTimeout(() => whenIdle(settle), togetherMs);
      waiting.set(key, text);
    },
    settle,
  };
}
