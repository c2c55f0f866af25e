import './notebook.css';
import { TriangleAlert } from 'lucide-react';
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react';
import { type Action, useActions } from '../../app/action-store.ts';
import { Button } from '../../components/Button.tsx';
import { useErrorText } from '../../words/errors.ts';
import { type Translate, useWords } from '../../words/use-words.ts';
import { type EditedBlock, isCell, isShown } from './blocks.ts';
import { Cell } from './Cell.tsx';
import { focusEditor } from './editor/handles.ts';
import { InsertBar, type InsertKind, insertKinds, InsertRow } from './InsertBar.tsx';
import { useNotebookStore } from './notebook-store.ts';
import { DraftBar } from './DraftBar.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { Prose } from './Prose.tsx';
import { stopTraining } from './stop-training.ts';
import { isGoing, useTrainingStore } from './training-store.ts';

export function NotebookView() {
  const t = useWords();
  const blocks = useNotebookStore((state) => state.blocks);
  const title = useNotebookStore((state) => state.title);
  const selected = useNotebookStore((state) => state.selected);
  const move = useNotebookStore((state) => state.move);
  const remove = useNotebookStore((state) => state.remove);
  const select = useNotebookStore((state) => state.select);
  const [editingProse, setEditingProse] = useState<string>();
  const frames = useRef(new Map<string, HTMLElement>());
  const shown = useMemo(() => blocks.filter(isShown), [blocks]);

  const focusBlock = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    useNotebookStore.getState().select(key);
    const frame = frames.current.get(key);
    frame?.focus({ preventScroll: true });
    frame?.scrollIntoView({ block: 'nearest' });
  }, []);

  const edit = useCallback((block: EditedBlock) => {
    if (isCell(block)) focusEditor(block.key);
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

  useNotebookActions({ insert, runBlock, focusBlock });

  const onBlockKey = (event: KeyboardEvent, block: EditedBlock, index: number) => {
    // Keys in an editor or a control are theirs.
    if (event.target !== event.currentTarget) return;
    const run = event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (run) runBlock(block, event.shiftKey);
    else if (event.altKey && event.key === 'ArrowUp') move(block.key, -1);
    else if (event.altKey && event.key === 'ArrowDown') move(block.key, 1);
    else if (event.key === 'ArrowUp') focusBlock(shown[index - 1]?.key);
    else if (event.key === 'ArrowDown') focusBlock(shown[index + 1]?.key);
    else if (event.key === 'Enter') edit(block);
    else if (event.key === 'Delete') {
      remove(block.key);
      requestAnimationFrame(() => focusBlock(selectedKey()));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="page">
      <SavingBar />
      <DraftBar />
      <MergeDialog />
      <Title key={title} title={title} />
      <Problems />
      {shown.length > 0 && <InsertBar onInsert={(kind) => insert(kind, undefined)} />}
      {shown.map((block, index) => (
        <div key={block.key}>
          {/* A block of a notebook is reached with the arrow keys, and Enter goes inside. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
          <div
            ref={(element) => {
              if (element) frames.current.set(block.key, element);
              else frames.current.delete(block.key);
            }}
            className={`block of-${block.type}${selected === block.key ? ' selected' : ''}`}
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            role="group"
            aria-label={
              isCell(block) ? t('notebook.cellOf', { kind: t(`notebook.kind.${block.kind}`), cell: block.id }) : t('notebook.kind.prose')
            }
            onKeyDown={(event) => onBlockKey(event, block, index)}
            onFocus={() => select(block.key)}
          >
            {isCell(block) ? (
              <Cell
                cell={block}
                selected={selected === block.key}
                onRun={(advance) => runBlock(block, advance)}
                onLeave={() => focusBlock(block.key)}
              />
            ) : block.type === 'prose' ? (
              <Prose
                block={block}
                lead={index === 0}
                editing={editingProse === block.key}
                onEditing={(editing) => {
                  setEditingProse(editing ? block.key : undefined);
                  if (!editing) requestAnimationFrame(() => focusBlock(block.key));
                }}
              />
            ) : null}
          </div>
          {index < shown.length - 1 && <InsertBar onInsert={(kind) => insert(kind, block.key)} />}
        </div>
      ))}
      <InsertRow onInsert={(kind) => insert(kind, blocks.at(-1)?.key)} />
    </div>
  );
}

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
function useNotebookActions({
  insert,
  runBlock,
  focusBlock,
}: {
  insert: (kind: InsertKind, afterKey: string | undefined) => void;
  runBlock: (block: EditedBlock, advance: boolean) => void;
  focusBlock: (key: string | undefined) => void;
}): void {
  const t = useWords();
  const canUndo = useNotebookStore((state) => state.history.done.length > 0);
  const canRedo = useNotebookStore((state) => state.history.undone.length > 0);
  const selected = useNotebookStore((state) => state.selected);
  const path = useNotebookStore((state) => state.path);
  const running = useTrainingStore((state) => state.runs.some((run) => run.notebook === path && isGoing(run.status)));
  const actions = useMemo(
    () => notebookActions({ t, selected, canUndo, canRedo, running, insert, runBlock, focusBlock }),
    [t, selected, canUndo, canRedo, running, insert, runBlock, focusBlock],
  );
  useActions('notebook', actions);
}

interface ActionFacts {
  readonly t: Translate;
  readonly selected: string | undefined;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly running: boolean;
  readonly insert: (kind: InsertKind, afterKey: string | undefined) => void;
  readonly runBlock: (block: EditedBlock, advance: boolean) => void;
  readonly focusBlock: (key: string | undefined) => void;
}

function notebookActions({ t, selected, canUndo, canRedo, running, insert, runBlock, focusBlock }: ActionFacts): readonly Action[] {
  const store = useNotebookStore.getState();
  const selectedBlock = () => useNotebookStore.getState().blocks.find((block) => block.key === selected);
  const withSelected = (act: (block: EditedBlock) => void) => () => {
    const block = selectedBlock();
    if (block) act(block);
  };
  const none = selected === undefined;
  return [
    {
      id: 'notebook.run',
      title: t('notebook.runCell'),
      keys: 'Mod+Enter',
      disabled: none,
      run: withSelected((block) => runBlock(block, false)),
    },
    {
      id: 'notebook.runNext',
      title: t('notebook.runAndNext'),
      keys: 'Shift+Enter',
      disabled: none,
      run: withSelected((block) => runBlock(block, true)),
    },
    { id: 'notebook.stop', title: t('notebook.stopTraining'), disabled: !running, run: stopTraining },
    { id: 'notebook.undo', title: t('notebook.undo'), keys: 'Mod+Alt+Z', disabled: !canUndo, run: store.undo },
    { id: 'notebook.redo', title: t('notebook.redo'), keys: 'Mod+Alt+Y', disabled: !canRedo, run: store.redo },
    ...insertKinds.map((kind) => ({
      id: `notebook.add.${kind}`,
      title: t(`notebook.add.${kind}`),
      run: () => insert(kind, selected ?? useNotebookStore.getState().blocks.at(-1)?.key),
    })),
    {
      id: 'notebook.up',
      title: t('notebook.moveUp'),
      keys: 'Alt+Up',
      disabled: none,
      run: withSelected((block) => store.move(block.key, -1)),
    },
    {
      id: 'notebook.down',
      title: t('notebook.moveDown'),
      keys: 'Alt+Down',
      disabled: none,
      run: withSelected((block) => store.move(block.key, 1)),
    },
    {
      id: 'notebook.remove',
      title: t('notebook.removeCell'),
      disabled: none,
      run: withSelected((block) => {
        store.remove(block.key);
        focusBlock(selectedKey());
      }),
    },
  ];
}

function selectedKey(): string | undefined {
  return useNotebookStore.getState().selected;
}
