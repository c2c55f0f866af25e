/** The notebooks that are open side by side, in the order of their tabs; the one in front is the notebook store's. */
import { create } from 'zustand';
import type { Place } from '#contract/calls.ts';
import { call } from '../../platform/client.ts';
import { giveKeyboardToNotebook } from '../notebook/keyboard.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';

interface TabsStore {
  /** Paths in the workspace. */
  readonly tabs: readonly string[];
  /** Closed ones, the latest last. */
  readonly closed: readonly string[];
  /** Workspaces worked in before, the latest first. */
  readonly places: readonly Place[];
  readonly loadPlaces: () => Promise<void>;
  /** The tabs that `folder` had; gives the notebook that was in front. Those in `known` are there still. */
  readonly restore: (folder: string, known: readonly string[]) => string | undefined;
  readonly close: (path: string) => Promise<void>;
  readonly closeOthers: (path: string) => void;
  readonly reopen: () => Promise<void>;
  /** To the next tab or the one before; at the ends it begins again. */
  readonly step: (way: 1 | -1) => Promise<void>;
  /** Puts a tab at another place among all. */
  readonly move: (path: string, to: number) => void;
  /** Tells the core what is open, for the next start. */
  readonly remember: () => void;
  readonly renamed: (from: string, to: string) => void;
}

export const useTabsStore = create<TabsStore>((set, get) => ({
  remember,
  tabs: [],
  closed: [],
  places: [],

  async loadPlaces() {
    // Without them nothing but comfort is missing.
    set({ places: await call('places.list', {}).catch(() => []) });
  },

  restore(folder, known) {
    const place = get().places.find((other) => other.folder === folder);
    const tabs = (place?.notebooks ?? []).filter((path) => known.includes(path));
    set({ tabs, closed: [] });
    return place?.notebook !== undefined && known.includes(place.notebook) ? place.notebook : tabs[0];
  },

  async close(path) {
    const notebook = useNotebookStore.getState();
    const at = get().tabs.indexOf(path);
    if (at < 0) return;
    if (notebook.path === path) {
      const next = get().tabs[at + 1] ?? get().tabs[at - 1];
      if (next === undefined) await notebook.leaveAll();
      else await notebook.open(next);
      // The other one could not be opened: this one stays.
      if (useNotebookStore.getState().path === path) return;
    }
    notebook.forget(path);
    set({ tabs: get().tabs.filter((other) => other !== path), closed: [...get().closed.filter((other) => other !== path), path] });
    remember();
  },

  closeOthers(path) {
    for (const other of get().tabs) if (other !== path) void get().close(other);
  },

  async reopen() {
    const path = get().closed.at(-1);
    if (path === undefined) return;
    set({ closed: get().closed.slice(0, -1) });
    await useNotebookStore.getState().open(path);
  },

  async step(way) {
    const { tabs } = get();
    const { path, open } = useNotebookStore.getState();
    if (path === undefined || tabs.length < 2) return;
    await open(tabs[(tabs.indexOf(path) + way + tabs.length) % tabs.length]);
    giveKeyboardToNotebook();
  },

  move(path, to) {
    const others = get().tabs.filter((other) => other !== path);
    const at = Math.max(0, Math.min(others.length, to));
    set({ tabs: [...others.slice(0, at), path, ...others.slice(at)] });
    remember();
  },

  renamed(from, to) {
    set({ tabs: get().tabs.map((path) => (path === from ? to : path)), closed: get().closed.filter((path) => path !== from) });
    useNotebookStore.getState().renamed(from, to);
    remember();
  },
}));

const settleMs = 300;
let timer: ReturnType<typeof setTimeout> | undefined;

function remember(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { path } = useNotebookStore.getState();
    const { tabs } = useTabsStore.getState();
    // A core that cannot keep it loses nothing.
    call('places.remember', { notebooks: [...tabs], ...(path !== undefined && { notebook: path }) }).catch(() => undefined);
  }, settleMs);
}

useNotebookStore.subscribe(({ path }, before) => {
  if (path === before.path) return;
  const { tabs } = useTabsStore.getState();
  if (path !== undefined && !tabs.includes(path)) {
    const at = before.path === undefined ? tabs.length - 1 : tabs.indexOf(before.path);
    useTabsStore.setState({ tabs: [...tabs.slice(0, at + 1), path, ...tabs.slice(at + 1)] });
  }
  if (path !== undefined) remember();
});
