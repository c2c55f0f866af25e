/**
 * Gives the keyboard to what is drawn with the next frame. On a slow machine that frame is late: who has gone elsewhere by
 * then stays there.
 */
export function focusWhenDrawn(find: () => HTMLElement | null | undefined, options?: FocusOptions): void {
  const before = document.activeElement;
  requestAnimationFrame(() => {
    const { activeElement } = document;
    if (activeElement === before || activeElement === document.body) find()?.focus(options);
  });
}
