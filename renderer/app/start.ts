/** What happens when the window opens, and what events from the core go where. */
import { toast } from '../components/toast-store.ts';
import { loadMonaco } from '../features/notebook/editor/load.ts';
import { useNotebookStore } from '../features/notebook/notebook-store.ts';
import { useTrainingStore } from '../features/notebook/training-store.ts';
import { useStorageStore } from '../features/storage/storage-store.ts';
import { useWorkspaceStore } from '../features/workspace/workspace-store.ts';
import { useSweepStore } from '../features/sweep/sweep-store.ts';
import { useTabsStore } from '../features/tabs/tabs-store.ts';
import { on } from '../platform/client.ts';
import { useConnectionStore } from '../platform/connection-store.ts';
import { errorTextNow } from '../words/errors.ts';
import { useNavigationStore } from './navigation-store.ts';
import { importRuns } from './runs-code.ts';
import { useSettingsStore } from './settings-store.ts';

export async function start(): Promise<void> {
  listen();
  const settings = useSettingsStore.getState().load();
  // Several megabytes, which the first notebook's editors wait for, and a table of runs does not. It keeps the language.
  const showsRuns = useNavigationStore.getState().view === 'runs';
  if (!showsRuns) void settings.catch(() => undefined).then(loadMonaco);
  const workspace = useWorkspaceStore.getState();
  try {
    // The table's first rows wait for nothing, and all others for the table: while it comes, its code does too.
    const runs = useTrainingStore.getState().load(showsRuns ? importRuns() : undefined);
    await Promise.all([
      settings,
      workspace.load(),
      workspace.loadSamples(),
      useTabsStore.getState().loadPlaces(),
      useStorageStore.getState().loadHealth(),
      useSweepStore.getState().load(),
    ]);
    // A notebook is opened after the table is there, where that is what the window shows; else beside it.
    if (showsRuns) await runs;
    await openFirst();
    if (!showsRuns) requestIdleCallback(() => void importRuns());
  } catch (error) {
    toast({ text: errorTextNow(error), tone: 'bad' });
  }
}

/** The notebook the app was started with, the last one, or the only one; in an empty folder the first sample. */
async function openFirst(): Promise<void> {
  const { workspace, samples } = useWorkspaceStore.getState();
  const notebook = useNotebookStore.getState();
  const asked = useSettingsStore.getState().info?.notebook;
  const paths = workspace?.notebooks.map((one) => one.path) ?? [];
  const last = workspace && useTabsStore.getState().restore(workspace.folder, paths);
  if (asked !== undefined) {
    await notebook.open(asked);
    return;
  }
  if (!workspace) return;
  const path = last ?? paths[0];
  if (path !== undefined) await notebook.open(path);
  // A folder with data of its own is somebody's work: the welcome page offers the samples instead. Nothing is copied into one
  // that cannot be written to.
  else if (workspace.dataFiles.length === 0 && !workspace.readOnly && samples[0]) await notebook.openSample(samples[0].id);
}

function listen(): void {
  const training = useTrainingStore.getState();
  on('training.progressed', training.progressed);
  on('training.epochEnded', training.epochEnded);
  on('runs.changed', ({ run }) => training.changed(run));
  on('runs.listChanged', () => void training.load());
  on('runs.removed', ({ runIds }) => training.removed(runIds));
  on('sweeps.changed', ({ sweep }) => useSweepStore.getState().changed(sweep));
  on('sweeps.trialChanged', ({ sweepId, trial }) => useSweepStore.getState().trialChanged(sweepId, trial));
  on('notebook.changedOnDisk', ({ path, hash }) => useNotebookStore.getState().fileChanged(path, hash));
  on('store.checked', ({ problems }) => useStorageStore.getState().found(problems));
  on('workspace.changed', () => void useWorkspaceStore.getState().load());
  on('check.progressed', ({ path, cell, share }) => {
    if (useNotebookStore.getState().path === path) useNotebookStore.getState().evaluating(cell, share);
  });

  // What happened while the connection was lost is asked for anew.
  useConnectionStore.subscribe(({ connection }, before) => {
    if (connection !== 'connected' || before.connection !== 'lost') return;
    void useTrainingStore.getState().load();
    void useSweepStore.getState().load();
    void useWorkspaceStore.getState().load();
  });

  // The core tells of the samples in the language that is set.
  useSettingsStore.subscribe(({ settings }, before) => {
    if (before.settings && settings !== before.settings) void useWorkspaceStore.getState().loadSamples();
  });

  window.addEventListener('beforeunload', (event) => {
    const { saving, save } = useNotebookStore.getState();
    if (saving === 'saved') return;
    void save();
    event.preventDefault();
    // What Chromium before 119 heeds.
    event.returnValue = true;
  });
}
