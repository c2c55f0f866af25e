/** What the table of runs shows: search, order, selection, the bin; and what can be done to runs. */
import { create } from 'zustand';
import type { Request } from '#contract/calls.ts';
import type { RunId } from '#contract/ids.ts';
import type { GroupShows } from '#contract/run-views.ts';
import type { RunSummary } from '#contract/runs.ts';
import { toast, useToastStore } from '../../components/toast-store.ts';
import { attempt } from '../../components/attempt.ts';
import { fetchAllRuns } from '../../platform/all-runs.ts';
import { call, on } from '../../platform/client.ts';
import { translate } from '../../words/use-words.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { undoOf } from './undo-organize.ts';
import { emptySelection, type Selection } from './selection.ts';
import type { Sort } from './sorting.ts';

interface RunsState {
  readonly query: string;
  /** The first counts most. None: newest first, as the core lists them. */
  readonly sorts: readonly Sort[];
  /** Ids of the columns that make a group. */
  readonly groupBy: readonly string[];
  readonly openGroups: ReadonlySet<RunId>;
  /** What a group says of its numbers. */
  readonly groupShows: GroupShows;
  readonly selection: Selection;
  readonly showsBin: boolean;
  /** The runs that were put out of the way, instead of the others. */
  readonly showsArchive: boolean;
  /** Newest first. */
  readonly bin: readonly RunSummary[];
  readonly binLoaded: boolean;
  /** Runs of the bin that are still on their way. */
  readonly binAwaited: number;
  /** The run whose name is being edited in the table. */
  readonly renaming: RunId | undefined;

  readonly search: (query: string) => void;
  readonly sortBy: (sorts: readonly Sort[]) => void;
  readonly group: (columns: readonly string[]) => void;
  readonly showInGroups: (what: GroupShows) => void;
  readonly toggleGroup: (id: RunId, open?: boolean) => void;
  readonly select: (selection: Selection) => void;
  readonly rename: (id: RunId | undefined) => void;
  readonly showBin: (shown: boolean) => void;
  readonly showArchive: (shown: boolean) => void;
  readonly loadBin: () => Promise<void>;
  /** Changes many runs at once. */
  readonly organize: (request: Request<'runs.organize'>) => Promise<void>;
  readonly update: (request: Request<'runs.update'>) => Promise<void>;
  /** To the bin, with a notice that takes it back. */
  readonly remove: (runs: readonly RunSummary[]) => Promise<void>;
  readonly restore: (ids: readonly RunId[]) => Promise<void>;
}

async function organize(request: Request<'runs.organize'>): Promise<void> {
  const changed = new Map((await call('runs.organize', request)).map((run) => [run.id, run]));
  // Of many, the core says that the list is worth fetching again.
  if (changed.size === 0) return;
  useTrainingStore.setState(({ runs }) => ({ runs: runs.map((run) => changed.get(run.id) ?? run) }));
}

export const useRunsStore = create<RunsState>((set, get) => {
  /** The notice that offers to take the last deletion back: void once something of it is restored. */
  let notice: { readonly id: number; readonly of: ReadonlySet<RunId> } | undefined;
  let binLoads = 0;

  return {
    query: '',
    sorts: [],
    groupBy: [],
    openGroups: new Set(),
    groupShows: 'mean',
    selection: emptySelection,
    showsBin: false,
    showsArchive: false,
    bin: [],
    binLoaded: false,
    binAwaited: 0,
    renaming: undefined,

    search: (query) => set({ query }),
    sortBy: (sorts) => set({ sorts }),
    group: (groupBy) => set({ groupBy, openGroups: new Set() }),
    showInGroups: (groupShows) => set({ groupShows }),
    toggleGroup: (id, open) =>
      set((state) => {
        const openGroups = new Set(state.openGroups);
        if (open ?? !openGroups.has(id)) openGroups.add(id);
        else openGroups.delete(id);
        return { openGroups };
      }),
    select: (selection) => set({ selection }),
    rename: (renaming) => set({ renaming }),

    showBin: (showsBin) => {
      set({ showsBin, selection: emptySelection, renaming: undefined, query: '' });
      if (showsBin) void get().loadBin();
    },
    showArchive: (showsArchive) => set({ showsArchive, selection: emptySelection }),
    loadBin: async () => {
      const number = ++binLoads;
      await attempt(async () => {
        const bin = await fetchAllRuns({
          deleted: true,
          isWanted: () => number === binLoads,
          onFirst: (first, total) => {
            if (!get().binLoaded) set({ bin: first, binLoaded: true, binAwaited: total - first.length });
          },
        });
        if (bin) set({ bin, binLoaded: true, binAwaited: 0 });
      });
    },

    update: async (request) => {
      await attempt(async () => useTrainingStore.getState().changed(await call('runs.update', request)));
    },

    organize: async (request) => {
      const undone = undoOf(request, useTrainingStore.getState().runs);
      const done = await attempt(() => organize(request));
      if (!done || undone.length === 0) return;
      const { archived, runIds } = request;
      toast({
        text: translate('tidy.done', {
          what: archived === undefined ? 'changed' : archived ? 'archived' : 'unarchived',
          count: runIds.length,
        }),
        action: {
          label: translate('frame.undo'),
          run: () =>
            void attempt(async () => {
              for (const change of undone) await organize(change);
            }),
        },
      });
    },

    remove: async (runs) => {
      const ids = runs.map((run) => run.id);
      const first = runs[0];
      if (!first) return;
      // Gone at once, and so is the notice there: a quick Undo would else be that of an older one. Where the core refuses,
      // they come back with its reason.
      useTrainingStore.getState().removed(ids);
      set({ selection: emptySelection });
      const deleted = attempt(async () => void (await call('runs.delete', { runIds: ids })));
      const own = toast({
        text: translate('runs.movedToBin', { count: runs.length, name: first.name }),
        action: { label: translate('frame.undo'), run: () => void deleted.then((done) => (done ? get().restore(ids) : undefined)) },
      });
      notice = { id: own, of: new Set(ids) };
      if (!(await deleted)) {
        useToastStore.getState().dismiss(own);
        await useTrainingStore.getState().load();
        return;
      }
      if (get().showsBin) await get().loadBin();
    },

    restore: async (ids) => {
      const done = await attempt(async () => void (await call('runs.restore', { runIds: [...ids] })));
      if (!done) return;
      if (notice && ids.some((id) => notice?.of.has(id))) useToastStore.getState().dismiss(notice.id);
      const back = new Set(ids);
      set((state) => ({ bin: state.bin.filter((run) => !back.has(run.id)), selection: emptySelection }));
      await useTrainingStore.getState().load();
    },
  };
});

/** Keeps the bin in step with what others do to it. Returns a function that ends this. */
export function followBin(): () => void {
  const reload = (): void => {
    const { showsBin, loadBin } = useRunsStore.getState();
    if (showsBin) void loadBin();
  };
  const ends = [
    on('runs.removed', reload),
    on('runs.listChanged', reload),
    // It came into the bin, or went out of it.
    on('runs.changed', ({ run }) => {
      const isBinned = useRunsStore.getState().bin.some(({ id }) => id === run.id);
      if (isBinned || run.deletedAt !== undefined) reload();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
