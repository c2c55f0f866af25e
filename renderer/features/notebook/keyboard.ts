import { focusWhenDrawn } from '../../components/focus-when-drawn.ts';
import { blockElement } from './block-element.ts';
import { viewKeys } from './lookup.ts';
import { useNotebookStore } from './notebook-store.ts';

/** Where the keyboard goes on in the notebook in front: at the block that it was at, or else at the first. */
export function keyboardPlace(): HTMLElement | undefined {
  const notebook = useNotebookStore.getState();
  const key = notebook.selected ?? viewKeys(notebook)[0];
  return (key === undefined ? undefined : blockElement(key)) ?? document.querySelector<HTMLElement>('.main') ?? undefined;
}

/** To the notebook that was opened just now, once it is drawn: whoever asked for it by name goes on there. */
export function giveKeyboardToNotebook(): void {
  focusWhenDrawn(keyboardPlace, { preventScroll: true });
}
