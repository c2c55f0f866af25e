/**
 * What a cell is drawn from. A notebook of hundreds of cells asks all of these at each key that is typed, so each gives a
 * primitive or a reference that stays, and only a cell for which something changed is drawn again.
 */
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { CellOutcome } from '#contract/notebook.ts';
import type { RunDetail, RunSummary } from '#contract/runs.ts';
import type { Knob } from '#contract/spec.ts';
import { cellsOf, type EditedBlock, type EditedCell } from './blocks.ts';
import { cellState, type CellState } from './cell-state.ts';
import { type Inputs, inputsOf, staleReason, type StaleReason } from './inputs.ts';
import { type Foreseen, useNotebookStore } from './notebook-store.ts';
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
  const outcome = useNotebookStore((state) => state.checked[id]?.outcome);
  const upToDate = useNotebookStore((state) => isUpToDate(state, id));
  const runs = useCellRuns(cell);
  const newest = runs[0];
  const origin = useTrainingStore((state) => (newest ? state.origins[newest.id]?.inputs : undefined));
  const detail = useTrainingStore((state) => (newest ? state.details[newest.id] : undefined));
  const starting = useNotebookStore((state) => state.starting.includes(id));

  const because = useNotebookStore((state) => {
    if (kind === 'train') return newest && JSON.stringify(runReason(state, id, origin, detail));
    const before = state.checked[id]?.inputs;
    return before && JSON.stringify(staleReason(before, inputsOf(state), id));
  });
  const runUpToDate = kind === 'train' && because === undefined && (origin !== undefined || detail !== undefined);
  const status = newest?.status;
  const state = useNotebookStore(({ check }) =>
    cellState({
      id,
      kind,
      checked: outcome && { status: outcome.status, upToDate },
      check,
      starting,
      run: status && { status, upToDate: runUpToDate },
    }),
  );
  return {
    state,
    outcome,
    upToDate,
    because: useMemo(
      () => (state === 'stale' && because !== undefined ? (JSON.parse(because) as StaleReason) : undefined),
      [state, because],
    ),
    runs,
    knobs: useNotebookStore(useShallow(({ knobs }) => knobs.filter((knob) => knob.cell === id))),
    starting,
    startError: useNotebookStore(({ startErrors }) => startErrors[id]),
    foreseen: useNotebookStore(({ blocks, foreseen }) => {
      const train = kind === 'model' || kind === 'train' ? trainsOf(blocks).below.get(id) : undefined;
      return train === undefined ? undefined : foreseen[train];
    }),
    folded: useNotebookStore(({ folded }) => folded.includes(key)),
  };
}

function isUpToDate(state: Notebook, id: string): boolean {
  const before = state.checked[id]?.inputs.keys.get(id);
  return before !== undefined && before === inputsOf(state).keys.get(id);
}

const trains = new WeakMap<readonly EditedBlock[], { readonly ids: string; readonly below: ReadonlyMap<string, string> }>();

/** The train cells' ids, and by any cell's id that of the train cell which it is, or the next below. */
function trainsOf(blocks: readonly EditedBlock[]): { readonly ids: string; readonly below: ReadonlyMap<string, string> } {
  const known = trains.get(blocks);
  if (known) return known;
  const cells = cellsOf(blocks);
  const below = new Map<string, string>();
  let next: string | undefined;
  for (const { id, kind } of cells.toReversed()) {
    if (kind === 'train') next = id;
    if (next !== undefined) below.set(id, next);
  }
  const made = {
    ids: cells
      .filter(({ kind }) => kind === 'train')
      .map(({ id }) => id)
      .join(' '),
    below,
  };
  trains.set(blocks, made);
  return made;
}

const noRuns: readonly RunSummary[] = [];

function useCellRuns({ id, kind }: EditedCell): readonly RunSummary[] {
  const isTrain = kind === 'train';
  const runs = useTrainingStore((state) => (isTrain ? state.runs : noRuns));
  const origins = useTrainingStore((state) => state.origins);
  const path = useNotebookStore((state) => state.path);
  const ids = useNotebookStore(({ blocks }) => (isTrain ? trainsOf(blocks).ids : ''));
  return useMemo(
    () => (isTrain && path !== undefined ? runsOfCell(runs, origins, path, id, ids.split(' ')) : noRuns),
    [runs, origins, path, isTrain, id, ids],
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
