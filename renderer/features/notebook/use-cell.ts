/**
 * What a cell is drawn from. A notebook of hundreds of cells asks all of these at each key that is typed, so only a cell
 * for which something changed is drawn again, and what somebody types comes before it.
 */
import { startTransition, useEffect, useMemo, useState } from 'react';
import type { CellOutcome } from '#contract/notebook.ts';
import type { RunDetail, RunSummary } from '#contract/runs.ts';
import type { Knob } from '#contract/spec.ts';
import { cellsOf, type EditedCell } from './blocks.ts';
import { factsOf, type NotebookFacts, sameReason } from './cell-facts.ts';
import { cellState, type CellState } from './cell-state.ts';
import { type Inputs, inputsOf, staleReason, type StaleReason } from './inputs.ts';
import type { Foreseen } from './foresee.ts';
import { useNotebookStore } from './notebook-store.ts';
import { runsOfCell, useTrainingStore } from './training-store.ts';

type Notebook = ReturnType<typeof useNotebookStore.getState>;

export interface CellFacts {
  readonly state: CellState;
  readonly outcome: CellOutcome | undefined;
  /** The outcome is of what stands there now. */
  readonly upToDate: boolean;
  /** What made it stale, where it is. */
  readonly because: StaleReason | undefined;
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly knobs: readonly Knob[];
  readonly starting: boolean;
  readonly startError: unknown;
  /** Of a train cell and of the model above it: its epoch. */
  readonly foreseen: Foreseen | undefined;
  readonly folded: boolean;
}

export function useCell(cell: EditedCell): CellFacts {
  const { id, kind, key } = cell;
  const facts = useNotebookFacts(key);
  const { outcome, upToDate, starting } = facts;
  const runs = useCellRuns(cell, facts.trainCells);
  const newest = runs[0];
  const origin = useTrainingStore((state) => (newest ? state.origins[newest.id]?.inputs : undefined));
  const detail = useTrainingStore((state) => (newest ? state.details[newest.id] : undefined));
  const ofRun = useRunReason(id, origin, detail);
  const because = kind === 'train' ? ofRun : facts.because;
  const runUpToDate = kind === 'train' && because === undefined && (origin !== undefined || detail !== undefined);
  const state = cellState({
    kind,
    checked: outcome && { status: outcome.status, upToDate },
    check: facts.check,
    starting,
    run: newest && { status: newest.status, upToDate: runUpToDate },
  });
  return { ...facts, state, because: state === 'stale' ? because : undefined, runs };
}

const noFacts: NotebookFacts = {
  outcome: undefined,
  upToDate: false,
  because: undefined,
  check: undefined,
  knobs: [],
  starting: false,
  startError: undefined,
  foreseen: undefined,
  folded: false,
  trainCells: [],
};

function useNotebookFacts(key: string): NotebookFacts {
  return useLater(() => factsOf(useNotebookStore.getState()).get(key) ?? noFacts, Object.is, key);
}

/** Of a train cell: what is other now than when its newest run was started. */
function useRunReason(id: string, origin: Inputs | undefined, detail: RunDetail | undefined): StaleReason | undefined {
  const asked = useMemo(() => ({ id, origin, detail }), [id, origin, detail]);
  return useLater(() => (origin || detail ? runReason(useNotebookStore.getState(), id, origin, detail) : undefined), sameReason, asked);
}

/**
 * What `read` gives of the notebook's store. A change is drawn when there is time for it: a key that is typed meanwhile
 * is not kept waiting by cells that change their state. `of`: what is read; another one is read at once.
 */
function useLater<T>(read: () => T, same: (one: T, other: T) => boolean, of: unknown): T {
  const [seen, setSeen] = useState(() => ({ of, value: read() }));
  let shown = seen;
  if (seen.of !== of) {
    shown = { of, value: read() };
    setSeen(shown);
  }
  useEffect(() => {
    let latest = shown.value;
    const look = () => {
      const value = read();
      if (same(latest, value)) return;
      latest = value;
      startTransition(() => setSeen({ of, value }));
    };
    look();
    return useNotebookStore.subscribe(look);
    // What is read is named by `of`.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [of]);
  return shown.value;
}

const noRuns: readonly RunSummary[] = [];

function useCellRuns({ id, kind }: EditedCell, trainCells: readonly string[]): readonly RunSummary[] {
  const isTrain = kind === 'train';
  const runs = useTrainingStore((state) => (isTrain ? state.runs : noRuns));
  const origins = useTrainingStore((state) => (isTrain ? state.origins : undefined));
  const path = useNotebookStore((state) => state.path);
  return useMemo(
    () => (origins && path !== undefined ? runsOfCell(runs, origins, path, id, trainCells) : noRuns),
    [runs, origins, path, id, trainCells],
  );
}

/** What is other now than when the run was started. Of a run of an earlier session its stored text and params tell. */
function runReason(state: Notebook, id: string, origin: Inputs | undefined, detail: RunDetail | undefined): StaleReason | undefined {
  if (origin) return staleReason(origin, inputsOf(state), id);
  if (!detail) return undefined;
  const cells = cellsOf(state.blocks);
  const at = cells.findIndex((cell) => cell.id === id);
  if (!holds(detail, cells[at])) return { what: 'text' };
  const other = cells.slice(0, at).find((cell) => !holds(detail, cell));
  if (other) return { what: 'cell', cell: other.id };
  const knob = state.knobs.find(
    ({ name, default: written }) => name in detail.params && detail.params[name] !== (state.knobValues[name] ?? written),
  );
  return knob && { what: 'knob', knob: knob.name };
}

const held = new WeakMap<RunDetail, WeakMap<EditedCell, boolean>>();

/** Whether the text that the run was started with holds the cell as it is. */
function holds(detail: RunDetail, cell: EditedCell): boolean {
  let known = held.get(detail);
  if (!known) held.set(detail, (known = new WeakMap()));
  const before = known.get(cell);
  if (before !== undefined) return before;
  const found = detail.source.includes(cell.source);
  known.set(cell, found);
  return found;
}
