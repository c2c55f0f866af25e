/** The mends of errors that evaluation found, among the editor's quick fixes. */
import { cellsOf } from '../blocks.ts';
import { keyOfUri, type Model, type Monaco } from '../editor/load.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { applyFix, fixNow, fixTitleNow } from './use-fix.ts';

const command = 'epochbook.fix';

export function offerFixes(monaco: Monaco): void {
  monaco.editor.registerCommand(command, (_accessor, key: string) => {
    const cell = cellsOf(useNotebookStore.getState().blocks).find((other) => other.key === key);
    const fix = cell && fixNow(cell);
    if (fix) applyFix(fix);
  });
  monaco.languages.registerCodeActionProvider('typescript', {
    provideCodeActions(model: Model, _range, { markers }) {
      const key = keyOfUri(model.uri.path);
      const cell = cellsOf(useNotebookStore.getState().blocks).find((other) => other.key === key);
      const fix = cell && fixNow(cell);
      if (!fix || !cell) return { actions: [], dispose: () => undefined };
      const title = fixTitleNow(fix);
      return {
        actions: [
          { title, kind: 'quickfix', diagnostics: markers, isPreferred: true, command: { id: command, title, arguments: [cell.key] } },
        ],
        dispose: () => undefined,
      };
    },
  });
}
