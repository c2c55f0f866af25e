/** Sets a cell's text as Prettier does, in the style of the samples. Prettier is fetched when it is first asked for. */
import { translate } from '../../../words/use-words.ts';
import { toast } from '../../../components/toast-store.ts';
import { cellsOf, editorText } from '../blocks.ts';
import { useNotebookStore } from '../notebook-store.ts';

/** What fits beside each other in a cell. */
const width = 100;

/** Rejects where the text is no TypeScript. */
export async function formatted(text: string): Promise<string> {
  const [{ format }, babel, estree] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/babel'),
    import('prettier/plugins/estree'),
  ]);
  const plugins = [babel, estree];
  const set = await format(text, { parser: 'babel-ts', plugins, semi: false, singleQuote: true, printWidth: width });
  return set.trimEnd();
}

/** These cells, by their keys; one undo brings all back. A cell that cannot be read is left as it is, and said. */
export async function formatCells(keys: readonly string[]): Promise<void> {
  const texts = new Map<string, string>();
  const unread: string[] = [];
  const before = new Map(cellsOf(useNotebookStore.getState().blocks).map((cell) => [cell.key, editorText(cell)]));
  for (const cell of cellsOf(useNotebookStore.getState().blocks)) {
    if (!keys.includes(cell.key)) continue;
    try {
      texts.set(cell.key, await formatted(editorText(cell)));
    } catch {
      unread.push(cell.id);
    }
  }
  const { blocks, rewrite } = useNotebookStore.getState();
  // Somebody who types on meanwhile is not overwritten.
  for (const cell of cellsOf(blocks)) if (editorText(cell) !== before.get(cell.key)) texts.delete(cell.key);
  rewrite(texts);
  if (unread.length > 0) toast({ text: translate('notebook.notFormatted', { cells: unread.join(', ') }), tone: 'bad' });
}
