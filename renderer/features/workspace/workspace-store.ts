/** The folder that is worked in: its notebooks and data files, and the samples that can be copied into it. */
import { create } from 'zustand';
import type { Sample, Workspace } from '#contract/calls.ts';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useTabsStore } from '../tabs/tabs-store.ts';
import { useTrainingStore } from '../notebook/training-store.ts';

interface WorkspaceState {
  readonly workspace: Workspace | undefined;
  readonly samples: readonly Sample[];
  /** Which dialog is open. */
  readonly asking: 'title' | 'folder' | undefined;
  readonly load: () => Promise<void>;
  readonly loadSamples: () => Promise<void>;
  readonly askForTitle: (open: boolean) => void;
  readonly askForFolder: (open: boolean) => void;
  /** Makes another folder the workspace. Rejects where it cannot. */
  readonly openFolder: (folder: string) => Promise<void>;
}

export const useWorkspaceStore = create<WorkspaceState>((set) => ({
  workspace: undefined,
  samples: [],
  asking: undefined,
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
