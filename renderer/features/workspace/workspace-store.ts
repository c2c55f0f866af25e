/** The folder that is worked in: its notebooks and data files, and the samples that can be copied into it. */
import { create } from 'zustand';
import type { Sample, Workspace } from '#contract/calls.ts';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { translate } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useTabsStore } from '../tabs/tabs-store.ts';
import { useTrainingStore } from '../notebook/training-store.ts';

interface WorkspaceState {
  readonly workspace: Workspace | undefined;
  readonly samples: readonly Sample[];
  /** Which dialog is open. */
  readonly asking: 'title' | 'folder' | undefined;
  /** Folders of the list that are not as they are by themselves: closed, or open. */
  readonly toggledFolders: readonly string[];
  readonly toggleFolder: (path: string) => void;
  /** Path of what is being given another name. */
  readonly renaming: string | undefined;
  readonly rename: (path: string | undefined) => void;
  /** Gives it the other name; its path after that. */
  readonly renamed: (from: string, to: string) => Promise<string>;
  /** Makes a folder in `parent`, and asks for its name. */
  readonly makeFolder: (parent: string) => Promise<void>;
  /** To the bin, with a way back. */
  readonly remove: (path: string) => Promise<void>;
  readonly load: () => Promise<void>;
  readonly loadSamples: () => Promise<void>;
  readonly askForTitle: (open: boolean) => void;
  readonly askForFolder: (open: boolean) => void;
  /** Makes another folder the workspace. Rejects where it cannot. */
  readonly openFolder: (folder: string) => Promise<void>;
}

export const useWorkspaceStore = create<WorkspaceState>((set, get) => ({
  workspace: undefined,
  samples: [],
  asking: undefined,
  toggledFolders: [],
  renaming: undefined,

  toggleFolder(path) {
    const { toggledFolders } = get();
    set({ toggledFolders: toggledFolders.includes(path) ? toggledFolders.filter((other) => other !== path) : [...toggledFolders, path] });
  },

  rename: (renaming) => set({ renaming }),

  async renamed(from, to) {
    set({ renaming: undefined });
    if (from === to) return from;
    try {
      // A notebook that is open is saved under its old name first.
      await useNotebookStore.getState().save();
      await call('workspace.rename', { from, to });
      const tabs = useTabsStore.getState();
      for (const path of tabs.tabs) {
        if (path === from || path.startsWith(`${from}/`)) tabs.renamed(path, to + path.slice(from.length));
      }
      await Promise.all([get().load(), useTrainingStore.getState().load()]);
      return to;
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
      return from;
    }
  },

  async makeFolder(parent) {
    const taken = get().workspace?.folders ?? [];
    const base = [parent, translate('workspace.folderName')].filter((part) => part !== '').join('/');
    let path = base;
    for (let number = 2; taken.includes(path); number++) path = `${base}-${number}`;
    try {
      await call('workspace.makeFolder', { path });
      await get().load();
      set({ renaming: path });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  },

  async remove(path) {
    const isIn = (other: string) => other === path || other.startsWith(`${path}/`);
    const tabs = useTabsStore.getState();
    const closed = tabs.tabs.filter(isIn);
    try {
      for (const tab of closed) await tabs.close(tab);
      const { id } = await call('workspace.remove', { path });
      await get().load();
      const restore = async () => {
        try {
          await call('workspace.restore', { id });
          await get().load();
          for (const tab of closed) await useNotebookStore.getState().open(tab);
        } catch (error) {
          toast({ text: errorTextNow(error), tone: 'bad' });
        }
      };
      toast({
        text: translate('workspace.removed', { name: path.slice(path.lastIndexOf('/') + 1) }),
        action: { label: translate('frame.undo'), run: () => void restore() },
      });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  },

  async load() {
    try {
      set({ workspace: await call('workspace.get', {}) });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  },
  async loadSamples() {
    try {
      set({ samples: await call('samples.list', {}) });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
  },
  askForTitle: (open) => set({ asking: open ? 'title' : undefined }),
  askForFolder: (open) => set({ asking: open ? 'folder' : undefined }),
  async openFolder(folder) {
    await useNotebookStore.getState().save();
    const workspace = await call('workspace.open', { folder });
    await useTabsStore.getState().loadPlaces();
    useNotebookStore.getState().close();
    set({ workspace, asking: undefined });
    await useTrainingStore.getState().load();
    const paths = workspace.notebooks.map((notebook) => notebook.path);
    const path = useTabsStore.getState().restore(workspace.folder, paths) ?? paths[0];
    if (path !== undefined) await useNotebookStore.getState().open(path);
    else useTabsStore.getState().remember();
  },
}));
