/** Which columns the table of runs shows, and views: layouts with a name, kept in the workspace. */
import { create } from 'zustand';
import type { RunView, ShownColumn, TableLayout } from '#contract/run-views.ts';
import { attempt } from '../../components/attempt.ts';
import { call } from '../../platform/client.ts';
import { useRunsStore } from './runs-store.ts';

interface ViewsState {
  /** Undefined: the usual ones, which follow what the runs have. */
  readonly columns: readonly ShownColumn[] | undefined;
  readonly views: readonly RunView[];
  /** The view that was chosen last; the table may have been changed since. */
  readonly name: string | undefined;
  /** Fetches the workspace's views, and lays the table out as it was left. */
  readonly load: () => Promise<void>;
  readonly setColumns: (columns: readonly ShownColumn[] | undefined) => void;
  readonly apply: (view: RunView) => void;
  /** Back to the usual columns, without order, groups and search. */
  readonly reset: () => void;
  /** Keeps the table as it is under a name. Says whether it could. */
  readonly save: (name: string) => Promise<boolean>;
  readonly remove: (name: string) => Promise<void>;
}

/** Between the last change and keeping how the table was left. */
const pauseMs = 800;

/** The table as it is now. */
export function currentLayout(): TableLayout {
  const { query, sorts, groupBy, groupShows } = useRunsStore.getState();
  const { columns } = useViewsStore.getState();
  return { query, sorts: [...sorts], groupBy: [...groupBy], groupShows, ...(columns && { columns: [...columns] }) };
}

function layOut({ query, sorts, groupBy, groupShows, columns }: TableLayout): void {
  useRunsStore.setState({ query, sorts, groupBy, groupShows, openGroups: new Set() });
  useViewsStore.setState({ columns });
}

export const useViewsStore = create<ViewsState>((set, get) => {
  return {
    columns: undefined,
    views: [],
    name: undefined,
    load: async () => {
      await attempt(async () => {
        const { views, last } = await call('runs.views', {});
        set({ views, name: undefined, columns: last?.columns });
        // A search that nobody remembers typing would hide runs.
        const { sorts, groupBy, groupShows } = last ?? { sorts: [], groupBy: [], groupShows: 'mean' as const };
        useRunsStore.setState({ sorts, groupBy, groupShows, openGroups: new Set() });
      });
    },
    setColumns: (columns) => set({ columns }),
    apply: ({ name, layout }) => {
      layOut(layout);
      set({ name });
    },
    reset: () => {
      layOut({ query: '', sorts: [], groupBy: [], groupShows: 'mean' });
      set({ name: undefined });
    },
    save: (name) =>
      attempt(async () => {
        const layout = currentLayout();
        await call('runs.saveView', { name, layout });
        const others = get().views.filter((view) => view.name !== name);
        set({ name, views: [...others, { name, layout }].sort((a, b) => a.name.localeCompare(b.name)) });
      }),
    remove: async (name) => {
      await attempt(async () => {
        await call('runs.removeView', { name });
        set((state) => ({ views: state.views.filter((view) => view.name !== name), name: state.name === name ? undefined : state.name }));
      });
    },
  };
});

/** Whether the table is still as its view has it. */
export function isAsKept(layout: TableLayout, view: RunView | undefined): boolean {
  return view !== undefined && JSON.stringify(layout) === JSON.stringify(view.layout);
}

/** Keeps how the table was left. Returns a function that ends this. */
export function followLayout(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let kept = JSON.stringify({ ...currentLayout(), query: '' });
  const keep = (): void => {
    timer = undefined;
    const layout = { ...currentLayout(), query: '' };
    const text = JSON.stringify(layout);
    if (text === kept) return;
    kept = text;
    // Nothing that a person asked for: the next change tries again.
    call('runs.saveView', { layout }).catch(() => undefined);
  };
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, pauseMs);
  };
  const ends = [useViewsStore.subscribe(changed), useRunsStore.subscribe(changed)];
  return () => {
    if (timer !== undefined) {
      clearTimeout(timer);
      keep();
    }
    for (const end of ends) end();
  };
}
