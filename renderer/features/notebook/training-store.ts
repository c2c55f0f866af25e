/** The runs of the workspace as far as the notebook shows them: live progress, and every epoch of the run in view. */
import { create } from 'zustand';
import type { Payload } from '#contract/events.ts';
import type { RunId } from '#contract/ids.ts';
import type { EpochRow, RunDetail, RunSummary } from '#contract/runs.ts';
import { attempt } from '../../components/attempt.ts';
import { fetchAllRuns } from '../../platform/all-runs.ts';
import { call } from '../../platform/client.ts';
import type { Inputs } from './inputs.ts';

export type Progress = Payload<'training.progressed'>;

interface TrainingStore {
  /** Newest first; those in the bin left out. */
  readonly runs: readonly RunSummary[];
  readonly loaded: boolean;
  /** Runs of the list that are still on their way, apart from those that were put out of the way. */
  readonly awaited: number;
  readonly progress: Readonly<Record<RunId, Progress>>;
  readonly rows: Readonly<Record<RunId, readonly EpochRow[]>>;
  readonly details: Readonly<Record<RunId, RunDetail>>;
  /** Which train cell a run of this session came from, and what it was trained on. */
  readonly origins: Readonly<Record<RunId, { readonly cell: string; readonly inputs: Inputs }>>;

  /** `shown`: when what shows the first runs is there; the others are asked for after it. */
  readonly load: (shown?: Promise<unknown>) => Promise<boolean>;
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

/** What events said of runs while the list was on its way: newer than the list. Undefined: gone. */
let overtaken = new Map<RunId, RunSummary | undefined>();
let loads = 0;

/** `runs` with what overtook them. */
function withOvertaken(runs: readonly RunSummary[]): RunSummary[] {
  const known = new Set(runs.map(({ id }) => id));
  const changed = runs.flatMap((run) => (overtaken.has(run.id) ? (overtaken.get(run.id) ?? []) : run));
  const made = [...overtaken].flatMap(([id, run]) => (run && !known.has(id) ? run : []));
  return made.length === 0 ? changed : newestFirst([...changed, ...made]);
}

function newestFirst(runs: RunSummary[]): RunSummary[] {
  return runs.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
}

export const useTrainingStore = create<TrainingStore>((set, get) => {
  async function fetchRun(id: RunId): Promise<void> {
    if (fetching.has(id)) return;
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
  }

  return {
    runs: [],
    loaded: false,
    awaited: 0,
    progress: {},
    rows: {},
    details: {},
    origins: {},

    load: (shown) =>
      attempt(async () => {
        const number = ++loads;
        const isLatest = (): boolean => number === loads;
        overtaken = new Map();
        const runs = await fetchAllRuns({
          isWanted: isLatest,
          onFirst: async (first, total) => {
            // An empty table is filled as soon as there is something; one that is there changes as a whole.
            if (get().loaded) return;
            set({ runs: withOvertaken(first), loaded: true, awaited: total - first.filter((run) => run.archivedAt === undefined).length });
            // Without its code there is no table to wait for.
            await shown?.catch(() => undefined);
          },
        });
        if (!runs) return;
        // Epochs may have been missed while the connection was lost.
        set({ runs: withOvertaken(runs), loaded: true, awaited: 0, rows: {}, details: {} });
      }),

    loadRun: (id) => attempt(async () => void (get().details[id] || (await fetchRun(id)))),

    started: (run, cell, inputs) => {
      set((state) => ({ origins: { ...state.origins, [run.id]: { cell, inputs } } }));
      // Events may have overtaken the call's answer, and are newer.
      if (!get().runs.some((other) => other.id === run.id)) get().changed(run);
    },

    changed: (run) => {
      overtaken.set(run.id, run.deletedAt === undefined ? run : undefined);
      set((state) => {
        const at = state.runs.findIndex((other) => other.id === run.id);
        if (run.deletedAt !== undefined) return at < 0 ? state : { runs: state.runs.filter((other) => other.id !== run.id) };
        // In place: of 10,000 runs, those that train change ten times a second.
        if (at >= 0 && state.runs[at].startedAt === run.startedAt)
          return { runs: state.runs.map((other, index) => (index === at ? run : other)) };
        return { runs: newestFirst([...state.runs.filter((other) => other.id !== run.id), run]) };
      });
      // Where another process trains it, its epochs do not come by themselves.
      if (get().details[run.id] && run.epochs > (get().rows[run.id]?.at(-1)?.epoch ?? 0)) void fetchRun(run.id).catch(() => undefined);
    },

    removed: (ids) => {
      for (const id of ids) overtaken.set(id, undefined);
      const gone = new Set(ids);
      set((state) => ({ runs: state.runs.filter((run) => !gone.has(run.id)) }));
    },

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
