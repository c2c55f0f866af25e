/** The open notebook: its text, what is saved, what its cells came to, and the values its knobs are set to. */
import { create } from 'zustand';
import type { PlainError } from '#contract/errors.ts';
import type {
  Block,
  CellKind,
  CellOutcome,
  DataPreview,
  NotebookDraft,
  NotebookState as SentNotebook,
  OpenedNotebook,
} from '#contract/notebook.ts';
import type { RunId } from '#contract/ids.ts';
import type { Knob, KnobValue } from '#contract/spec.ts';
import { toast } from '../../components/toast-store.ts';
import { hasCode } from '../../platform/call-error.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { translate } from '../../words/use-words.ts';
import {
  cellsOf,
  type EditedBlock,
  type EditedCell,
  editorText,
  insertAfter,
  isCell,
  isShown,
  shownBeside,
  move,
  newCell,
  newProse,
  remove,
  withEditorText,
  withKeys,
  withoutKeys,
  withProseText,
  withTitle,
} from './blocks.ts';
import { type Inputs, inputsOf } from './inputs.ts';
import { onNearBlocks } from './editor/near.ts';
import { createForeseeing, type Foreseen } from './foresee.ts';
import { stillCollapsed } from './headings.ts';
import { keysOf, viewOf } from './kept-view.ts';
import { type History, noHistory, record, redo, type Step, type Travelled, undo } from './history.ts';
import { asHeadings, convert, merge, type Restructured, splitCell, withCopies } from './restructure.ts';
import { learningRateKnob, withLearningRate } from './learning-rate-text.ts';
import { withParamDefault } from './param-default.ts';
import { createJournalClock } from './journal.ts';
import { createTyping, type Stretch } from './typing.ts';
import { useTrainingStore } from './training-store.ts';

export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

/** A cell's outcome and what it came from: other inputs now mean that it is stale. */
export interface Checked {
  readonly outcome: CellOutcome;
  readonly inputs: Inputs;
}

interface Check {
  /** Ids of the cells that it covers, in order. */
  readonly cells: readonly string[];
  /** The one being worked on. */
  readonly current: string | undefined;
}

/** Unsaved text and the file, both with changes of their own, while the user says what becomes of them. */
export interface Merging {
  /** What both began with, where it is known. */
  readonly base: readonly Block[] | undefined;
  readonly mine: readonly Block[];
  readonly theirs: readonly Block[];
  /** Of the file that was compared. */
  readonly hash: string;
  /** `mine` is what a crash left. */
  readonly ofDraft: boolean;
}

interface NotebookState {
  readonly path: string | undefined;
  readonly title: string;
  readonly blocks: readonly EditedBlock[];
  readonly problems: readonly PlainError[];
  readonly hash: string;
  readonly opening: string | undefined;
  readonly openError: unknown;
  readonly saving: Saving;
  readonly saveError: unknown;
  /** Unsaved text that a crash left, until it is restored or discarded. */
  readonly draft: NotebookDraft | undefined;
  readonly merging: Merging | undefined;
  readonly history: History;
  readonly knobValues: Readonly<Record<string, KnobValue>>;
  readonly knobs: readonly Knob[];
  readonly checked: Readonly<Record<string, Checked>>;
  readonly check: Check | undefined;
  /** How much of the data is read that a check waits for, where reading it takes long. */
  readonly readShare: number | undefined;
  readonly checkError: unknown;
  /** By the train cell's id. */
  readonly foreseen: Readonly<Record<string, Foreseen>>;
  /** Train cells whose run is being asked for. */
  readonly starting: readonly string[];
  readonly startErrors: Readonly<Record<string, unknown>>;
  /** Key of the block that has the keyboard, or had it last. */
  readonly selected: string | undefined;
  /** Key of the block where a selection of several began. */
  readonly anchor: string | undefined;
  /** Keys of cells of which the first line is shown alone. */
  readonly folded: readonly string[];
  /** Keys of headings of which what is under them is not shown. */
  readonly collapsed: readonly string[];
  readonly copied: readonly EditedBlock[];
  /** Paths of notebooks in other tabs that could not be saved. */
  readonly unsavedElsewhere: readonly string[];
}

interface Actions {
  readonly open: (path: string) => Promise<void>;
  readonly openSample: (id: string) => Promise<void>;
  readonly create: (title: string, template?: string) => Promise<void>;
  /** Lets go of every notebook at once: another workspace takes their place. */
  readonly close: () => void;
  /** Saves first. */
  readonly leaveAll: () => Promise<void>;
  /** A notebook whose tab was closed. */
  readonly forget: (path: string) => void;
  /** A notebook's file has another name. */
  readonly renamed: (from: string, to: string) => void;
  readonly save: () => Promise<void>;
  readonly keepMine: () => Promise<void>;
  readonly takeTheirs: () => Promise<void>;
  /** Asks what becomes of mine and the file's, cell by cell. */
  readonly compareVersions: () => Promise<void>;
  readonly mergeVersions: (blocks: readonly Block[]) => Promise<void>;
  readonly cancelMerge: () => void;
  readonly restoreDraft: () => Promise<void>;
  readonly discardDraft: () => Promise<void>;
  /** Opens the notebook with the text that the run was started from in place of its own; one undo brings that back. */
  readonly restoreText: (path: string, runId: RunId) => Promise<boolean>;
  readonly fileChanged: (path: string, hash: string) => void;

  readonly select: (key: string | undefined) => void;
  /** Up to this block, from where the selection began. */
  readonly extendTo: (key: string) => void;
  readonly type: (key: string, text: string, typed?: Stretch) => void;
  /** As `type`, when the typing pauses. */
  readonly typed: (key: string, text: () => string) => void;
  /** Puts other texts in place of those of several blocks, by their keys; one undo brings all back. */
  readonly rewrite: (texts: ReadonlyMap<string, string>) => void;
  readonly setProse: (key: string, text: string) => void;
  /** Text that is still being edited: nothing is drawn anew, but a crash does not lose it. */
  readonly draftProse: (key: string, text: string) => void;
  readonly setTitle: (title: string) => void;
  /** Returns the new block's key. */
  readonly insert: (kind: CellKind | 'prose', afterKey: string | undefined) => string;
  /** With this text: a cell's, or prose. Returns the new block's key. */
  readonly insertText: (kind: CellKind | 'prose', text: string, afterKey: string | undefined) => string;
  readonly insertAbove: (kind: CellKind | 'prose', key: string) => string;
  /** Keys of neighbours in their order, as of all that follow. */
  readonly remove: (keys: readonly string[]) => void;
  readonly move: (keys: readonly string[], direction: -1 | 1) => void;
  /** Behind themselves; returns the last copy's key, as the next ones return the key that the keyboard goes to. */
  readonly duplicate: (keys: readonly string[]) => string;
  readonly copy: (keys: readonly string[]) => void;
  readonly paste: (keys: readonly string[], where: 'above' | 'below') => string;
  readonly split: (key: string, line: number, column: number) => string;
  /** Several in the first of them; one with the next. */
  readonly merge: (keys: readonly string[]) => string;
  readonly mergeWithPrevious: (key: string) => string;
  readonly convert: (keys: readonly string[], to: CellKind | 'prose') => string;
  readonly toHeadings: (keys: readonly string[], level: number) => string;
  /** Cells among these; all are shown whole where one was not. */
  readonly toggleFold: (keys: readonly string[]) => void;
  /** What is under the heading is shown no more, or again. */
  readonly collapse: (key: string, collapsed: boolean) => void;
  /** Opens the headings that hide the block. */
  readonly reveal: (key: string) => void;
  /** Of structure, texts and knobs in one order. Return the key of a block that is other than before. */
  readonly undo: () => string | undefined;
  readonly redo: () => string | undefined;

  /** Writes what the knob is set to into the text, as its default. */
  readonly writeKnob: (name: string) => void;
  /** Into the train cell's text (undefined: the only one), or into the knob that it stands for. */
  readonly writeLearningRate: (cell: string | undefined, rate: number) => void;
  /** Undefined: back to what the text says. */
  readonly setKnob: (name: string, value: KnobValue | undefined) => void;
  /** Evaluates as far as the cell `until`, or all; a check that is going on is followed by this one. */
  readonly evaluate: (until?: string) => Promise<void>;
  readonly evaluating: (cell: string, share?: number) => void;
  readonly runCell: (id: string) => Promise<void>;
  /** Returns the id of the first train cell whose run was started. */
  readonly runAll: () => Promise<string | undefined>;
}

type NotebookStore = NotebookState & Actions;

const autosaveMs = 900;
const knobCheckMs = 250;
/** After typing has paused: what is half typed is not called wrong. */
const typedCheckMs = 500;
/** Opening draws the notebook first, and then asks what its cells come to. */
const openedCheckMs = 60;
const tellMs = 60;
let telling: ReturnType<typeof setTimeout> | undefined;
let toldCell: string | undefined;
let keepingKnobs: ReturnType<typeof setTimeout> | undefined;
/** As the core has it of the open notebook. */
let keptView = '';
/** Shorter than the wait for the check: whoever made a change this short a time ago goes on. */
const unfinishedMs = 400;
let changedAt = 0;
let autosave: ReturnType<typeof setTimeout> | undefined;
/** The save that was asked for last. */
let storing = Promise.resolve();
let knobCheck: ReturnType<typeof setTimeout> | undefined;
/** Texts of open prose editors, by their blocks' keys. */
const proseDrafts = new Map<string, string>();
let checking: Promise<void> | undefined;
/** Whether the next check reads data whose reading was stopped. */
let readsAgain = false;
let nextCheck: { until: string | undefined; done: Promise<void> } | undefined;

const empty = {
  title: '',
  blocks: [],
  problems: [],
  hash: '',
  openError: undefined,
  saving: 'saved' as const,
  saveError: undefined,
  draft: undefined,
  merging: undefined,
  history: noHistory,
  knobValues: {},
  knobs: [],
  checked: {},
  check: undefined,
  readShare: undefined,
  checkError: undefined,
  foreseen: {},
  starting: [],
  startErrors: {},
  selected: undefined,
  anchor: undefined,
  folded: [],
  collapsed: [],
};

/** A notebook in another tab: its text, what is undone, what its cells came to. */
type Parked = Pick<NotebookStore, keyof typeof empty | 'path'>;
const parked = new Map<string, Parked>();

function unsavedParked(): string[] {
  return [...parked].filter(([, { saving }]) => saving !== 'saved').map(([path]) => path);
}

export const useNotebookStore = create<NotebookStore>((set, get, store) => {
  const journal = createJournalClock(writeJournal);
  const typing = createTyping((key, text, typed) => get().type(key, text, typed));
  const foresee = createForeseeing({
    notebook: get,
    // The check that follows what is typed asks again.
    isBusy: () => typing.waiting.size > 0 || Date.now() - changedAt < unfinishedMs || useTrainingStore.getState().isBusy(),
    ask: (cell) => call('notebook.estimate', { ...stateToSend()!, cell }),
    put: (id, value) => set({ foreseen: { ...get().foreseen, [id]: value } }),
  });
  onNearBlocks(foresee);
  useTrainingStore.subscribe(({ runs }, before) => {
    if (runs !== before.runs) foresee();
  });

  async function writeJournal(): Promise<void> {
    const { path, blocks, hash, saving } = get();
    const typed = blocks.map((block) => {
      if (block.type === 'cell') return withTyped(block, typing.waiting.get(block.key)?.());
      const text = block.type === 'prose' ? proseDrafts.get(block.key) : undefined;
      return block.type === 'prose' && text !== undefined && text.trim() !== '' ? { ...withProseText(block, text), key: block.key } : block;
    });
    if (path === undefined || (saving === 'saved' && proseDrafts.size === 0 && !differs(typed, blocks))) return;
    await call('notebook.journal', { path, blocks: withoutKeys(typed), baseHash: hash });
  }

  /** Puts other blocks in place of all; one undo brings the ones before back. */
  function replaceAll(next: readonly Block[]): void {
    const before = get().blocks;
    const after = withKnownKeys([...next], before);
    changed(
      after,
      [...before, ...after].map(({ key }) => key),
    );
    set({ title: titleOf(after) ?? get().title });
    void get().evaluate();
  }

  function show(opened: OpenedNotebook, keep: boolean): void {
    const { blocks: before, path } = get();
    const same = keep && path === opened.path;
    set({
      ...(same ? { problems: opened.problems } : empty),
      path: opened.path,
      title: opened.title,
      problems: opened.problems,
      hash: opened.hash,
      blocks: same ? withKnownKeys(opened.blocks, before) : withKeys(opened.blocks),
      ...(!same && opened.knobs && { knobValues: opened.knobs }),
      saving: 'saved',
      saveError: undefined,
      opening: undefined,
      openError: undefined,
      history: noHistory,
      draft: opened.draft ?? (same ? get().draft : undefined),
    });
    if (!same && opened.view) {
      const outOfSight = keysOf(get().blocks, opened.view);
      keptView = JSON.stringify(viewOf(get().blocks, outOfSight));
      set(outOfSight);
    }
    journal.stop();
    if (!same) checkSoon(openedCheckMs);
  }

  /** Saves the open notebook, and keeps it as it is for when its tab is gone back to. */
  async function leave(): Promise<void> {
    const { path } = get();
    if (path === undefined) return;
    for (const [key, text] of proseDrafts) get().setProse(key, text);
    if (get().saving !== 'saved' && get().saving !== 'conflict') await get().save();
    typing.settle();
    // What could not be saved is offered when this notebook is opened anew.
    if (get().saving !== 'saved') await writeJournal().catch(() => undefined);
    if (get().path !== path) return;
    const now = get();
    parked.set(path, Object.fromEntries(['path', ...Object.keys(empty)].map((name) => [name, now[name as keyof NotebookStore]])) as Parked);
    set({ unsavedElsewhere: unsavedParked() });
  }

  /** As it was left, unless its file is another by now. */
  function goBack(before: Parked, opened: OpenedNotebook): void {
    clearTimeout(autosave);
    journal.stop();
    parked.delete(opened.path);
    set({
      ...before,
      // What was asked for then has been answered to nobody.
      check: undefined,
      readShare: undefined,
      starting: [],
      foreseen: Object.fromEntries(Object.entries(before.foreseen).filter(([, { going }]) => !going)),
      opening: undefined,
      openError: undefined,
      unsavedElsewhere: unsavedParked(),
    });
    if (opened.hash !== before.hash) {
      if (before.saving === 'saved') show(opened, true);
      else set({ saving: 'conflict' });
    }
    if (get().saving !== 'saved') journal.note();
    checkSoon(openedCheckMs);
  }

  async function opening(name: string, ask: () => Promise<OpenedNotebook>): Promise<void> {
    await leave();
    set({ opening: name, openError: undefined });
    try {
      const opened = await ask();
      const before = parked.get(opened.path);
      if (before) goBack(before, opened);
      else show(opened, false);
    } catch (error) {
      set({ opening: undefined, openError: error });
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  }

  function changed(blocks: readonly EditedBlock[], rewritten?: readonly string[], burst?: Step['burst']): void {
    const { blocks: before, saving, history } = get();
    if (blocks === before) return;
    set({
      blocks,
      saving: saving === 'conflict' ? 'conflict' : 'unsaved',
      ...(rewritten && {
        history: record(history, {
          before,
          after: blocks,
          rewritten,
          ...(burst && { burst }),
        }),
      }),
    });
    scheduleSave();
    journal.note();
    if (sameCells(before, blocks)) return;
    changedAt = Date.now();
    checkSoon(typedCheckMs);
  }

  async function saveNow(): Promise<void> {
    const { path, blocks, hash, saving } = get();
    if (path === undefined || saving === 'saved' || saving === 'conflict') return;
    set({ saving: 'saving', saveError: undefined });
    try {
      const saved = await call('notebook.save', { path, blocks: withoutKeys(blocks), baseHash: hash });
      if (get().path !== path) return;
      const unchanged = get().blocks === blocks;
      set({ hash: saved.hash, saving: get().saving === 'conflict' ? 'conflict' : unchanged ? 'saved' : 'unsaved' });
      if (unchanged && proseDrafts.size === 0 && typing.waiting.size === 0) journal.stop();
      if (!unchanged) scheduleSave();
    } catch (error) {
      if (get().path !== path) return;
      set({ saving: hasCode(error, 'notebook.changedOnDisk') ? 'conflict' : 'failed', saveError: error });
    }
  }

  function scheduleSave(): void {
    clearTimeout(autosave);
    autosave = setTimeout(() => void get().save(), autosaveMs);
  }

  async function checkNow(until: string | undefined): Promise<void> {
    const sent = stateToSend();
    if (!sent) return;
    const { blocks, knobValues, path } = get();
    const cells = cellsOf(blocks).map((cell) => cell.id);
    toldCell = undefined;
    const covered = until === undefined ? cells : cells.slice(0, cells.indexOf(until) + 1);
    const again = readsAgain;
    readsAgain = false;
    set({ check: { cells: covered, current: covered[0] }, readShare: undefined, checkError: undefined });
    try {
      const { cells: outcomes, knobs } = await call('notebook.check', {
        ...sent,
        ...(until !== undefined && { until }),
        ...(again && { again }),
      });
      if (get().path !== path) return;
      // A cell that was not reached or has a slip in it keeps the knobs it had.
      const told = new Set(outcomes.filter((outcome) => outcome.status === 'ok').map((outcome) => outcome.id));
      const others = get().knobs.filter((known) => !told.has(known.cell) && !knobs.some((knob) => knob.name === known.name));
      const known = sameAs(get().knobs, [...knobs, ...others]);
      const inputs = inputsOf({ blocks, knobValues, knobs: known });
      const checked = { ...get().checked };
      // What came out as before is not drawn again.
      for (const outcome of outcomes) checked[outcome.id] = { outcome: sameAs(checked[outcome.id]?.outcome, outcome), inputs };
      set({ checked, knobs: known, check: undefined });
      if (outcomes.length === cells.length && outcomes.every(({ status }) => status === 'ok')) forgetKnobs(knobs);
      foresee();
    } catch (error) {
      if (get().path === path) set({ check: undefined, checkError: error });
    }
  }

  /** A knob that no cell defines any more is set to nothing. */
  function forgetKnobs(defined: readonly Knob[]): void {
    const { knobValues } = get();
    const kept = Object.entries(knobValues).filter(([name]) => defined.some((knob) => knob.name === name));
    if (kept.length < Object.keys(knobValues).length) set({ knobValues: Object.fromEntries(kept) });
  }

  /** Whether a run was started. */
  async function train(cell: EditedCell): Promise<boolean> {
    const sent = stateToSend();
    if (!sent) return false;
    const { [cell.id]: _old, ...startErrors } = get().startErrors;
    set({ starting: [...get().starting, cell.id], startErrors });
    const inputs = inputsOf(get());
    try {
      const run = await call('training.start', { ...sent, cell: cell.id });
      useTrainingStore.getState().started(run, cell.id, inputs);
      return true;
    } catch (error) {
      if (get().path === sent.path) set({ startErrors: { ...get().startErrors, [cell.id]: error } });
      return false;
    } finally {
      set({ starting: get().starting.filter((id) => id !== cell.id) });
    }
  }

  async function answerDraft(path: string): Promise<void> {
    try {
      await call('notebook.answerDraft', { path });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  }

  /** The draft's text is in the notebook; it is let go only when the journal holds it anew. */
  async function restored(blocks: readonly Block[]): Promise<void> {
    const { path } = get();
    if (path === undefined) return;
    set({ draft: undefined });
    replaceAll(blocks);
    try {
      await writeJournal();
    } catch {
      // It stays where it is, and is offered again.
      return;
    }
    await answerDraft(path);
  }

  /** Returns the key that the keyboard goes to: `key` itself where nothing could be done. */
  function restructured(result: Restructured | undefined, key: string): string {
    if (!result) return key;
    changed(result.blocks, result.rewritten);
    set({ selected: result.key, anchor: result.from });
    return result.key;
  }

  function merged(keys: readonly string[], key: string): string {
    const result = merge(get().blocks, keys);
    if (!result && keys.length > 1) toast({ text: translate('notebook.mergeUnlike'), tone: 'bad' });
    return restructured(result, key);
  }

  function blocksOf(keys: readonly string[]): EditedBlock[] {
    return get().blocks.filter(({ key }) => keys.includes(key));
  }

  function travelled(result: Travelled | undefined): string | undefined {
    if (!result) return undefined;
    const { blocks, knobs, history, touched } = result;
    const { selected, blocks: before } = get();
    const place = before.filter(isShown).findIndex((block) => block.key === selected);
    changed(blocks);
    set({ history, title: titleOf(blocks) ?? get().title, ...(knobs && { knobValues: knobs }) });
    if (knobs) checkSoon();
    const shown = blocks.filter(isShown);
    const there = shown.some((block) => block.key === selected);
    // The selected block may be gone: the one in its place is selected then.
    const key = (shown.find((block) => touched.includes(block.key)) ?? (there ? undefined : shown[Math.min(place, shown.length - 1)]))?.key;
    if (key !== undefined) set({ selected: key, anchor: undefined });
    return key;
  }

  /** Undoes a removal that may not be the last thing that was done. */
  function bringBack(step: Step | undefined): void {
    const { history, blocks } = get();
    if (!step || history.done.at(-1) === step) {
      get().undo();
      return;
    }
    const after = new Set(step.after.map(({ key }) => key));
    const kept = new Set(blocks.map(({ key }) => key));
    let back = blocks;
    for (const [at, block] of step.before.entries()) {
      if (!isShown(block) || after.has(block.key) || kept.has(block.key)) continue;
      const above = step.before.slice(0, at).findLast((other) => kept.has(other.key) && other.type !== 'front');
      back = insertAfter(back, above?.key, block);
      kept.add(block.key);
    }
    changed(back, []);
  }

  /** What the nearest data cell came to, at or above this block. */
  function dataAbove(key: string | undefined): DataPreview | undefined {
    const { blocks, checked } = get();
    const above = blocks.slice(0, blocks.findIndex((block) => block.key === key) + 1);
    const found = cellsOf(above).findLast(({ kind, id }) => kind === 'data' && checked[id]?.outcome.data);
    return found && checked[found.id].outcome.data;
  }

  function checkSoon(afterMs = knobCheckMs): void {
    clearTimeout(knobCheck);
    // Not while somebody types.
    knobCheck = setTimeout(() => (typing.waiting.size > 0 ? checkSoon(afterMs) : void get().evaluate()), afterMs);
  }

  /** Tells of the cell that is being checked: several that follow each other in no time are one change on the screen. */
  function tellOfCheck(cell: string): void {
    toldCell = cell;
    telling ??= setTimeout(() => {
      telling = undefined;
      const { check } = get();
      if (check && toldCell !== undefined) set({ check: { ...check, current: toldCell } });
    }, tellMs);
  }

  /** With what has been typed in its place. */
  function settled<Doing extends object>(doing: Doing): Doing {
    const settle = (act: unknown) =>
      typeof act !== 'function'
        ? act
        : (...given: unknown[]): unknown => {
            typing.settle();
            return (act as (...args: unknown[]) => unknown)(...given);
          };
    return Object.fromEntries(Object.entries(doing).map(([name, act]) => [name, settle(act)])) as Doing;
  }

  store.subscribe(({ blocks, selected, collapsed }, before) => {
    if (collapsed.length === 0 || (blocks === before.blocks && selected === before.selected)) return;
    const stays = stillCollapsed(collapsed, before.blocks, blocks, selected);
    if (stays !== collapsed) set({ collapsed: stays });
  });

  store.subscribe(({ path, knobValues }, before) => {
    if (path === undefined || path !== before.path || knobValues === before.knobValues) return;
    clearTimeout(keepingKnobs);
    // Where the disk is full, they are what the text says when it is opened again.
    keepingKnobs = setTimeout(
      () => void call('notebook.keepKnobs', { path, knobs: { ...knobValues } }).catch(() => undefined),
      knobCheckMs,
    );
  });

  store.subscribe(({ path, blocks, folded, collapsed }, before) => {
    if (path === undefined || (path === before.path && folded.length + collapsed.length === 0 && keptView === '')) return;
    // A heading or an id may have been changed as well.
    const view = viewOf(blocks, { folded, collapsed });
    const text = folded.length + collapsed.length === 0 ? '' : JSON.stringify(view);
    if (path === before.path && text !== keptView) {
      // Where the disk is full, all of it is shown when it is opened again.
      void call('notebook.keepView', { path, ...view }).catch(() => undefined);
    }
    keptView = text;
  });

  const actions = settled<Omit<Actions, 'type' | 'typed' | 'evaluating'>>({
    open: (path) => opening(path, () => call('notebook.open', { path })),
    openSample: (id) => opening(id, () => call('samples.open', { id })),
    create: (title, template) => opening(title, () => call('notebook.create', { title, ...(template !== undefined && { template }) })),

    close() {
      clearTimeout(autosave);
      clearTimeout(knobCheck);
      journal.stop();
      proseDrafts.clear();
      parked.clear();
      set({ ...empty, path: undefined, unsavedElsewhere: [] });
    },

    async leaveAll() {
      await leave();
      get().close();
    },

    forget(path) {
      parked.delete(path);
      set({ unsavedElsewhere: unsavedParked() });
    },

    renamed(from, to) {
      const left = parked.get(from);
      if (left) {
        parked.delete(from);
        parked.set(to, { ...left, path: to });
      }
      if (get().path === from) set({ path: to });
    },

    async save() {
      clearTimeout(autosave);
      // One after another: whoever waits for it, as for leaving a tab, has what stands there now on the disk.
      storing = storing.then(saveNow);
      await storing;
    },

    async keepMine() {
      const { path } = get();
      if (path === undefined) return;
      try {
        // The other program's version is replaced; its hash says which one was seen.
        const theirs = await call('notebook.open', { path });
        set({ hash: theirs.hash, saving: 'unsaved', saveError: undefined });
        await get().save();
      } catch (error) {
        toast({ text: errorTextNow(error), tone: 'bad' });
      }
    },

    async takeTheirs() {
      const { path, blocks: mine, title } = get();
      if (path === undefined) return;
      try {
        show(await call('notebook.open', { path }), true);
        toast({
          text: translate('notebook.reloaded'),
          action: {
            label: translate('frame.undo'),
            run: () => {
              if (get().path === path) {
                set({ title });
                changed(mine);
              }
            },
          },
        });
        void get().evaluate();
      } catch (error) {
        toast({ text: errorTextNow(error), tone: 'bad' });
      }
    },

    async compareVersions() {
      const { path, hash, blocks } = get();
      if (path === undefined) return;
      try {
        const { disk, base } = await call('notebook.versions', { path, baseHash: hash });
        if (get().path !== path) return;
        set({ merging: { base, mine: withoutKeys(blocks), theirs: disk.blocks, hash: disk.hash, ofDraft: false } });
      } catch (error) {
        toast({ text: errorTextNow(error), tone: 'bad' });
      }
    },

    async mergeVersions(blocks) {
      const { merging } = get();
      if (!merging) return;
      set({ merging: undefined });
      if (merging.ofDraft) {
        await restored(blocks);
        return;
      }
      // The file that was compared is the one that is replaced; if it changed again, saving says so again.
      set({ hash: merging.hash, saving: 'unsaved', saveError: undefined });
      replaceAll(blocks);
      await get().save();
    },

    cancelMerge: () => set({ merging: undefined }),

    async restoreDraft() {
      const { draft, hash, blocks } = get();
      if (!draft) return;
      if (draft.baseHash === hash) await restored(draft.blocks);
      else set({ merging: { base: draft.base, mine: draft.blocks, theirs: withoutKeys(blocks), hash, ofDraft: true } });
    },

    async discardDraft() {
      const { draft, path } = get();
      if (!draft || path === undefined) return;
      set({ draft: undefined });
      await answerDraft(path);
      toast({
        text: translate('notebook.draftDiscarded'),
        action: { label: translate('frame.undo'), run: () => get().path === path && replaceAll(draft.blocks) },
      });
    },

    async restoreText(path, runId) {
      try {
        const { blocks } = await call('runs.notebook', { runId });
        if (get().path !== path) await get().open(path);
        if (get().path !== path) return false;
        const before = get().blocks;
        replaceAll(blocks);
        toast({
          text: translate('notebook.textRestored'),
          action: { label: translate('frame.undo'), run: () => get().path === path && replaceAll(before) },
        });
        return true;
      } catch (error) {
        toast({ text: errorTextNow(error), tone: 'bad' });
        return false;
      }
    },

    fileChanged(path, hash) {
      const now = get();
      if (now.path !== path || now.hash === hash) return;
      if (now.saving === 'saved') void now.takeTheirs();
      // While a save is under way its own answer tells whether the file was another program's.
      else if (now.saving !== 'saving') set({ saving: 'conflict' });
    },

    select: (selected) => {
      if (get().selected !== selected || get().anchor !== undefined) set({ selected, anchor: undefined });
    },

    extendTo: (key) => set({ anchor: get().anchor ?? get().selected ?? key, selected: key }),

    rewrite(texts) {
      const rewritten: string[] = [];
      const blocks = get().blocks.map((block) => {
        const text = texts.get(block.key);
        const edited =
          text === undefined || block.type === 'front'
            ? block
            : block.type === 'cell'
              ? withEditorText(block, text)
              : { ...withProseText(block, text), key: block.key };
        if (edited !== block) rewritten.push(block.key);
        return edited;
      });
      if (rewritten.length === 0) return;
      changed(blocks, rewritten);
    },

    draftProse(key, text) {
      proseDrafts.set(key, text);
      journal.note();
    },

    setProse(key, text) {
      proseDrafts.delete(key);
      const { blocks } = get();
      const block = blocks.find((other) => other.key === key);
      if (block?.type !== 'prose') return;
      if (text.trim() === '') {
        changed(remove(blocks, key), []);
        return;
      }
      const edited = withProseText(block, text);
      if (edited.text !== block.text) {
        changed(
          blocks.map((other) => (other.key === key ? { ...edited, key } : other)),
          [key],
        );
      }
    },

    setTitle(title) {
      const trimmed = title.trim().replaceAll(/\s+/g, ' ');
      const front = get().blocks.find((block) => block.type === 'front');
      if (trimmed === '' || trimmed === get().title || !front) return;
      set({ title: trimmed });
      changed(
        get().blocks.map((block) => (block.type === 'front' ? { ...block, text: withTitle(block.text, trimmed) } : block)),
        [front.key],
      );
    },

    insert(kind, afterKey) {
      const { blocks } = get();
      const block = kind === 'prose' ? newProse(translate('notebook.newProse')) : newCell(kind, blocks, dataAbove(afterKey));
      changed(insertAfter(blocks, afterKey, block), []);
      set({ selected: block.key, anchor: undefined });
      return block.key;
    },

    insertText(kind, text, afterKey) {
      const { blocks } = get();
      const block = kind === 'prose' ? newProse(text) : { ...newCell(kind, blocks), source: text };
      changed(insertAfter(blocks, afterKey, block), []);
      set({ selected: block.key, anchor: undefined });
      return block.key;
    },

    insertAbove(kind, key) {
      return get().insert(kind, shownBeside(get().blocks, key, -1)?.key);
    },

    remove(keys) {
      const { blocks } = get();
      const shown = blocks.filter(isShown);
      const at = shown.findIndex((block) => block.key === keys[0]);
      if (at < 0) return;
      changed(keys.reduce(remove, blocks), []);
      const step = get().history.done.at(-1);
      set({ selected: (shown[at + keys.length] ?? shown[at - 1])?.key, anchor: undefined });
      toast({
        text:
          keys.length === 1 && shown[at].type === 'prose'
            ? translate('notebook.proseRemoved')
            : translate('notebook.cellsRemoved', { count: keys.length }),
        action: { label: translate('frame.undo'), run: () => bringBack(step) },
      });
    },

    move(keys, direction) {
      changed(move(get().blocks, keys, direction), []);
    },

    duplicate(keys) {
      return restructured(withCopies(get().blocks, blocksOf(keys), keys.at(-1)), keys.at(-1)!);
    },

    copy: (keys) => set({ copied: blocksOf(keys) }),

    paste(keys, where) {
      const { copied, blocks } = get();
      const afterKey = where === 'below' ? keys.at(-1) : shownBeside(get().blocks, keys[0], -1)?.key;
      return restructured(withCopies(blocks, copied, afterKey), keys.at(-1)!);
    },

    split(key, line, column) {
      const cell = cellsOf(get().blocks).find((other) => other.key === key);
      return restructured(cell && splitCell(get().blocks, cell, line, column), key);
    },

    merge(keys) {
      const next = keys.length === 1 ? shownBeside(get().blocks, keys[0], 1) : undefined;
      return merged(next ? [...keys, next.key] : keys, keys.at(-1)!);
    },

    mergeWithPrevious(key) {
      const previous = shownBeside(get().blocks, key, -1);
      return previous ? merged([previous.key, key], key) : key;
    },

    convert: (keys, to) => restructured(convert(get().blocks, keys, to, translate('notebook.newProse')), keys.at(-1)!),
    toHeadings: (keys, level) => restructured(asHeadings(get().blocks, keys, level, translate('notebook.newProse')), keys.at(-1)!),

    toggleFold(keys) {
      const { folded } = get();
      const others = folded.filter((key) => !keys.includes(key));
      const cells = blocksOf(keys).filter(isCell);
      set({ folded: others.length < folded.length ? others : [...folded, ...cells.map(({ key }) => key)] });
    },

    collapse(key, collapsed) {
      const others = get().collapsed.filter((one) => one !== key);
      set({ collapsed: collapsed ? [...others, key] : others });
    },

    reveal(key) {
      const { collapsed, blocks } = get();
      const stays = stillCollapsed(collapsed, blocks, blocks, key);
      if (stays !== collapsed) set({ collapsed: stays });
    },

    undo: () => travelled(undo(get().history, get().blocks)),
    redo: () => travelled(redo(get().history, get().blocks)),

    setKnob(name, value) {
      const { knobValues: before, blocks, history } = get();
      const { [name]: _before, ...others } = before;
      const after = value === undefined ? others : { ...others, [name]: value };
      const now = Date.now();
      const burst = { of: `knob ${name}`, from: now, to: now };
      set({
        knobValues: after,
        history: record(history, { before: blocks, after: blocks, rewritten: [], knobs: { before, after }, burst }),
      });
      checkSoon();
    },

    writeKnob(name) {
      const { knobValues: before, knobs, blocks, history } = get();
      const knob = knobs.find((other) => other.name === name);
      const cell = cellsOf(blocks).find(({ id }) => id === knob?.cell);
      const value = before[name];
      if (!knob || !cell || value === undefined) return;
      const text = withParamDefault(editorText(cell), name, value);
      if (text === undefined) {
        toast({ text: translate('notebook.knobNotFound', { name, cell: cell.id }), tone: 'bad' });
        return;
      }
      const { [name]: _written, ...rest } = before;
      const written = blocks.map((block) => (block === cell ? withEditorText(cell, text) : block));
      changed(written);
      set({
        knobValues: rest,
        history: record(history, { before: blocks, after: written, rewritten: [cell.key], knobs: { before, after: rest } }),
        // The control says the new default at once, not only after the check.
        knobs: knobs.map((other) => (other === knob ? { ...knob, default: value } : other)),
      });
      checkSoon();
    },

    writeLearningRate(id, rate) {
      const { blocks, history, knobValues } = get();
      const trained = cellsOf(blocks).filter(({ kind }) => kind === 'train');
      const cell = trained.find((other) => other.id === id) ?? (id === undefined ? trained[0] : undefined);
      if (!cell) return;
      const knob = learningRateKnob(editorText(cell));
      const declares = knob === undefined ? undefined : cellsOf(blocks).find((other) => withParamDefault(editorText(other), knob, rate));
      const target = declares ?? cell;
      const text = declares ? withParamDefault(editorText(declares), knob!, rate) : withLearningRate(editorText(cell), rate);
      if (text === undefined) {
        toast({ text: translate('observed.rateNotFound', { cell: cell.id, rate: String(rate) }), tone: 'bad' });
        return;
      }
      // A value that the knob was set to would hide what the text says now.
      const { [knob ?? '']: _set, ...rest } = knobValues;
      const written = blocks.map((block) => (block === target ? withEditorText(target, text) : block));
      changed(written);
      set({
        knobValues: rest,
        history: record(history, { before: blocks, after: written, rewritten: [target.key], knobs: { before: knobValues, after: rest } }),
      });
      toast({ text: translate('observed.rateWritten', { cell: target.id, rate: String(rate) }) });
      checkSoon();
    },

    async evaluate(until) {
      if (!checking) {
        checking = checkNow(until).finally(() => {
          checking = undefined;
        });
        return checking;
      }
      // The one that waits covers what both were asked for.
      if (nextCheck) {
        if (nextCheck.until !== until) nextCheck.until = undefined;
        return nextCheck.done;
      }
      const waiting: { until: string | undefined; done: Promise<void> } = { until, done: Promise.resolve() };
      nextCheck = waiting;
      waiting.done = checking.then(() => {
        nextCheck = undefined;
        return get().evaluate(waiting.until);
      });
      return waiting.done;
    },

    async runCell(id) {
      const cell = cellsOf(get().blocks).find((other) => other.id === id);
      if (!cell) return;
      readsAgain = true;
      if (cell.kind !== 'train') {
        await get().evaluate(id);
        return;
      }
      await train(cell);
      void get().evaluate();
    },

    async runAll() {
      readsAgain = true;
      await get().evaluate();
      const { blocks, checked, checkError } = get();
      const cells = cellsOf(blocks);
      if (checkError !== undefined || cells.some((cell) => checked[cell.id]?.outcome.status !== 'ok')) return undefined;
      let first: string | undefined;
      for (const cell of cells) if (cell.kind === 'train' && (await train(cell))) first ??= cell.id;
      return first;
    },
  });

  return {
    ...empty,
    path: undefined,
    opening: undefined,
    copied: [],
    unsavedElsewhere: [],
    ...actions,

    type(key, text, { from, to } = { from: Date.now(), to: Date.now() }) {
      const before = get().blocks;
      const blocks = before.map((block) => (block.key === key && isCell(block) ? withTyped(block, text) : block));
      if (differs(blocks, before)) changed(blocks, [key], { of: `text ${key}`, from, to });
    },

    typed(key, text) {
      typing.note(key, text);
      journal.note();
    },

    evaluating: (cell, share) => {
      if (share !== undefined || get().readShare !== undefined) set({ readShare: share });
      if (share === undefined) tellOfCheck(cell);
    },
  };
});

/** The notebook as the core takes it; undefined where none is open. */
export function stateToSend(): SentNotebook | undefined {
  const { path, blocks, knobValues } = useNotebookStore.getState();
  return path === undefined ? undefined : { path, blocks: withoutKeys(blocks), knobs: { ...knobValues } };
}

/** The cell with what stands in its editor, which also tells of a change that came from here: the file read anew, an undo. */
const withTyped = (cell: EditedCell, text: string | undefined): EditedCell =>
  text === undefined || editorText(cell) === text ? cell : withEditorText(cell, text);

/** Of as many blocks. */
const differs = (one: readonly EditedBlock[], other: readonly EditedBlock[]): boolean => one.some((block, index) => block !== other[index]);

function sameCells(one: readonly EditedBlock[], other: readonly EditedBlock[]): boolean {
  const cells = cellsOf(other);
  const before = cellsOf(one);
  return before.length === cells.length && before.every((cell, index) => cell === cells[index]);
}

/** `before` where it says the same as `now`: what is compared by reference then stays as it is. */
function sameAs<T>(before: T | undefined, now: T): T {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** Blocks read anew, with the keys of those already on the screen: their editors stay. */
function withKnownKeys(fresh: OpenedNotebook['blocks'], known: readonly EditedBlock[]): EditedBlock[] {
  const left = [...known];
  return withKeys(fresh).map((block) => {
    const at = left.findIndex((other) => {
      if (block.type === 'cell') return other.type === 'cell' && other.id === block.id;
      return other.type === block.type && other.text === block.text;
    });
    return at < 0 ? block : { ...block, key: left.splice(at, 1)[0].key };
  });
}

/** The title in the front matter; undefined where it is not written on one line. */
function titleOf(blocks: readonly EditedBlock[]): string | undefined {
  const front = blocks.find((block) => block.type === 'front');
  const written = front && /^title:[ \t]*(.*?)[ \t]*$/m.exec(front.text)?.[1];
  if (!written) return undefined;
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  if (!written.startsWith('"')) return written;
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}
