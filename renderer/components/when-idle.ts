/** Runs `act` when nothing else is to be done, or after `longestMs`; returns a function that forgets it. */
export function whenIdle(act: () => void, longestMs = 200): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(act, 0);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(act, { timeout: longestMs });
  return () => cancelIdleCallback(asked);
}
