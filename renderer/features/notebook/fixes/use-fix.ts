/** The mend of a cell's error, for its button, its editor and the palette. */
import { translate, type Translate } from '../../../words/use-words.ts';
import { type EditedCell, editorText } from '../blocks.ts';
import { selectInEditor } from '../editor/handles.ts';
import { inputsOf } from '../inputs.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { type Fix, fixOf, withFix } from './fixes.ts';

/** Undefined where the error is not of the text that stands there now, or there is no mend for it. */
export function fixNow(cell: EditedCell): Fix | undefined {
  const state = useNotebookStore.getState();
  const { blocks, checked } = state;
  const known = checked[cell.id];
  const error = known?.outcome.status === 'failed' ? known.outcome.error : undefined;
  if (!error || known.inputs.keys.get(cell.id) !== inputsOf(state).keys.get(cell.id)) return undefined;
  return fixOf({ cell, error, blocks, modelOf: (model) => checked[model.id]?.outcome.model });
}

export function fixTitle(t: Translate, fix: Fix): string {
  return fix.kind === 'change'
    ? t('notebook.fixChange', { found: fix.found, nearest: fix.nearest })
    : t('notebook.fixInsert', { what: fix.what, before: fix.before });
}

export function fixTitleNow(fix: Fix): string {
  return fixTitle(translate, fix);
}

/** One undo brings the text back. */
export function applyFix(fix: Fix): void {
  const { blocks, rewrite } = useNotebookStore.getState();
  const cell = blocks.find(({ key }) => key === fix.key);
  if (cell?.type !== 'cell') return;
  rewrite(new Map([[fix.key, withFix(editorText(cell), fix)]]));
  // The button that was pressed goes away: the keyboard is where the text changed.
  requestAnimationFrame(() => selectInEditor(fix.key, fix.start, fix.start + fix.text.trimEnd().length));
}
