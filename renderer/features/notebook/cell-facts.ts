/**
 * What the notebook says of each of its cells, worked out for all of them at once: a notebook of hundreds of cells asks
 * at each key that is typed. A cell's facts are the same object for as long as they say the same.
 */
import type { CellOutcome } from '#contract/notebook.ts';
import type { Knob } from '#contract/spec.ts';
import { cellsOf, type EditedBlock } from './blocks.ts';
import { sameList } from './lookup.ts';
import { inputsOf, type StaleReason, staleReason } from './inputs.ts';
import type { Foreseen } from './foresee.ts';
import type { useNotebookStore } from './notebook-store.ts';

type Notebook = ReturnType<typeof useNotebookStore.getState>;

export interface NotebookFacts {
  readonly outcome: CellOutcome | undefined;
  /** The outcome is of what stands there now. */
  readonly upToDate: boolean;
  /** What made the outcome stale, where it is. */
  readonly because: StaleReason | undefined;
  /** In the check that is going on. */
  readonly check: 'running' | 'waiting' | undefined;
  readonly knobs: readonly Knob[];
  readonly starting: boolean;
  readonly startError: unknown;
  /** Of a train cell and of the model above it: its epoch. */
  readonly foreseen: Foreseen | undefined;
  readonly folded: boolean;
  /** Ids of all train cells, in order. */
  readonly trainCells: readonly string[];
}

const used = ['blocks', 'knobValues', 'knobs', 'checked', 'check', 'foreseen', 'starting', 'startErrors', 'folded'] as const;

let last: { readonly state: Notebook; readonly facts: ReadonlyMap<string, NotebookFacts> } | undefined;

/** By the cell's key. */
export function factsOf(state: Notebook): ReadonlyMap<string, NotebookFacts> {
  const before = last;
  if (before && used.every((name) => before.state[name] === state[name])) return before.facts;
  const facts = new Map<string, NotebookFacts>();
  const cells = cellsOf(state.blocks);
  const now = inputsOf(state);
  const trainCells = trainCellsOf(state.blocks);
  const places = new Map(state.check?.cells.map((id, place) => [id, place]));
  const current = state.check?.current === undefined ? 0 : (places.get(state.check.current) ?? 0);
  let train: string | undefined;
  for (const cell of cells.toReversed()) {
    if (cell.kind === 'train') train = cell.id;
    const checked = state.checked[cell.id];
    const upToDate = checked !== undefined && checked.inputs.keys.get(cell.id) === now.keys.get(cell.id);
    const place = places.get(cell.id);
    const own: NotebookFacts = {
      outcome: checked?.outcome,
      upToDate,
      because: checked && !upToDate ? staleReason(checked.inputs, now, cell.id) : undefined,
      check: place === undefined || place < current ? undefined : place === current ? 'running' : 'waiting',
      knobs: state.knobs.filter((knob) => knob.cell === cell.id),
      starting: state.starting.includes(cell.id),
      startError: state.startErrors[cell.id],
      foreseen: train !== undefined && (cell.kind === 'model' || cell.kind === 'train') ? state.foreseen[train] : undefined,
      folded: state.folded.includes(cell.key),
      trainCells,
    };
    facts.set(cell.key, steady(before?.facts.get(cell.key), own));
  }
  last = { state, facts };
  return facts;
}

const trains = new WeakMap<readonly EditedBlock[], readonly string[]>();
let lastTrains: readonly string[] = [];

/** The same list while it names the same. */
function trainCellsOf(blocks: readonly EditedBlock[]): readonly string[] {
  let known = trains.get(blocks);
  if (!known) {
    known = sameList(
      lastTrains,
      cellsOf(blocks).flatMap(({ kind, id }) => (kind === 'train' ? [id] : [])),
    );
    lastTrains = known;
    trains.set(blocks, known);
  }
  return known;
}

/** `before` where `now` says the same. */
function steady(before: NotebookFacts | undefined, now: NotebookFacts): NotebookFacts {
  if (!before) return now;
  const kept = {
    ...now,
    knobs: sameList(before.knobs, now.knobs),
    because: sameReason(before.because, now.because) ? before.because : now.because,
  };
  return Object.entries(kept).every(([name, value]) => before[name as keyof NotebookFacts] === value) ? before : kept;
}

export function sameReason(one: StaleReason | undefined, other: StaleReason | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const named = (reason: StaleReason) => ('cell' in reason ? reason.cell : 'knob' in reason ? reason.knob : '');
  return one.what === other.what && named(one) === named(other);
}
