/** The editors on the screen by their block's key, for those who send the keyboard into one. */
import { flushSync } from 'react-dom';
import { useNotebookStore } from '../notebook-store.ts';

export interface Place {
  readonly line: number;
  readonly column?: number | undefined;
}

export interface EditorHandle {
  readonly focus: (place?: Place) => void;
  /** Offsets in the text, its lines ending in \n. */
  readonly select: (start: number, end: number) => void;
  /** Of the cursor, where the editor is mounted. */
  readonly place: () => Place | undefined;
  readonly selected: () => string | undefined;
}

const handles = new Map<string, EditorHandle>();

/** Returns a function that takes it out again. */
export function registerEditor(key: string, handle: EditorHandle): () => void {
  handles.set(key, handle);
  return () => {
    if (handles.get(key) === handle) handles.delete(key);
  };
}

/** One that a collapsed heading hides is drawn first. */
function drawn(key: string): EditorHandle | undefined {
  if (!handles.has(key)) flushSync(() => useNotebookStore.getState().reveal(key));
  return handles.get(key);
}

export function focusEditor(key: string, place?: Place): void {
  drawn(key)?.focus(place);
}

export function selectInEditor(key: string, start: number, end: number): void {
  drawn(key)?.select(start, end);
}

/** What is selected in the editor that has the keyboard. */
export function selectedText(key: string): string | undefined {
  return handles.get(key)?.selected();
}

export function cursorOf(key: string): Place | undefined {
  return handles.get(key)?.place();
}
