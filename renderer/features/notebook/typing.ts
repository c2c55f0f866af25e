/**
 * What is typed goes to the notebook when the frame that shows it is painted: a key is seen before anything else is done
 * with it. Whatever reads or changes the notebook meanwhile has it put there first.
 */

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
    window.addEventListener('pagehide', settle);
  }
  return {
    note(key, text) {
      if (waiting.size === 0) afterPaint(settle);
      waiting.set(key, text);
    },
    settle,
  };
}

/** Of a page that is not shown no frame is painted. */
const unseenMs = 100;

function afterPaint(act: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    act();
  };
  setTimeout(once, unseenMs);
  requestAnimationFrame(() => {
    // A message that a frame's callback sends comes when that frame has been painted.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', once, { once: true });
    port1.start();
    port2.postMessage(undefined);
  });
}
