/** Monaco is several megabytes and is fetched once, behind the first paint; cells are readable before. */
import type { CellBlock } from '#contract/notebook.ts';
import { whenIdle } from '../../../components/when-idle.ts';
import { call } from '../../../platform/client.ts';
import { useLocaleStore } from '../../../words/locale.ts';
import { translate } from '../../../words/use-words.ts';
import { cellsOf, type EditedCell, editorText } from '../blocks.ts';
import { offerFixes } from '../fixes/code-actions.ts';
import { focusEditor } from './handles.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { giveMonacoWords, useSpoken } from './monaco-words.ts';

type Loaded = typeof import('./monaco.ts');
export type Monaco = Loaded['monaco'];
export type Editor = ReturnType<Monaco['editor']['create']>;
export type Model = ReturnType<Monaco['editor']['createModel']>;

let loading: Promise<Monaco> | undefined;

export function loadMonaco(): Promise<Monaco> {
  loading ??= (async () => {
    // Before the first model: TypeScript's worker may miss what is changed while it starts. Without typings the editor
    // still edits.
    const asked = typingsNow();
    const code = giveMonacoWords().then(() => import('./monaco.ts'));
    const [loaded, typings] = await Promise.all([code, asked, document.fonts.load("12.5px 'JetBrains Mono Variable'")]);
    const { monaco } = loaded;
    loaded.applyEditorTheme();
    new MutationObserver(() => loaded.applyEditorTheme()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    // The pictures beside suggestions: a font that comes while somebody types has the whole page laid out anew.
    void document.fonts.load('16px codicon').catch(() => undefined);
    sayOfLists(loaded);
    loaded.speak(useLocaleStore.getState().locale, typings);
    useLocaleStore.subscribe(({ locale }, { locale: before }) => {
      if (locale !== before) void describeAnew(loaded);
    });
    loaded.offerDiagnostics(monaco);
    keepModels(monaco, loaded.tellLanguage);
    offerFixes(monaco);
    loaded.offerRename(monaco);
    loaded.offerLayerFacts(monaco);
    // A definition may stand in another cell.
    monaco.editor.registerEditorOpener({
      openCodeEditor(_source, resource, place) {
        const key = keyOfUri(resource.path);
        if (key === undefined) return false;
        const at = place && 'startLineNumber' in place ? { line: place.startLineNumber, column: place.startColumn } : undefined;
        focusEditor(key, at ?? (place && 'lineNumber' in place ? { line: place.lineNumber, column: place.column } : undefined));
        return true;
      },
    });
    return monaco;
  })();
  return loading;
}

/** In the screen's language as it is now. */
function typingsNow(): Promise<string | undefined> {
  return call('language.typings', { locale: useLocaleStore.getState().locale }).then(
    ({ text }) => text,
    () => undefined,
  );
}

const sayOfLists = (loaded: Loaded): void =>
  loaded.sayOfLists({ loading: translate('notebook.suggestionsLoading'), none: translate('notebook.noSuggestions') });

/** The screen's language changed: what completion, hover and signatures say changes with it, and Monaco's own words. */
async function describeAnew(loaded: Loaded): Promise<void> {
  const { locale } = useLocaleStore.getState();
  const [typings] = await Promise.all([typingsNow(), giveMonacoWords()]);
  // It may have changed back meanwhile.
  if (useLocaleStore.getState().locale !== locale) return;
  sayOfLists(loaded);
  loaded.speak(locale, typings);
  useSpoken.setState(({ changes }) => ({ changes: changes + 1 }));
}

/**
 * One model for every cell, mounted or not: TypeScript sees them together, so that names of upper cells are known below.
 * Those of many cells that come at once, as a notebook is opened, are made a few at a time while nothing else goes on.
 */
function keepModels(monaco: Monaco, tellLanguage: Loaded['tellLanguage']): void {
  let synced = new Map<string, EditedCell>();
  let missing: EditedCell[] = [];
  const make = () => {
    const now = cellsOf(useNotebookStore.getState().blocks).filter((cell) => synced.get(cell.key) === cell);
    const known = new Set(now);
    missing = missing.filter((cell) => known.has(cell));
    for (const cell of missing.splice(0, madeAtOnce)) modelOf(monaco, cell);
    if (missing.length > 0) whenIdle(make);
    else void tellLanguage(now.map((cell) => modelOf(monaco, cell)));
  };
  const sync = () => {
    const cells = new Map(cellsOf(useNotebookStore.getState().blocks).map((cell) => [cell.key, cell]));
    for (const [key, cell] of synced) if (!cells.has(key)) monaco.editor.getModel(monaco.Uri.parse(cellUri(cell)))?.dispose();
    const wasMaking = missing.length > 0;
    for (const [key, cell] of cells) {
      const before = synced.get(key);
      if (before === cell) continue;
      const model = monaco.editor.getModel(monaco.Uri.parse(cellUri(cell)));
      if (!model) {
        missing.push(cell);
        continue;
      }
      const text = editorText(cell);
      // A change that did not come from the editor itself: undo of a removal, or the file read anew.
      if (model.getValue(monaco.editor.EndOfLinePreference.LF) !== text) {
        model.pushEditOperations([], [changeTo(model, text)], () => null);
      }
    }
    synced = cells;
    if (missing.length > 0 && !wasMaking) whenIdle(make);
  };
  sync();
  useNotebookStore.subscribe((state, before) => {
    if (state.blocks !== before.blocks) sync();
  });
}

const madeAtOnce = 20;
/** Of the cell that a model's address names. */
export function keyOfUri(path: string): string | undefined {
  return /^\/([^/]+)\/[^/]*\.ts$/.exec(path)?.[1];
}

/** Only what differs, so that the cursor stays with its word. */
function changeTo(model: Model, text: string): { range: ReturnType<Model['getFullModelRange']>; text: string } {
  const before = model.getValue();
  let start = 0;
  while (start < before.length && start < text.length && before[start] === text[start]) start += 1;
  let same = 0;
  const most = Math.min(before.length, text.length) - start;
  while (same < most && before[before.length - 1 - same] === text[text.length - 1 - same]) same += 1;
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(before.length - same);
  const range = model.getFullModelRange().setStartPosition(from.lineNumber, from.column).setEndPosition(to.lineNumber, to.column);
  return { range, text: text.slice(start, text.length - same) };
}

/** Part of Monaco's text models, if not of its published types. */
type Settled = { setLanguage?(language: string): void };

export function modelOf(monaco: Monaco, cell: CellBlock & { readonly key: string }): Model {
  const uri = monaco.Uri.parse(cellUri(cell));
  const known = monaco.editor.getModel(uri);
  if (known) return known;
  const model = monaco.editor.createModel(editorText(cell), 'typescript', uri);
  // A model listens for other languages to come until it is told that this one stays: of hundreds that reads as a leak.
  (model as Settled).setLanguage?.('typescript');
  model.updateOptions({ tabSize: 2, insertSpaces: true });
  return model;
}

/** The cell's name is what lists of references show of it. */
function cellUri(cell: { readonly key: string; readonly id: string }): string {
  return `cell:///${cell.key}/${encodeURIComponent(cell.id)}.ts`;
}
