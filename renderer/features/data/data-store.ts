/** The closer look at a data cell: what is open, what of it is asked for, and what came so far. */
import { create } from 'zustand';
import type { ChannelStatistics, ColumnProfile, LookFilter, LookPage, LookSelection, OpenedLook, PicturePage } from '#contract/look.ts';
import { call } from '../../platform/client.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { stateToSend } from '../notebook/notebook-store.ts';

export const pageSize = 200;
/** Pages of rows kept: what is scrolled past far away is asked for again. */
const keptPages = 40;
/** Columns whose profile is asked for at once: a page of rows never waits long behind them. */
const profiledAtOnce = 4;

export interface DataStore {
  readonly cell: string | undefined;
  readonly opened: OpenedLook | undefined;
  /** 0…1 while a large table is copied; undefined where it is not known, or nothing is copied. */
  readonly share: number | undefined;
  readonly busy: boolean;
  readonly error: unknown;
  readonly selection: LookSelection;
  /** Rows that the filters leave; undefined before the first page. */
  readonly total: number | undefined;
  /** By number of the page. */
  readonly pages: ReadonlyMap<number, LookPage>;
  /** By column, under the filters of the selection. */
  readonly profiles: ReadonlyMap<string, ColumnProfile>;
  /** The column told of in the panel. */
  readonly column: string | undefined;
  /** The class shown, by its place; undefined: all. */
  readonly label: number | undefined;
  readonly rows: readonly number[] | undefined;
  readonly picturePages: ReadonlyMap<number, PicturePage>;
  readonly channels: ChannelStatistics | undefined;

  readonly open: (cell: string, wanted?: Wanted) => Promise<void>;
  readonly close: () => void;
  readonly retry: () => void;
  readonly sortBy: (column: string) => void;
  readonly filter: (filter: LookFilter) => void;
  readonly unfilter: (index: number) => void;
  readonly clear: () => void;
  readonly choose: (column: string) => void;
  readonly needPages: (first: number, last: number) => void;
  readonly needProfiles: (columns: readonly string[]) => void;
  readonly showClass: (label: number | undefined) => void;
  readonly needPictures: (first: number, last: number) => void;
}

/** What the look begins with: rows that a finding points at, the column it is about. */
export interface Wanted {
  readonly rows?: readonly number[] | undefined;
  readonly column?: string | undefined;
}

type Shown = Pick<
  DataStore,
  | 'opened'
  | 'share'
  | 'busy'
  | 'error'
  | 'selection'
  | 'total'
  | 'pages'
  | 'profiles'
  | 'column'
  | 'label'
  | 'rows'
  | 'picturePages'
  | 'channels'
>;

const nothing: Shown = {
  opened: undefined,
  share: undefined,
  busy: false,
  error: undefined,
  selection: { filters: [] },
  total: undefined,
  pages: new Map(),
  profiles: new Map(),
  column: undefined,
  label: undefined,
  rows: undefined,
  picturePages: new Map(),
  channels: undefined,
};

export const useDataStore = create<DataStore>((set, get) => {
  /** Changes with the look and the selection: answers to older questions are dropped. */
  let turn = 0;
  let asked = new Set<string>();
  let wantedPages: readonly [number, number] = [0, 0];
  let wantedProfiles: readonly string[] = [];
  let fetching = false;
  let profiling = false;

  function fresh(): number {
    asked = new Set();
    turn += 1;
    return turn;
  }

  function failed(at: number, error: unknown): void {
    if (at === turn) set({ error, busy: false });
  }

  async function fetchPages(): Promise<void> {
    if (fetching) return;
    fetching = true;
    const at = turn;
    try {
      for (;;) {
        const { opened, pages, selection, error } = get();
        if (!opened || at !== turn || error !== undefined) return;
        const [first, last] = wantedPages;
        let page = first;
        while (page <= last && pages.has(page)) page += 1;
        if (page > last) return;
        set({ busy: true });
        const answer = await call('data.rows', { id: opened.id, selection, offset: page * pageSize, limit: pageSize });
        if (at !== turn) return;
        const kept = [...get().pages, [page, answer] as const];
        // Far ones go first.
        kept.sort(([a], [b]) => Math.abs(a - page) - Math.abs(b - page));
        set({ pages: new Map(kept.slice(0, keptPages)), total: answer.total, busy: false, share: undefined });
        void fetchProfiles();
      }
    } catch (error) {
      failed(at, error);
    } finally {
      fetching = false;
      if (at !== turn) void fetchPages();
    }
  }

  async function fetchProfiles(): Promise<void> {
    if (profiling) return;
    profiling = true;
    const at = turn;
    try {
      for (;;) {
        const { opened, profiles, selection, column, error, total } = get();
        // The rows come first.
        if (!opened || at !== turn || error !== undefined || total === undefined) return;
        const next = [...(column === undefined ? [] : [column]), ...wantedProfiles].filter(
          (name) => !profiles.has(name) && !asked.has(name),
        );
        const columns = [...new Set(next)].slice(0, profiledAtOnce);
        if (columns.length === 0) return;
        for (const name of columns) asked.add(name);
        const answer = await call('data.profile', { id: opened.id, columns, selection: { filters: selection.filters } });
        if (at !== turn) return;
        set({ profiles: new Map([...get().profiles, ...answer.columns.map((one) => [one.name, one] as const)]) });
      }
    } catch (error) {
      failed(at, error);
    } finally {
      profiling = false;
      if (at !== turn) void fetchProfiles();
    }
  }

  function select(selection: LookSelection): void {
    const sameFilters = selection.filters === get().selection.filters;
    fresh();
    set({
      selection,
      pages: new Map(),
      error: undefined,
      ...(!sameFilters && { total: undefined, profiles: new Map() }),
    });
    void fetchPages();
  }

  return {
    cell: undefined,
    ...nothing,

    async open(cell, wanted = {}) {
      const at = fresh();
      const { rows, column } = wanted;
      const state = stateToSend();
      set({ ...nothing, cell, busy: true, column });
      if (!state) return;
      try {
        const opened = await call('data.look', { ...state, cell });
        if (at !== turn) {
          void call('data.closeLook', { id: opened.id }).catch(() => undefined);
          return;
        }
        const columns = opened.table?.columns ?? [];
        set({
          opened,
          busy: false,
          column: columns.some(({ name }) => name === column) ? column : (opened.target ?? columns[0]?.name),
          rows,
          selection: { filters: rows && opened.table ? [{ is: 'rows', rows: [...rows] }] : [] },
        });
        if (opened.table) {
          wantedPages = [0, 0];
          await fetchPages();
        } else if (opened.pictures) {
          const channels = await call('data.channels', { id: opened.id });
          if (at === turn) set({ channels });
        }
      } catch (error) {
        failed(at, error);
      }
    },

    close() {
      fresh();
      const { opened } = get();
      set({ ...nothing, cell: undefined });
      if (opened) void call('data.closeLook', { id: opened.id }).catch(() => undefined);
    },

    retry() {
      const { cell } = get();
      if (cell !== undefined) void get().open(cell);
    },

    sortBy(column) {
      const { selection } = get();
      const { order } = selection;
      get().choose(column);
      if (order?.column !== column) select({ filters: selection.filters, order: { column, descending: false } });
      else if (!order.descending) select({ filters: selection.filters, order: { column, descending: true } });
      else select({ filters: selection.filters });
    },
    filter(filter) {
      const { selection } = get();
      const others = selection.filters.filter((other) => other.is === 'rows' || filter.is === 'rows' || other.column !== filter.column);
      select({ ...selection, filters: [...others, filter] });
    },
    unfilter(index) {
      const { selection } = get();
      select({ ...selection, filters: selection.filters.filter((_, at) => at !== index) });
    },
    clear() {
      set({ rows: undefined });
      select({ ...get().selection, filters: [] });
    },
    choose(column) {
      if (get().column !== column) set({ column });
      void fetchProfiles();
    },
    needPages(first, last) {
      wantedPages = [Math.max(0, first), last];
      void fetchPages();
    },
    needProfiles(columns) {
      wantedProfiles = columns;
      void fetchProfiles();
    },

    showClass(label) {
      fresh();
      set({ label, picturePages: new Map(), rows: undefined });
    },
    needPictures(first, last) {
      const { opened, label, rows } = get();
      if (!opened?.pictures) return;
      for (let page = first; page <= last; page += 1) {
        const key = `pictures ${page}`;
        if (asked.has(key)) continue;
        asked.add(key);
        const at = turn;
        call('data.pictures', {
          id: opened.id,
          offset: page * picturesAtOnce,
          limit: picturesAtOnce,
          ...(label !== undefined && { label }),
          ...(rows && { rows: [...rows] }),
        }).then(
          (answer) => {
            if (at === turn) set({ picturePages: new Map(get().picturePages).set(page, answer) });
          },
          (error: unknown) => failed(at, error),
        );
      }
    },
  };
});

export const picturesAtOnce = 60;

// What is not looked at any more needs no process.
useNavigationStore.subscribe(({ view }, before) => {
  if (before.view === 'data' && view !== 'data') useDataStore.getState().close();
});

/** Shows the data of a cell in a view of its own. */
export function lookAt(cell: string, wanted: Wanted = {}): void {
  useNavigationStore.getState().show('data');
  void useDataStore.getState().open(cell, wanted);
}
