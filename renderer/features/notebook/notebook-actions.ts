/** What the notebook offers to the palette and to the keyboard: Jupyter's keys, where they have a meaning here. */
import { useMemo } from 'react';
import { flushSync } from 'react-dom';
import { isGoingOn } from '#contract/going-on.ts';
import { type Action, useActions } from '../../app/action-store.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { type Translate, useWords } from '../../words/use-words.ts';
import { type EditedBlock, isCell } from './blocks.ts';
import { cursorOf, focusEditor, selectedText } from './editor/handles.ts';
import { reveal } from './find/FindBar.tsx';
import { useFindStore } from './find/find-store.ts';
import { applyFix, fixNow } from './fixes/use-fix.ts';
import { formatCells } from './format/format.ts';
import { headingAbove, sectionOf } from './headings.ts';
import { type InsertKind, insertKinds } from './InsertBar.tsx';
import { blockOf, viewBeside, viewKeys } from './lookup.ts';
import { useNotebookStore } from './notebook-store.ts';
import { selectionOf } from './selection.ts';
import { stopTraining } from './stop-training.ts';
import { useTrainingStore } from './training-store.ts';

export function useNotebookActions({ insert, runBlocks, focusBlock, extendTo, edit, travel }: Doing): void {
  const t = useWords();
  const canUndo = useNotebookStore((state) => state.history.done.length > 0);
  const canRedo = useNotebookStore((state) => state.history.undone.length > 0);
  const selected = useNotebookStore((state) => state.selected);
  const path = useNotebookStore((state) => state.path);
  const running = useTrainingStore((state) => state.runs.some((run) => run.notebook === path && isGoingOn(run)));
  const folded = useNotebookStore((state) => selected !== undefined && state.folded.includes(selected));
  const canPaste = useNotebookStore((state) => state.copied.length > 0);
  const lineNumbers = useSettingsStore((state) => state.settings?.lineNumbers ?? false);
  const actions = useMemo(
    () =>
      notebookActions({
        t,
        selected,
        folded,
        canPaste,
        lineNumbers,
        canUndo,
        canRedo,
        running,
        insert,
        runBlocks,
        focusBlock,
        extendTo,
        edit,
        travel,
      }),
    [t, selected, folded, canPaste, lineNumbers, canUndo, canRedo, running, insert, runBlocks, focusBlock, extendTo, edit, travel],
  );
  useActions('notebook', actions);
}

interface Doing {
  readonly insert: (kind: InsertKind, afterKey: string | undefined) => void;
  readonly runBlocks: (keys: readonly string[], advance: boolean) => void;
  readonly focusBlock: (key: string | undefined) => void;
  /** The keyboard goes there, and what lies between is selected, too. */
  readonly extendTo: (key: string | undefined) => void;
  readonly edit: (block: EditedBlock) => void;
  readonly travel: (way: 'undo' | 'redo') => void;
}

interface ActionFacts extends Doing {
  readonly t: Translate;
  readonly selected: string | undefined;
  readonly folded: boolean;
  readonly canPaste: boolean;
  readonly lineNumbers: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly running: boolean;
}

/** Jupyter's command mode: the focus is on a block, not in its text. */
const within = '.block';
const headings = [1, 2, 3, 4, 5, 6] as const;

function notebookActions(facts: ActionFacts): readonly Action[] {
  const { t, selected, folded, canPaste, lineNumbers, canUndo, canRedo, running, insert, runBlocks, focusBlock, extendTo, edit, travel } =
    facts;
  const store = useNotebookStore.getState();
  const disabled = selected === undefined;
  const onSelected = (act: (block: EditedBlock) => void) => ({
    disabled,
    run: () => {
      const now = useNotebookStore.getState();
      const block = now.selected === undefined ? undefined : blockOf(now.blocks, now.selected);
      if (block) act(block);
    },
  });
  const onSelection = (act: (keys: readonly string[]) => void) => ({
    disabled,
    run: () => {
      const keys = selectionOf(useNotebookStore.getState());
      if (keys.length > 0) act(keys);
    },
  });
  /**
   * The keyboard goes to the block that came of it; what came of it otherwise stays selected. All is drawn at once: a key
   * that is pressed before the next frame must find the keyboard there.
   */
  const afterwards = (act: (keys: readonly string[]) => string | undefined) =>
    onSelection((keys) => {
      const key = flushSync(() => act(keys));
      const { anchor } = useNotebookStore.getState();
      if (anchor === undefined) focusBlock(key);
      else extendTo(key);
    });
  const beside = (step: -1 | 1, go: (key: string | undefined) => void) =>
    onSelected(({ key }) => go(viewBeside(useNotebookStore.getState(), key, step)?.key));
  const toEnd = (place: 0 | -1) => onSelected(() => extendTo(viewKeys(useNotebookStore.getState()).at(place)));
  const selectedNow = () => useNotebookStore.getState().selected;
  const removed = (keys: readonly string[]) => {
    store.remove(keys);
    return selectedNow();
  };
  const onOne = (act: (block: EditedBlock) => string | undefined) => onSelected((block) => focusBlock(flushSync(() => act(block))));
  const selectAll = () => {
    const keys = viewKeys(useNotebookStore.getState());
    focusBlock(keys[0]);
    extendTo(keys.at(-1));
  };
  /** Collapses the heading; from a block under it, or from one that is collapsed, it goes to the heading above. */
  const toHeading = (key: string) => {
    const { blocks, collapsed } = useNotebookStore.getState();
    if (sectionOf(blocks, key).length > 0 && !collapsed.includes(key)) store.collapse(key, true);
    else focusBlock(headingAbove(blocks, key));
  };
  const moved = (direction: -1 | 1) =>
    afterwards((keys) => {
      store.move(keys, direction);
      return selectedNow();
    });
  const pasted = (where: 'above' | 'below') => ({
    ...afterwards((keys) => store.paste(keys, where)),
    disabled: disabled || !canPaste,
  });
  return [
    { id: 'notebook.run', title: t('notebook.runCell'), keys: 'Mod+Enter', ...onSelection((keys) => runBlocks(keys, false)) },
    { id: 'notebook.runNext', title: t('notebook.runAndNext'), keys: 'Shift+Enter', ...onSelection((keys) => runBlocks(keys, true)) },
    {
      id: 'notebook.runInsert',
      title: t('notebook.runAndInsert'),
      keys: 'Alt+Enter',
      inText: true,
      ...onSelection((keys) => {
        runBlocks(keys, false);
        insert('code', keys.at(-1));
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
      ...onSelection((keys) => void formatCells(keys)),
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
      within: 'body, .main, .block',
      ...onSelected((block) => focusBlock(block.key)),
    },
    { id: 'notebook.previous', title: t('notebook.previous'), keys: 'K', otherKeys: 'Up', within, ...beside(-1, focusBlock) },
    { id: 'notebook.next', title: t('notebook.next'), keys: 'J', otherKeys: 'Down', within, ...beside(1, focusBlock) },
    { id: 'notebook.extendUp', title: t('notebook.extendUp'), keys: 'Shift+K', otherKeys: 'Shift+Up', within, ...beside(-1, extendTo) },
    {
      id: 'notebook.extendDown',
      title: t('notebook.extendDown'),
      keys: 'Shift+J',
      otherKeys: 'Shift+Down',
      within,
      ...beside(1, extendTo),
    },
    { id: 'notebook.extendToTop', title: t('notebook.extendToTop'), keys: 'Shift+Home', within, ...toEnd(0) },
    { id: 'notebook.extendToBottom', title: t('notebook.extendToBottom'), keys: 'Shift+End', within, ...toEnd(-1) },
    { id: 'notebook.selectAll', title: t('notebook.selectAll'), keys: 'Mod+A', ...onSelected(selectAll) },
    {
      id: 'notebook.above',
      title: t('notebook.insertAbove'),
      keys: 'A',
      within,
      ...onOne((block) => store.insertAbove('code', block.key)),
    },
    {
      id: 'notebook.below',
      title: t('notebook.insertBelow'),
      keys: 'B',
      within,
      ...onOne((block) => store.insert('code', block.key)),
    },
    { id: 'notebook.remove', title: t('notebook.removeCell'), keys: 'D D', otherKeys: 'Delete', within, ...afterwards(removed) },
    {
      id: 'notebook.cut',
      title: t('notebook.cut'),
      keys: 'X',
      within,
      ...afterwards((keys) => {
        store.copy(keys);
        return removed(keys);
      }),
    },
    { id: 'notebook.copy', title: t('notebook.copy'), keys: 'C', within, ...onSelection(store.copy) },
    { id: 'notebook.paste', title: t('notebook.paste'), keys: 'V', within, ...pasted('below') },
    { id: 'notebook.pasteAbove', title: t('notebook.pasteAbove'), keys: 'Shift+V', within, ...pasted('above') },
    { id: 'notebook.duplicate', title: t('notebook.duplicate'), keys: 'Alt+Shift+Down', ...afterwards(store.duplicate) },
    { id: 'notebook.up', title: t('notebook.moveUp'), keys: 'Alt+Up', otherKeys: 'Mod+Shift+Up', ...moved(-1) },
    { id: 'notebook.down', title: t('notebook.moveDown'), keys: 'Alt+Down', otherKeys: 'Mod+Shift+Down', ...moved(1) },
    {
      id: 'notebook.toProse',
      title: t('notebook.toProse'),
      keys: 'M',
      within,
      ...afterwards((keys) => store.convert(keys, 'prose')),
    },
    { id: 'notebook.toCell', title: t('notebook.toCell'), keys: 'Y', within, ...afterwards((keys) => store.convert(keys, 'code')) },
    ...headings.map((level) => ({
      id: `notebook.heading${level}`,
      title: t('notebook.toHeading', { level }),
      keys: String(level),
      within,
      ...afterwards((keys) => store.toHeadings(keys, level)),
    })),
    {
      id: 'notebook.split',
      title: t('notebook.split'),
      keys: 'Mod+Shift+-',
      ...onSelected((block) => {
        const cursor = cursorOf(block.key);
        if (!cursor) return;
        const key = flushSync(() => store.split(block.key, cursor.line, cursor.column ?? 1));
        if (key !== block.key) focusEditor(key);
      }),
    },
    {
      id: 'notebook.merge',
      title: t('notebook.merge'),
      keys: 'Shift+M',
      otherKeys: 'Mod+Shift+M',
      within,
      ...afterwards(store.merge),
    },
    {
      id: 'notebook.mergeAbove',
      title: t('notebook.mergeAbove'),
      keys: 'Mod+Backspace',
      within,
      ...onOne((block) => store.mergeWithPrevious(block.key)),
    },
    {
      id: 'notebook.fold',
      title: t(folded ? 'notebook.unfold' : 'notebook.fold'),
      keys: 'O',
      within,
      ...onSelection(store.toggleFold),
    },
    { id: 'notebook.collapse', title: t('notebook.collapse'), keys: 'Left', within, ...onSelected(({ key }) => toHeading(key)) },
    { id: 'notebook.expand', title: t('notebook.expand'), keys: 'Right', within, ...onSelected(({ key }) => store.collapse(key, false)) },
    {
      id: 'notebook.lineNumbers',
      title: t(lineNumbers ? 'notebook.hideLineNumbers' : 'notebook.showLineNumbers'),
      keys: 'Shift+L',
      within,
      run: () => void useSettingsStore.getState().change({ lineNumbers: !lineNumbers }),
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
