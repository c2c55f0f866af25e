import './editor.css';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useSettingsStore } from '../../../app/settings-store.ts';
import { runOwnKeys } from '../../../app/shortcuts.ts';
import { matchesKeys } from '../../../components/keys.ts';
import type { EditedCell } from '../blocks.ts';
import { editorText } from '../blocks.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { type Place, registerEditor } from './handles.ts';
import { highlight } from './highlight.ts';
import { letterWidth, lineHeight, type LineNote, type Measured, padding, placeNotes, sameMeasures, useRoomFor } from './line-notes.ts';
import { type Editor, loadMonaco, modelOf, type Monaco } from './load.ts';
import { inTurn, watchNear } from './near.ts';

/** After the last key, the ends of the lines are measured for the notes beside them. */
const measureMs = 120;
/** After the last key, the word that was begun has its suggestions. */
const suggestMs = 80;

export interface LineError {
  readonly message: string;
  readonly line: number;
  readonly column?: number | undefined;
  readonly endLine?: number | undefined;
  readonly endColumn?: number | undefined;
}

interface Props {
  readonly cell: EditedCell;
  readonly label: string;
  readonly error?: LineError | undefined;
  /** Drawn at the right end of their lines, or below where there is no room. */
  readonly notes?: readonly LineNote[] | undefined;
  /** `advance`: go on to the next block. */
  readonly onRun: (advance: boolean) => void;
  readonly onTravel: (way: 'undo' | 'redo') => void;
  /** The keyboard leaves the text; it stays at the cell of this key. */
  readonly onLeave: (key: string) => void;
}

/** Undo goes over all cells in one order, so that Monaco's own, of each text alone, is not asked. */
const ways = [
  ['Mod+Z', 'undo'],
  ['Mod+Shift+Z', 'redo'],
  ['Mod+Y', 'redo'],
] as const;

/** Part of Monaco's text models, if not of its published types. */
type Tokenized = { readonly tokenization?: { forceTokenization(line: number): void } };

export const CellEditor = memo(function CellEditor({ cell, label, error, notes, onRun, onTravel, onLeave }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const [mounted, setMounted] = useState<{ editor: Editor; monaco: Monaco; measure: () => void }>();
  const [height, setHeight] = useState<number>();
  const [measured, setMeasured] = useState<Measured>();
  const wanted = useRef<Wanted>(undefined);
  /** From when it is made, which is before it is drawn: who sends the keyboard here may come in between. */
  const made = useRef<Editor>(undefined);
  const latest = useRef({ cell, label, notes, onRun, onTravel, onLeave });
  useLayoutEffect(() => {
    latest.current = { cell, label, notes, onRun, onTravel, onLeave };
  });

  const lineNumbers = useSettingsStore((state) => state.settings?.lineNumbers ?? false);

  const text = editorText(cell);
  const lines = text.split('\n').length;

  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    return watchNear(element, (isNear) => setNear(isNear || element.contains(document.activeElement)));
  }, []);

  useEffect(() => {
    if (!near) return undefined;
    let gone = false;
    let editor: Editor | undefined;
    let takeBack: (() => void) | undefined;
    void loadMonaco().then((monaco) => {
      if (!gone) takeBack = inTurn({ act: () => make(monaco), isUrgent: () => wanted.current !== undefined });
    });
    function make(monaco: Monaco): void {
      const element = host.current;
      if (gone || !element) return;
      const text = modelOf(monaco, latest.current.cell);
      // Colours at once, not a moment after the text: cells are short.
      (text as Tokenized).tokenization?.forceTokenization(text.getLineCount());
      editor = createEditor(monaco, element, text, latest.current.label);
      const measure = () => {
        const model = editor!.getModel();
        // Nothing else is placed by it, and it has the text drawn and laid out at once.
        if (!model || !latest.current.notes?.length) return;
        const tops = Array.from({ length: model.getLineCount() }, (_, index) => ({
          // A long line goes on in the next rows: its note stands at the end of the last.
          top: editor!.getTopForPosition(index + 1, model.getLineMaxColumn(index + 1)),
          end: editor!.getOffsetForColumn(index + 1, model.getLineMaxColumn(index + 1)),
        }));
        const now = { lines: tops, width: editor!.getLayoutInfo().contentWidth, letter: letterWidth(monaco, editor!) };
        setMeasured((before) => (before && sameMeasures(before, now) ? before : now));
      };
      let measuring: ReturnType<typeof setTimeout> | undefined;
      const fit = () => {
        setHeight(editor!.getContentHeight());
        editor!.layout({ width: element.clientWidth, height: editor!.getContentHeight() });
        measure();
      };
      editor.onDidContentSizeChange(fit);
      editor.onDidLayoutChange(measure);
      editor.onDidChangeModelContent(() => {
        useNotebookStore.getState().typed(latest.current.cell.key, () => text.getValue(monaco.editor.EndOfLinePreference.LF));
        clearTimeout(measuring);
        measuring = setTimeout(measure, measureMs);
      });
      editor.onDidFocusEditorText(() => useNotebookStore.getState().select(latest.current.cell.key));
      editor.onKeyDown((event) => {
        const { browserEvent } = event;
        if (browserEvent.isComposing) return;
        const way = ways.find(([keys]) => matchesKeys(browserEvent, keys))?.[1];
        // In the find widget's fields these keys are the fields'.
        if (way && editor!.hasTextFocus()) {
          event.preventDefault();
          event.stopPropagation();
          latest.current.onTravel(way);
          return;
        }
        if (runOwnKeys(browserEvent)) {
          event.preventDefault();
          event.stopPropagation();
          return;
        }
        const run = browserEvent.key === 'Enter' && (browserEvent.ctrlKey || browserEvent.metaKey || browserEvent.shiftKey);
        const leave = browserEvent.key === 'Escape' && !hasOpenWidget([element, widgetHost()]);
        if (!run && !leave) return;
        event.preventDefault();
        event.stopPropagation();
        if (run) latest.current.onRun(browserEvent.shiftKey);
        else latest.current.onLeave(latest.current.cell.key);
      });
      // The field for a new name lies outside of the editor, whose keys do not reach it.
      const onWidgetKey = (event: KeyboardEvent) => {
        if (!(event.target instanceof HTMLElement) || !event.target.closest('.rename-box') || !editor?.hasWidgetFocus()) return;
        const command = event.key === 'Enter' ? 'acceptRenameInput' : event.key === 'Escape' ? 'cancelRenameInput' : undefined;
        if (command === undefined || event.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        editor.trigger('keyboard', command, undefined);
      };
      widgetHost().addEventListener('keydown', onWidgetKey);
      editor.onDidDispose(() => {
        clearTimeout(measuring);
        widgetHost().removeEventListener('keydown', onWidgetKey);
      });
      fit();
      made.current = editor;
      setMounted({ editor, monaco, measure });
      if (wanted.current !== undefined) {
        putCursor(editor, wanted.current);
        wanted.current = undefined;
      }
    }
    return () => {
      gone = true;
      takeBack?.();
      made.current = undefined;
      editor?.dispose();
      setMounted(undefined);
    };
  }, [near]);

  useEffect(() => {
    if (notes) mounted?.measure();
  }, [mounted, notes]);
  useEffect(() => mounted?.editor.updateOptions({ ariaLabel: label }), [mounted, label]);
  useEffect(() => mounted?.editor.updateOptions(numbering(lineNumbers)), [mounted, lineNumbers]);

  useEffect(() => {
    if (!mounted || !host.current) return undefined;
    const element = host.current;
    const observer = new ResizeObserver(() =>
      mounted.editor.layout({ width: element.clientWidth, height: mounted.editor.getContentHeight() }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [mounted]);

  useLayoutEffect(() => {
    const put = (cursor: NonNullable<Wanted>) => {
      if (made.current) putCursor(made.current, cursor);
      else {
        wanted.current = cursor;
        setNear(true);
      }
    };
    return registerEditor(cell.key, {
      focus: (place) => put(place ?? 'anywhere'),
      select: (start, end) => put({ start, end }),
      place: () => {
        const at = made.current?.getPosition();
        return at ? { line: at.lineNumber, column: at.column } : undefined;
      },
      selected: () => {
        const range = made.current?.getSelection();
        return range ? made.current?.getModel()?.getValueInRange(range) : undefined;
      },
    });
  }, [cell.key]);

  const placed = useMemo(() => (measured && notes ? placeNotes(notes, measured) : []), [measured, notes]);
  useRoomFor(placed, mounted?.editor);

  const errorLine = error?.line;
  useEffect(() => {
    const model = mounted?.editor.getModel();
    if (!mounted || !model) return;
    const { monaco } = mounted;
    if (!error || errorLine === undefined || errorLine > model.getLineCount()) {
      monaco.editor.setModelMarkers(model, 'epochbook', []);
      return;
    }
    const wholeLine = error.column === undefined;
    monaco.editor.setModelMarkers(model, 'epochbook', [
      {
        severity: monaco.MarkerSeverity.Error,
        message: error.message,
        startLineNumber: errorLine,
        startColumn: wholeLine ? model.getLineFirstNonWhitespaceColumn(errorLine) || 1 : error.column,
        endLineNumber: error.endLine ?? errorLine,
        endColumn: error.endColumn ?? model.getLineMaxColumn(Math.min(error.endLine ?? errorLine, model.getLineCount())),
      },
    ]);
  }, [mounted, error, errorLine]);

  return (
    <div
      ref={root}
      className={lineNumbers ? 'cell-editor numbered' : 'cell-editor'}
      style={{ height: height ?? lines * lineHeight + 2 * padding }}
    >
      {!mounted && <StaticText text={text} onEdit={() => focus()} label={label} />}
      <div ref={host} className="cell-editor-host" />
      {placed.map(({ line, text: told, top, rows, maxWidth }) => (
        <span key={line} className={rows === 0 ? 'line-note' : 'line-note below'} style={{ top, maxWidth }}>
          {told}
        </span>
      ))}
    </div>
  );
});

function StaticText({ text, onEdit, label }: { text: string; onEdit: () => void; label: string }) {
  const pieces = useMemo(() => highlight(text), [text]);
  return (
    <pre className="cell-static" aria-label={label} onPointerDown={onEdit}>
      {pieces.map((piece, index) =>
        piece.kind === 'plain' ? (
          piece.text
        ) : (
          // The pieces are drawn anew with every change of the text; none has a life of its own.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} className={`code-${piece.kind}`}>
            {piece.text}
          </span>
        ),
      )}
    </pre>
  );
}

/** Where the cursor goes when the editor is there. */
type Wanted = Place | { readonly start: number; readonly end: number } | 'anywhere';

function putCursor(editor: Editor, place: Wanted): void {
  editor.focus();
  if (place === 'anywhere') return;
  if ('start' in place) {
    const model = editor.getModel();
    if (!model) return;
    const from = model.getPositionAt(place.start);
    const to = model.getPositionAt(place.end);
    editor.setSelection({ startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column });
    return;
  }
  editor.setPosition({ lineNumber: place.line, column: place.column ?? 1 });
  editor.revealPositionInCenterIfOutsideViewport({ lineNumber: place.line, column: place.column ?? 1 });
}

/** Something that Escape closes first. What is closed may stay in the page, unseen. */
function hasOpenWidget(places: readonly HTMLElement[]): boolean {
  const kinds = '.suggest-widget.visible, .parameter-hints-widget.visible, .peekview-widget, .rename-box';
  return places.some((place) => [...place.querySelectorAll(kinds)].some((widget) => widget.checkVisibility({ checkVisibilityCSS: true })));
}

let widgets: HTMLElement | undefined;

/** Where suggestions and hovers are drawn: over the page, as a cell's own frame cuts off what stands out of it. */
function widgetHost(): HTMLElement {
  if (!widgets) {
    widgets = document.createElement('div');
    widgets.className = 'monaco-editor cell-widgets';
    document.body.append(widgets);
    keepRulesInHead(widgets);
  }
  return widgets;
}

/**
 * A list of suggestions holds its rules itself, and is put onto the page anew at every word: rules that come or go have a
 * browser look at each element of a long notebook. In the head they stay; Monaco knows them by their element.
 */
function keepRulesInHead(place: HTMLElement): void {
  new MutationObserver(() => document.head.append(...place.querySelectorAll('style'))).observe(place, { childList: true, subtree: true });
}

/** Beside the lines; room for two digits and a little. */
function numbering(shown: boolean) {
  return shown ? ({ lineNumbers: 'on', lineNumbersMinChars: 3 } as const) : ({ lineNumbers: 'off', lineNumbersMinChars: 0 } as const);
}

function createEditor(monaco: Monaco, element: HTMLElement, model: ReturnType<typeof modelOf>, label: string): Editor {
  return monaco.editor.create(element, {
    model,
    theme: 'epochbook',
    ariaLabel: label,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: 12.5,
    lineHeight,
    padding: { top: padding, bottom: padding },
    ...numbering(useSettingsStore.getState().settings?.lineNumbers ?? false),
    glyphMargin: false,
    folding: false,
    lineDecorationsWidth: 14,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    renderLineHighlight: 'none',
    scrollBeyondLastLine: false,
    scrollBeyondLastColumn: 0,
    scrollbar: { vertical: 'hidden', horizontal: 'hidden', handleMouseWheel: false, alwaysConsumeMouseWheel: false },
    wordWrap: 'on',
    wrappingIndent: 'indent',
    guides: { indentation: false },
    fixedOverflowWidgets: true,
    overflowWidgetsDomNode: widgetHost(),
    contextmenu: false,
    // Enter goes inside, and Tab, which indents there, goes past it to what came of the cell.
    tabIndex: -1,
    // Each hint is a layer of its own, in every frame.
    disableLayerHinting: true,
    codeLens: false,
    colorDecorators: false,
    dropIntoEditor: { enabled: false },
    links: false,
    stickyScroll: { enabled: false },
    lightbulb: { enabled: monaco.editor.ShowLightbulbIconMode.Off },
    unicodeHighlight: { ambiguousCharacters: false },
    occurrencesHighlight: 'off',
    wordBasedSuggestions: 'off',
    tabSize: 2,
    suggest: { showStatusBar: false },
    // Not between the keys of somebody who types on: a list that comes and goes is not read, and the keys wait for it.
    quickSuggestionsDelay: suggestMs,
  });
}
