import './notebook.css';
import { TriangleAlert } from 'lucide-react';
import { memo, startTransition, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { type Action, useActions } from '../../app/action-store.ts';
import { Button } from '../../components/Button.tsx';
import { whenIdle } from '../../components/when-idle.ts';
import { useErrorText } from '../../words/errors.ts';
import { type Translate, useWords } from '../../words/use-words.ts';
import { blockElement, keepBlock, leaveForLater } from './block-element.ts';
import { type EditedBlock, isCell, isShown } from './blocks.ts';
import { Cell } from './Cell.tsx';
import { cursorOf, focusEditor, selectedText } from './editor/handles.ts';
import { FindBar, reveal } from './find/FindBar.tsx';
import { useFindStore } from './find/find-store.ts';
import { applyFix, fixNow } from './fixes/use-fix.ts';
import { formatCells } from './format/format.ts';
import { InsertBar, type InsertKind, insertKinds, InsertRow } from './InsertBar.tsx';
import { useNotebookStore } from './notebook-store.ts';
import { DraftBar } from './DraftBar.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { Prose } from './Prose.tsx';
import { stopTraining } from './stop-training.ts';
import { isGoing, useTrainingStore } from './training-store.ts';

/** How far each notebook is scrolled, by its path: going back to its tab shows the same place. */
const scrolled = new Map<string, number>();

export function NotebookView() {
  const blocks = useNotebookStore((state) => state.blocks);
  const title = useNotebookStore((state) => state.title);
  const selected = useNotebookStore((state) => state.selected);
  const [editingProse, setEditingProse] = useState<string>();
  const shown = useMemo(() => blocks.filter(isShown), [blocks]);
  const drawn = useDrawnFirst(shown);

  const focusBlock = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    useNotebookStore.getState().select(key);
    const frame = blockElement(key);
    frame?.focus({ preventScroll: true });
    frame?.scrollIntoView({ block: 'nearest' });
  }, []);

  const edit = useCallback((block: EditedBlock) => {
    const { folded, toggleFold } = useNotebookStore.getState();
    if (folded.includes(block.key)) {
      toggleFold(block.key);
      requestAnimationFrame(() => focusEditor(block.key));
    } else if (isCell(block)) focusEditor(block.key);
    else setEditingProse(block.key);
  }, []);

  const insert = useCallback((kind: InsertKind, afterKey: string | undefined) => {
    const key = useNotebookStore.getState().insert(kind, afterKey);
    if (kind === 'prose') setEditingProse(key);
    // The new block is drawn first.
    else requestAnimationFrame(() => focusEditor(key));
  }, []);

  const runBlock = useCallback(
    (block: EditedBlock, advance: boolean) => {
      const { runCell, blocks: now } = useNotebookStore.getState();
      if (isCell(block)) void runCell(block.id);
      if (!advance) return;
      const order = now.filter(isShown);
      const next = order[order.findIndex((other) => other.key === block.key) + 1];
      if (next && isCell(next)) focusEditor(next.key);
      else focusBlock(next?.key);
    },
    [focusBlock],
  );

  /** Undo or redo; the keyboard goes to what it changed. */
  const travel = useCallback(
    (way: 'undo' | 'redo') => {
      const before = selectedKey();
      const inText = document.activeElement?.closest('.monaco-editor') !== null;
      const key = useNotebookStore.getState()[way]();
      if (key === undefined || (key === before && blockElement(key)?.contains(document.activeElement))) return;
      const block = useNotebookStore.getState().blocks.find((other) => other.key === key);
      requestAnimationFrame(() => (inText && block && isCell(block) ? focusEditor(key) : focusBlock(key)));
    },
    [focusBlock],
  );

  const page = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const scroller = page.current?.closest('.main');
    const { path, selected: last } = useNotebookStore.getState();
    if (!scroller || path === undefined) return undefined;
    scroller.scrollTop = scrolled.get(path) ?? 0;
    // Whoever came with the keyboard goes on where they were.
    if (document.activeElement === document.body) {
      const place = (last === undefined ? undefined : blockElement(last)) ?? (scroller as HTMLElement);
      place.focus({ preventScroll: true });
    }
    const note = () => scrolled.set(path, scroller.scrollTop);
    scroller.addEventListener('scroll', note, { passive: true });
    return () => scroller.removeEventListener('scroll', note);
  }, []);

  useNotebookActions({ insert, runBlock, focusBlock, edit, travel });

  return (
    <div ref={page} className="page">
      <FindBar focusBlock={focusBlock} />
      <SavingBar />
      <DraftBar />
      <MergeDialog />
      <Title key={title} title={title} />
      <Problems />
      {shown.length > 0 && <InsertBar onInsert={(kind) => insert(kind, undefined)} />}
      {drawn.map((block, index) => (
        <Block
          key={block.key}
          block={block}
          first={index === 0}
          last={index === shown.length - 1}
          selected={selected === block.key}
          editing={editingProse === block.key}
          onRun={runBlock}
          onTravel={travel}
          onLeave={focusBlock}
          onEditing={setEditingProse}
          onInsert={insert}
        />
      ))}
      {drawn.length === shown.length && <InsertRow onInsert={(kind) => insert(kind, blocks.at(-1)?.key)} />}
    </div>
  );
}

/** More than a screen's worth. */
const drawnFirst = 12;
const drawnThen = 30;

/**
 * The blocks that are drawn: of a notebook that is just opened those on the first screen, so that it can be typed in, and
 * the others when there is time. One that is gone back to is drawn whole, as its place in it may be anywhere.
 */
function useDrawnFirst(shown: readonly EditedBlock[]): readonly EditedBlock[] {
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
  readonly block: EditedBlock;
  readonly first: boolean;
  readonly last: boolean;
  readonly selected: boolean;
  /** Of prose. */
  readonly editing: boolean;
  readonly onRun: (block: EditedBlock, advance: boolean) => void;
  readonly onTravel: (way: 'undo' | 'redo') => void;
  readonly onLeave: (key: string) => void;
  readonly onEditing: (key: string | undefined) => void;
  readonly onInsert: (kind: InsertKind, afterKey: string) => void;
}

/** Drawn again for a change of its own block alone, however many there are. */
const Block = memo(function Block(props: BlockProps) {
  const { block, first, last, selected, editing, onRun, onTravel, onLeave, onEditing, onInsert } = props;
  const t = useWords();
  return (
    <div className="block-frame">
      {/* A block of a notebook is reached with the arrow keys, and Enter goes inside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={(element) => keepBlock(block.key, element)}
        data-key={block.key}
        className={`block of-${block.type}${selected ? ' selected' : ''}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="group"
        aria-label={
          isCell(block) ? t('notebook.cellOf', { kind: t(`notebook.kind.${block.kind}`), cell: block.id }) : t('notebook.kind.prose')
        }
        onFocus={() => useNotebookStore.getState().select(block.key)}
      >
        {isCell(block) ? (
          <Cell cell={block} selected={selected} onRun={onRun} onTravel={onTravel} onLeave={onLeave} />
        ) : block.type === 'prose' ? (
          <Prose
            block={block}
            lead={first}
            editing={editing}
            onEditing={(begins) => {
              onEditing(begins ? block.key : undefined);
              if (!begins) requestAnimationFrame(() => onLeave(block.key));
            }}
          />
        ) : null}
      </div>
      {!last && <InsertBar onInsert={(kind) => onInsert(kind, block.key)} />}
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

/** What the notebook offers to the palette and to the keyboard. */
function useNotebookActions({ insert, runBlock, focusBlock, edit, travel }: Doing): void {
  const t = useWords();
  const canUndo = useNotebookStore((state) => state.history.done.length > 0);
  const canRedo = useNotebookStore((state) => state.history.undone.length > 0);
  const selected = useNotebookStore((state) => state.selected);
  const path = useNotebookStore((state) => state.path);
  const running = useTrainingStore((state) => state.runs.some((run) => run.notebook === path && isGoing(run.status)));
  const folded = useNotebookStore((state) => selected !== undefined && state.folded.includes(selected));
  const canPaste = useNotebookStore((state) => state.copied !== undefined);
  const actions = useMemo(
    () => notebookActions({ t, selected, folded, canPaste, canUndo, canRedo, running, insert, runBlock, focusBlock, edit, travel }),
    [t, selected, folded, canPaste, canUndo, canRedo, running, insert, runBlock, focusBlock, edit, travel],
  );
  useActions('notebook', actions);
}

interface Doing {
  readonly insert: (kind: InsertKind, afterKey: string | undefined) => void;
  readonly runBlock: (block: EditedBlock, advance: boolean) => void;
  readonly focusBlock: (key: string | undefined) => void;
  readonly edit: (block: EditedBlock) => void;
  readonly travel: (way: 'undo' | 'redo') => void;
}

interface ActionFacts extends Doing {
  readonly t: Translate;
  readonly selected: string | undefined;
  readonly folded: boolean;
  readonly canPaste: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly running: boolean;
}

/** Jupyter's command mode: the focus is on a block, not in its text. */
const within = '.block';

function notebookActions(facts: ActionFacts): readonly Action[] {
  const { t, selected, folded, canPaste, canUndo, canRedo, running, insert, runBlock, focusBlock, edit, travel } = facts;
  const store = useNotebookStore.getState();
  const disabled = selected === undefined;
  const onSelected = (act: (block: EditedBlock) => void) => ({
    disabled,
    run: () => {
      const block = useNotebookStore.getState().blocks.find((other) => other.key === selected);
      if (block) act(block);
    },
  });
  /** The keyboard goes to the block that came of it, when that is drawn. */
  const afterwards = (act: (key: string) => string) =>
    onSelected((block) => {
      const key = act(block.key);
      requestAnimationFrame(() => focusBlock(key));
    });
  const neighbour = (step: -1 | 1) =>
    onSelected((block) => {
      const shown = useNotebookStore.getState().blocks.filter(isShown);
      focusBlock(shown[shown.findIndex((other) => other.key === block.key) + step]?.key);
    });
  const removed = (key: string) => {
    store.remove(key);
    return selectedKey() ?? key;
  };
  const moved = (direction: -1 | 1) =>
    afterwards((key) => {
      store.move(key, direction);
      return key;
    });
  return [
    { id: 'notebook.run', title: t('notebook.runCell'), keys: 'Mod+Enter', ...onSelected((block) => runBlock(block, false)) },
    { id: 'notebook.runNext', title: t('notebook.runAndNext'), keys: 'Shift+Enter', ...onSelected((block) => runBlock(block, true)) },
    {
      id: 'notebook.runInsert',
      title: t('notebook.runAndInsert'),
      keys: 'Alt+Enter',
      inText: true,
      ...onSelected((block) => {
        runBlock(block, false);
        insert('code', block.key);
      }),
    },
    { id: 'notebook.stop', title: t('notebook.stopTraining'), keys: 'I I', within, disabled: !running, run: stopTraining },
    {
      id: 'notebook.find',
      title: t('notebook.find'),
      keys: 'Mod+F',
      run: () => useFindStore.getState().show(false, wordsSelected(selected)),
    },
    {
      id: 'notebook.replace',
      title: t('notebook.findWithReplace'),
      keys: 'Mod+H',
      otherKeys: 'Mod+Alt+F',
      run: () => useFindStore.getState().show(true, wordsSelected(selected)),
    },
    {
      id: 'notebook.findNext',
      title: t('notebook.findNext'),
      keys: 'F3',
      otherKeys: 'Mod+G',
      inText: true,
      run: () => findStep(1, selected),
    },
    {
      id: 'notebook.findPrevious',
      title: t('notebook.findPrevious'),
      keys: 'Shift+F3',
      otherKeys: 'Mod+Shift+G',
      inText: true,
      run: () => findStep(-1, selected),
    },
    {
      id: 'notebook.fix',
      title: t('notebook.fix'),
      keys: 'Mod+.',
      ...onSelected((block) => {
        const fix = isCell(block) ? fixNow(block) : undefined;
        if (fix) applyFix(fix);
      }),
    },
    {
      id: 'notebook.format',
      title: t('notebook.format'),
      keys: 'Alt+Shift+F',
      inText: true,
      ...onSelected((block) => void formatCells([block.key])),
    },
    {
      id: 'notebook.formatAll',
      title: t('notebook.formatAll'),
      run: () => void formatCells(useNotebookStore.getState().blocks.map(({ key }) => key)),
    },
    { id: 'notebook.edit', title: t('notebook.edit'), keys: 'Enter', within, ...onSelected(edit) },
    {
      id: 'notebook.command',
      title: t('notebook.commandMode'),
      keys: 'Escape',
      within: 'body, .main',
      ...onSelected((block) => focusBlock(block.key)),
    },
    { id: 'notebook.previous', title: t('notebook.previous'), keys: 'K', otherKeys: 'Up', within, ...neighbour(-1) },
    { id: 'notebook.next', title: t('notebook.next'), keys: 'J', otherKeys: 'Down', within, ...neighbour(1) },
    {
      id: 'notebook.above',
      title: t('notebook.insertAbove'),
      keys: 'A',
      within,
      ...afterwards((key) => store.insertAbove('code', key)),
    },
    {
      id: 'notebook.below',
      title: t('notebook.insertBelow'),
      keys: 'B',
      within,
      ...afterwards((key) => store.insert('code', key)),
    },
    { id: 'notebook.remove', title: t('notebook.removeCell'), keys: 'D D', otherKeys: 'Delete', within, ...afterwards(removed) },
    {
      id: 'notebook.cut',
      title: t('notebook.cut'),
      keys: 'X',
      within,
      ...afterwards((key) => {
        store.copy(key);
        return removed(key);
      }),
    },
    { id: 'notebook.copy', title: t('notebook.copy'), keys: 'C', within, ...onSelected((block) => store.copy(block.key)) },
    {
      id: 'notebook.paste',
      title: t('notebook.paste'),
      keys: 'V',
      within,
      ...afterwards((key) => store.paste(key)),
      disabled: disabled || !canPaste,
    },
    { id: 'notebook.duplicate', title: t('notebook.duplicate'), keys: 'Alt+Shift+Down', ...afterwards((key) => store.duplicate(key)) },
    { id: 'notebook.up', title: t('notebook.moveUp'), keys: 'Alt+Up', ...moved(-1) },
    { id: 'notebook.down', title: t('notebook.moveDown'), keys: 'Alt+Down', ...moved(1) },
    {
      id: 'notebook.toProse',
      title: t('notebook.toProse'),
      keys: 'M',
      within,
      ...afterwards((key) => store.convert(key, 'prose')),
    },
    { id: 'notebook.toCell', title: t('notebook.toCell'), keys: 'Y', within, ...afterwards((key) => store.convert(key, 'code')) },
    {
      id: 'notebook.split',
      title: t('notebook.split'),
      keys: 'Mod+Shift+-',
      ...onSelected((block) => {
        const cursor = cursorOf(block.key);
        if (!cursor) return;
        const key = store.split(block.key, cursor.line, cursor.column ?? 1);
        if (key !== block.key) requestAnimationFrame(() => focusEditor(key));
      }),
    },
    {
      id: 'notebook.merge',
      title: t('notebook.merge'),
      keys: 'Shift+M',
      within,
      ...afterwards((key) => store.mergeWithNext(key)),
    },
    {
      id: 'notebook.fold',
      title: t(folded ? 'notebook.unfold' : 'notebook.fold'),
      keys: 'O',
      within,
      ...onSelected((block) => isCell(block) && store.toggleFold(block.key)),
    },
    {
      id: 'notebook.undo',
      title: t('notebook.undo'),
      keys: 'Z',
      otherKeys: 'Mod+Z',
      within,
      disabled: !canUndo,
      run: () => travel('undo'),
    },
    {
      id: 'notebook.redo',
      title: t('notebook.redo'),
      keys: 'Shift+Z',
      otherKeys: 'Mod+Shift+Z',
      within,
      disabled: !canRedo,
      run: () => travel('redo'),
    },
    ...insertKinds.map((kind) => ({
      id: `notebook.add.${kind}`,
      title: t(`notebook.add.${kind}`),
      run: () => insert(kind, selected ?? useNotebookStore.getState().blocks.at(-1)?.key),
    })),
  ];
}

/** What is selected where the keyboard is: in a cell, or in the page. */
function wordsSelected(key: string | undefined): string | undefined {
  if (document.activeElement?.closest('.monaco-editor')) return key === undefined ? undefined : selectedText(key);
  return document.getSelection()?.toString().trim();
}

function findStep(way: 1 | -1, selected: string | undefined): void {
  const find = useFindStore.getState();
  if (!find.isOpen) find.show(false, wordsSelected(selected));
  reveal(useFindStore.getState().step(way));
}

function selectedKey(): string | undefined {
  return useNotebookStore.getState().selected;
}
