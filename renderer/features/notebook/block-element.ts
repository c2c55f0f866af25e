/** The element that a block is drawn in; undefined where it is not on the page. */
export function blockElement(key: string): HTMLElement | undefined {
  return document.querySelector<HTMLElement>(`.block[data-key="${CSS.escape(key)}"]`) ?? undefined;
}
