/** What a layer comes to in this model, beside what TypeScript says of its builder. */
import { formatsNow, translate } from '../../../words/use-words.ts';
import { cellsOf } from '../blocks.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { keyOfUri } from './load.ts';
import type { monaco as Monaco } from './monaco.ts';

export function offerLayerFacts(monaco: typeof Monaco): void {
  monaco.languages.registerHoverProvider('typescript', {
    provideHover(model, { lineNumber, column }) {
      const word = model.getWordAtPosition({ lineNumber, column });
      const { blocks, checked } = useNotebookStore.getState();
      const cell = cellsOf(blocks).find(({ key }) => key === keyOfUri(model.uri.path));
      const table = cell && checked[cell.id]?.outcome.model;
      if (!word || !table || !/layers\s*\.\s*$/.test(model.getLineContent(lineNumber).slice(0, word.startColumn - 1))) return null;
      const here = table.layers.findIndex(
        ({ where }) =>
          where?.cell === cell.id &&
          where.cellLine === lineNumber &&
          (where.column ?? 1) <= word.startColumn &&
          (where.endColumn ?? Infinity) >= word.endColumn,
      );
      if (here < 0) return null;
      const written = formatsNow();
      const layer = table.layers[here];
      const facts = translate('notebook.layerFacts', {
        name: layer.name,
        output: written.shape(layer.outputShape),
        parameters: written.count(layer.parameters),
      });
      const range = new monaco.Range(lineNumber, word.startColumn, lineNumber, word.endColumn);
      return { range, contents: [{ value: facts }] };
    },
  });
}
