import './notebook.css';
import { TriangleAlert } from 'lucide-react';
import { memo, startTransition, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '../../components/Button.tsx';
import { whenIdle } from '../../components/when-idle.ts';
import { useErrorText } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { blockElement, keepBlock, leaveForLater } from './block-element.ts';
import { type EditedBlock, isCell } from './blocks.ts';
import { Cell } from './Cell.tsx';
import { focusEditor } from './editor/handles.ts';
import { FindBar } from './find/FindBar.tsx';
import { useGroups } from './groups.ts';
import { InsertBar, type InsertKind, InsertRow } from './InsertBar.tsx';
import { keyboardPlace } from './keyboard.ts';
import { blockOf, shownKeys, viewBeside, viewKeys } from './lookup.ts';
import { useNotebookActions } from './notebook-actions.ts';
import { useNotebookStore } from './notebook-store.ts';
import { DraftBar } from './DraftBar.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { Prose } from './Prose.tsx';
import { newDataText } from '../workspace/add-files.ts';
import { runCell } from './run-in-view.ts';
import { SectionToggle } from './SectionToggle.tsx';
import { selectionAmong } from './selection.ts';

/** How far each notebook is scrolled, by its path: going back to its tab shows the same place. */
const scrolled = new Map<string, number>();

export function NotebookView() {
  const t = useWords();
  const all = useNotebookStore(({ blocks }) => shownKeys(blocks));
  const shown = useNotebookStore(viewKeys);
  const title = useNotebookStore((state) => state.title);
  const selected = useNotebookStore((state) => state.selected);
  const anchor = useNotebookStore((state) => state.anchor);
  const chosen = useMemo(() => selectionAmong(all, selected, anchor), [all, selected, anchor]);
  const [editingProse, setEditingProse] = useState<string>();
  const drawn = useDrawnFirst(shown);
  const groups = useGroups(drawn);

  const focusBlock = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    useNotebookStore.getState().select(key);
    giveKeyboard(key);
  }, []);
  const extendTo = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    useNotebookStore.getState().extendTo(key);
    giveKeyboard(key);
  }, []);

  const edit = useCallback((block: EditedBlock) => {
    const { folded, toggleFold } = useNotebookStore.getState();
    if (folded.includes(block.key)) {
      flushSync(() => toggleFold([block.key]));
      focusEditor(block.key);
    } else if (isCell(block)) focusEditor(block.key);
    else setEditingProse(block.key);
  }, []);

  const put = useCallback((kind: InsertKind, text: string | undefined, afterKey: string | undefined) => {
    const store = useNotebookStore.getState();
    // The new block is drawn first.
    const key = flushSync(() => (text === undefined ? store.insert(kind, afterKey) : store.insertText(kind, text, afterKey)));
    if (kind === 'prose') setEditingProse(key);
    else focusEditor(key);
    blockElement(key)?.scrollIntoView({ block: 'nearest' });
  }, []);
  const insert = useCallback(
    (kind: InsertKind, afterKey: string | undefined) => {
      if (kind === 'data') void newDataText().then((text) => put(kind, text, afterKey));
      else put(kind, undefined, afterKey);
    },
    [put],
  );

  const runBlocks = useCallback(
    (keys: readonly string[], advance: boolean) => {
      const now = useNotebookStore.getState();
      const next = advance ? viewBeside(now, keys.at(-1), 1) : undefined;
      const run = next ? now.runCell : runCell;
      for (const block of now.blocks) if (isCell(block) && keys.includes(block.key)) void run(block.id);
      if (!next) return;
      if (isCell(next)) focusEditor(next.key);
      else focusBlock(next.key);
    },
    [focusBlock],
  );

  /** Undo or redo; the keyboard goes to what it changed. */
  const travel = useCallback(
    (way: 'undo' | 'redo') => {
      const before = selectedKey();
      const inText = document.activeElement?.closest('.monaco-editor') !== null;
      const key = flushSync(() => useNotebookStore.getState()[way]());
      if (key === undefined || (key === before && blockElement(key)?.contains(document.activeElement))) return;
      const block = useNotebookStore.getState().blocks.find((other) => other.key === key);
      if (inText && block && isCell(block)) focusEditor(key);
      else focusBlock(key);
    },
    [focusBlock],
  );

  const page = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const scroller = page.current?.closest('.main');
    const { path } = useNotebookStore.getState();
    if (!scroller || path === undefined) return undefined;
    scroller.scrollTop = scrolled.get(path) ?? 0;
    // Whoever came with the keyboard goes on where they were, or begins with the first block.
    if (document.activeElement === document.body) keyboardPlace()?.focus({ preventScroll: true });
    const note = () => scrolled.set(path, scroller.scrollTop);
    scroller.addEventListener('scroll', note, { passive: true });
    return () => scroller.removeEventListener('scroll', note);
  }, []);

  useNotebookActions({ insert, runBlocks, focusBlock, extendTo, edit, travel });

  return (
    <div ref={page} className="page">
      <FindBar focusBlock={focusBlock} />
      <SavingBar />
      <DraftBar />
      <MergeDialog />
      <Title key={title} title={title} />
      <Problems />
      {shown.length > 0 && <InsertBar onInsert={insert} />}
      <span className="visually-hidden" role="status">
        {chosen.length > 1 && t('notebook.chosen', { count: chosen.length })}
      </span>
      {groups.map((group) => (
        <div key={group.id} className="block-group" style={{ containIntrinsicHeight: `auto ${group.keys.length * blockPx}px` }}>
          {group.keys.map((key) => (
            <Block
              key={key}
              blockKey={key}
              first={key === shown[0]}
              last={key === shown.at(-1)}
              selected={selected === key}
              chosen={chosen.length > 1 && chosen.includes(key)}
              editing={editingProse === key}
              onRun={runBlocks}
              onTravel={travel}
              onLeave={focusBlock}
              onExtend={extendTo}
              onEditing={setEditingProse}
              onInsert={insert}
            />
          ))}
        </div>
      ))}
      {drawn.length === shown.length && <InsertRow onInsert={(kind) => insert(kind, useNotebookStore.getState().blocks.at(-1)?.key)} />}
    </div>
  );
}

function giveKeyboard(key: string): void {
  const frame = blockElement(key);
  frame?.focus({ preventScroll: true });
  frame?.scrollIntoView({ block: 'nearest' });
}

/** About as high as a block is, with those that are high among them. */
const blockPx = 140;

/** More than a screen's worth. */
const drawnFirst = 12;
const drawnThen = 30;

/**
 * The blocks that are drawn: of a notebook that is just opened those on the first screen, so that it can be typed in, and
 * the others when there is time. One that is gone back to is drawn whole, as its place in it may be anywhere.
 */
function useDrawnFirst(shown: readonly string[]): readonly string[] {
  const [count, setCount] = useState(() => {
    const { path = '' } = useNotebookStore.getState();
    return (scrolled.get(path) ?? 0) > 0 ? Infinity : drawnFirst;
  });
  const isWhole = count >= shown.length;
  useLayoutEffect(() => {
    if (isWhole) return undefined;
    leaveForLater(() => flushSync(() => setCount(Infinity)));
    return () => leaveForLater(undefined);
  }, [isWhole]);
  useEffect(() => {
    if (isWhole) return undefined;
    return whenIdle(() => startTransition(() => setCount(count + drawnThen)));
  }, [isWhole, count]);
  return isWhole ? shown : shown.slice(0, count);
}

interface BlockProps {
  readonly blockKey: string;
  readonly first: boolean;
  readonly last: boolean;
  readonly selected: boolean;
  /** Among several that commands act on. */
  readonly chosen: boolean;
  /** Of prose. */
  readonly editing: boolean;
  readonly onRun: (keys: readonly string[], advance: boolean) => void;
  readonly onTravel: (way: 'undo' | 'redo') => void;
  readonly onLeave: (key: string) => void;
  readonly onExtend: (key: string) => void;
  readonly onEditing: (key: string | undefined) => void;
  readonly onInsert: (kind: InsertKind, afterKey: string | undefined) => void;
}

/** Drawn again for a change of its own block alone, however many there are. */
const Block = memo(function Block(props: BlockProps) {
  const { blockKey, first, last, selected, chosen, editing, onRun, onTravel, onLeave, onExtend, onEditing, onInsert } = props;
  const t = useWords();
  const block = useNotebookStore(({ blocks }) => blockOf(blocks, blockKey));
  // It is gone, and the list is about to be.
  if (!block) return null;
  return (
    <div className="block-frame">
      {/* A block of a notebook is reached with the arrow keys, and Enter goes inside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={(element) => keepBlock(block.key, element)}
        data-key={block.key}
        className={`block of-${block.type}${selected ? ' selected' : ''}${chosen ? ' chosen' : ''}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="group"
        aria-label={
          isCell(block) ? t('notebook.cellOf', { kind: t(`notebook.kind.${block.kind}`), cell: block.id }) : t('notebook.kind.prose')
        }
        aria-current={selected ? true : undefined}
        onFocus={({ target, currentTarget }) => {
          const store = useNotebookStore.getState();
          // Selecting several puts the keyboard here itself.
          if (target !== currentTarget || store.selected !== block.key) store.select(block.key);
        }}
        onPointerDown={(event) => {
          const store = useNotebookStore.getState();
          if (!event.shiftKey || store.selected === undefined || store.selected === block.key) {
            if (store.anchor !== undefined) store.select(block.key);
            return;
          }
          // Shift selects text where the keyboard is in one.
          if (document.activeElement?.closest('.block')?.contains(event.target as Node)) return;
          event.preventDefault();
          onExtend(block.key);
        }}
      >
        {isCell(block) ? (
          <Cell cell={block} selected={selected} onRun={onRun} onTravel={onTravel} onLeave={onLeave} />
        ) : block.type === 'prose' ? (
          <>
            <SectionToggle blockKey={blockKey} />
            <Prose
              block={block}
              lead={first}
              editing={editing}
              onEditing={(begins) => {
                onEditing(begins ? block.key : undefined);
                if (!begins) requestAnimationFrame(() => onLeave(block.key));
              }}
            />
          </>
        ) : null}
      </div>
      {!last && <InsertBar afterKey={block.key} onInsert={onInsert} />}
    </div>
  );
});

/** Click or Enter edits it; Escape leaves it as it was. */
function Title({ title }: { title: string }) {
  const t = useWords();
  const setTitle = useNotebookStore((state) => state.setTitle);
  const [draft, setDraft] = useState(title);
  const cancelled = useRef(false);
  return (
    <h1 className="notebook-title">
      <input
        aria-label={t('notebook.title')}
        value={draft}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => {
          if (cancelled.current || draft.trim() === '') setDraft(title);
          else setTitle(draft);
          cancelled.current = false;
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
          cancelled.current = event.key === 'Escape';
          event.currentTarget.blur();
        }}
      />
    </h1>
  );
}

function SavingBar() {
  const t = useWords();
  const errorText = useErrorText();
  const saving = useNotebookStore((state) => state.saving);
  const saveError = useNotebookStore((state) => state.saveError);
  const checkError = useNotebookStore((state) => state.checkError);
  const keepMine = useNotebookStore((state) => state.keepMine);
  const compareVersions = useNotebookStore((state) => state.compareVersions);
  const takeTheirs = useNotebookStore((state) => state.takeTheirs);
  const save = useNotebookStore((state) => state.save);
  const evaluate = useNotebookStore((state) => state.evaluate);
  if (saving === 'conflict') {
    return (
      <div className="banner" role="alert">
        <TriangleAlert size={16} aria-hidden />
        <span className="grow">
          <b>{t('notebook.conflict')}</b> {t('notebook.conflictText')}
        </span>
        <Button onClick={() => void takeTheirs()}>{t('notebook.takeTheirs')}</Button>
        <Button onClick={() => void keepMine()}>{t('notebook.keepMine')}</Button>
        <Button look="primary" onClick={() => void compareVersions()}>
          {t('notebook.compareVersions')}
        </Button>
      </div>
    );
  }
  if (saving === 'failed') {
    return (
      <div className="banner bad" role="alert">
        <TriangleAlert size={16} aria-hidden />
        <span className="grow">
          <b>{t('notebook.saveFailed')}</b> {errorText(saveError)}
        </span>
        <Button onClick={() => void save()}>{t('notebook.saveAgain')}</Button>
      </div>
    );
  }
  if (checkError !== undefined) {
    return (
      <div className="banner bad" role="alert">
        <TriangleAlert size={16} aria-hidden />
        <span className="grow">{errorText(checkError)}</span>
        <Button onClick={() => void evaluate()}>{t('notebook.tryAgain')}</Button>
      </div>
    );
  }
  return null;
}

function Problems() {
  const errorText = useErrorText();
  const problems = useNotebookStore((state) => state.problems);
  if (problems.length === 0) return null;
  return (
    <ul className="findings problems">
      {problems.map((problem) => (
        <li key={`${problem.code} ${problem.where?.line}`} className="note">
          <span className="grow">{errorText(problem)}</span>
        </li>
      ))}
    </ul>
  );
}

function selectedKey(): string | undefined {
  return useNotebookStore.getState().selected;
}
