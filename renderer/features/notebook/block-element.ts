/** The elements that blocks are drawn in, by the blocks' keys. */
const drawn = new Map<string, HTMLElement>();
let drawRest: (() => void) | undefined;

/** It is drawn, or gone. */
export function keepBlock(key: string, element: HTMLElement | null): void {
  if (element) drawn.set(key, element);
  else drawn.delete(key);
}

/** `draw`: draws at once the blocks that are left for later, while a notebook is being opened. */
export function leaveForLater(draw: (() => void) | undefined): void {
  drawRest = draw;
}

/** Undefined where the block is not on the page; one that is left for later is drawn then. */
export function blockElement(key: string): HTMLElement | undefined {
  if (!drawn.has(key)) drawRest?.();
  return drawn.get(key);
}

/** Undefined where the block is not on the page yet. */
export function drawnBlock(key: string): HTMLElement | undefined {
  return drawn.get(key);
}
