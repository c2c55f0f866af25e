import './frame.css';
import { useEffect } from 'react';
import { Toasts } from '../components/Toast.tsx';
import { ModelUseHost } from '../features/model-use/ModelUseDialog.tsx';
import { SweepHost } from '../features/sweep/SweepDialog.tsx';
import { ExportHost } from '../features/export/ExportHost.tsx';
import { NotebookView } from '../features/notebook/NotebookView.tsx';
import { useNotebookStore } from '../features/notebook/notebook-store.ts';
import { Palette } from '../features/palette/Palette.tsx';
import { ShortcutSheet } from '../features/palette/ShortcutSheet.tsx';
import { StorageHost } from '../features/storage/StorageHost.tsx';
import { TabStrip } from '../features/tabs/TabStrip.tsx';
import { DropZone } from '../features/workspace/DropZone.tsx';
import { SideList } from '../features/workspace/SideList.tsx';
import { Welcome } from '../features/workspace/Welcome.tsx';
import { WorkspaceDialogs } from '../features/workspace/WorkspaceDialogs.tsx';
import { useWorkspaceStore } from '../features/workspace/workspace-store.ts';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { useFrameActions } from './frame-actions.ts';
import { Header } from './Header.tsx';
import { useNavigationStore } from './navigation-store.ts';
import { Rail } from './Rail.tsx';
import { later } from './later.tsx';
import { importRuns } from './runs-code.ts';
import { useSettingsStore } from './settings-store.ts';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './StatusBar.tsx';
import { useWords } from '../words/use-words.ts';

const RunsView = later(async () => (await importRuns()).RunsView);
const DataView = later(async () => (await import('../features/data/DataView.tsx')).DataView);
const CurvesView = later(async () => (await import('../features/curves/CurvesView.tsx')).CurvesView);
const ComparisonView = later(async () => (await import('../features/comparison/ComparisonView.tsx')).ComparisonView);

export function App() {
  const t = useWords();
  const view = useNavigationStore((state) => state.view);
  const side = useNavigationStore((state) => state.side);
  const ready = useSettingsStore((state) => state.settings !== undefined);
  const title = useNotebookStore((state) => state.title);
  const path = useNotebookStore((state) => state.path);
  useFrameActions();
  useShortcuts();
  useEffect(() => {
    document.title = title === '' ? 'Epochbook' : `${title} – Epochbook`;
  }, [title]);
  // What had the keyboard went with the view before: its keys are this one's.
  useEffect(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- it is done when the view changes
  }, [view]);
  // The words are in the wrong language until the settings are known: a few milliseconds.
  if (!ready) return <ConnectionNotice />;
  return (
    <>
      <div className={`frame side-${side}`}>
        <a className="skip-link" href="#main">
          {t('frame.skip')}
        </a>
        <Header />
        <Rail />
        <SideList />
        <div className="body">
          <TabStrip />
          {/* Each notebook and each view begins at its top. */}
          <main key={view === 'notebook' ? `notebook ${path}` : view} id="main" className={`main ${view}`} tabIndex={-1}>
            {view === 'notebook' && <NotebookOrWelcome />}
            {view === 'data' && <DataView />}
            {view === 'runs' && <RunsView />}
            {view === 'comparison' && <ComparisonView />}
            {view === 'curves' && <CurvesView />}
          </main>
        </div>
        <StatusBar />
      </div>
      <Palette />
      <ShortcutSheet />
      <ExportHost />
      <SweepHost />
      <ModelUseHost />
      <WorkspaceDialogs />
      <StorageHost />
      <DropZone />
      <Toasts />
      <ConnectionNotice />
    </>
  );
}

function NotebookOrWelcome() {
  const path = useNotebookStore((state) => state.path);
  const opening = useNotebookStore((state) => state.opening);
  const loaded = useWorkspaceStore((state) => state.workspace !== undefined);
  if (path !== undefined) return <NotebookView key={path} />;
  return loaded && opening === undefined ? <Welcome /> : null;
}
