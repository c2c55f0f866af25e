/** The runs of the workspace as far as the notebook shows them: live progress, and every epoch of the run in view. */
import { create } from 'zustand';
import type { Payload } from '#contract/events.ts';
import type { RunId } from '#contract/ids.ts';
import type { EpochRow, RunDetail, RunStatus, RunSummary } from '#contract/runs.ts';
import { attempt } from '../../components/attempt.ts';
import { call } from '../../platform/client.ts';
import type { Inputs } from './inputs.ts';

export type Progress = Payload<'training.progressed'>;

interface TrainingStore {
  /** Newest first; those in the bin left out. */
  readonly runs: readonly RunSummary[];
  readonly loaded: boolean;
  readonly progress: Readonly<Record<RunId, Progress>>;
  readonly rows: Readonly<Record<RunId, readonly EpochRow[]>>;
  readonly details: Readonly<Record<RunId, RunDetail>>;
  /** Which train cell a run of this session came from, and what it was trained on. */
  readonly origins: Readonly<Record<RunId, { readonly cell: string; readonly inputs: Inputs }>>;

  readonly load: () => Promise<boolean>;
  /** Fetches a run's epochs, once. */
  readonly loadRun: (id: RunId) => Promise<boolean>;
  readonly started: (run: RunSummary, cell: string, inputs: Inputs) => void;
  readonly changed: (run: RunSummary) => void;
  readonly removed: (ids: readonly RunId[]) => void;
  readonly progressed: (progress: Progress) => void;
  readonly epochEnded: (event: Payload<'training.epochEnded'>) => void;
  readonly pause: (id: RunId) => Promise<boolean>;
  readonly resume: (id: RunId) => Promise<boolean>;
  readonly stop: (id: RunId) => Promise<boolean>;
  readonly isBusy: () => boolean;
}

const fetching = new Set<RunId>();

export const useTrainingStore = create<TrainingStore>((set, get) => {
  return {
    runs: [],
    loaded: false,
    progress: {},
    rows: {},
    details: {},
    origins: {},

    load: () =>
      attempt(async () => {
        const runs = await call('runs.list', {});
        // Epochs may have been missed while the connection was lost.
        set({ runs, loaded: true, rows: {}, details: {} });
      }),

    loadRun: (id) =>
      attempt(async () => {
        if (get().details[id] || fetching.has(id)) return;
        fetching.add(id);
        try {
          const detail = await call('runs.get', { runId: id });
          set((state) => ({
            details: { ...state.details, [id]: detail },
            rows: { ...state.rows, [id]: merged(detail.epochRows, state.rows[id] ?? []) },
          }));
        } finally {
          fetching.delete(id);
        }
      }),

    started: (run, cell, inputs) => {
      set((state) => ({ origins: { ...state.origins, [run.id]: { cell, inputs } } }));
      // Events may have overtaken the call's answer, and are newer.
      if (!get().runs.some((other) => other.id === run.id)) get().changed(run);
    },

    changed: (run) =>
      set((state) => {
        const others = state.runs.filter((other) => other.id !== run.id);
        if (run.deletedAt !== undefined) return { runs: others };
        return { runs: [...others, run].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)) };
      }),

    removed: (ids) => set((state) => ({ runs: state.runs.filter((run) => !ids.includes(run.id)) })),

    progressed: (progress) => set((state) => ({ progress: { ...state.progress, [progress.runId]: progress } })),

    epochEnded: ({ runId, row, summary }) => {
      set((state) => ({ rows: { ...state.rows, [runId]: merged(state.rows[runId] ?? [], [row]) } }));
      get().changed(summary);
    },

    pause: (id) => attempt(() => call('training.pause', { runId: id })),
    resume: (id) => attempt(() => call('training.resume', { runId: id })),
    stop: (id) => attempt(() => call('training.stop', { runId: id })),
    isBusy: () => get().runs.some((run) => run.status === 'running' || run.status === 'queued'),
  };
});

export function isGoing(status: RunStatus): boolean {
  return status === 'running' || status === 'queued' || status === 'paused';
}

/** Runs of a notebook's train cell, newest first. A run whose cell is unknown or gone counts to the last. */
export function runsOfCell(
  runs: readonly RunSummary[],
  origins: TrainingStore['origins'],
  notebook: string,
  cell: string,
  trainCells: readonly string[],
): RunSummary[] {
  return runs.filter((run) => {
    if (run.notebook !== notebook) return false;
    const of = run.cell ?? origins[run.id]?.cell;
    return (of !== undefined && trainCells.includes(of) ? of : trainCells.at(-1)) === cell;
  });
}

function merged(rows: readonly EpochRow[], more: readonly EpochRow[]): readonly EpochRow[] {
  const byEpoch = new Map(rows.map((row) => [row.epoch, row]));
  for (const row of more) byEpoch.set(row.epoch, row);
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}
