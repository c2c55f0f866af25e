/** Even on a machine that is never idle. */
const longestMs = 200;

/** Runs `act` when nothing else is to be done; returns a function that forgets it. */
export function whenIdle(act: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(act, 0);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(act, { timeout: longestMs });
  return () => cancelIdleCallback(asked);
}
