/** Images of the workspace in prose: read through the core, as a page has no way to files. */
import { type RefObject, useEffect } from 'react';
import { call, on } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useNotebookStore } from './notebook-store.ts';

/** Addresses by notebook and source. Files that changed are read anew: a plot may be written again and again. */
const addresses = new Map<string, Promise<string>>();
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  on('workspace.changed', () => {
    for (const address of addresses.values()) address.then((url) => URL.revokeObjectURL(url)).catch(() => undefined);
    addresses.clear();
    for (const element of document.querySelectorAll<HTMLImageElement>('img[data-source]')) void fill(element);
  });
}

async function addressOf(notebook: string, source: string): Promise<string> {
  const key = `${notebook}\n${source}`;
  let known = addresses.get(key);
  if (!known) {
    known = call('workspace.readImage', { notebook, source }).then(({ bytes, type }) => URL.createObjectURL(new Blob([bytes], { type })));
    addresses.set(key, known);
  }
  return known;
}

async function fill(element: HTMLImageElement): Promise<void> {
  const notebook = useNotebookStore.getState().path;
  if (notebook === undefined) return;
  try {
    element.src = await addressOf(notebook, element.dataset['source'] ?? '');
    element.removeAttribute('title');
  } catch (error) {
    // The browser draws the alternative text; why, the tooltip says.
    element.classList.add('missing');
    element.title = errorTextNow(error);
  }
}

/** Fills in the images of the element that `html` was drawn in. */
export function useProseImages(element: RefObject<HTMLElement | null>, html: string): void {
  useEffect(() => {
    if (!html.includes('data-source')) return;
    listen();
    for (const image of element.current?.querySelectorAll<HTMLImageElement>('img[data-source]') ?? []) void fill(image);
  }, [element, html]);
}
