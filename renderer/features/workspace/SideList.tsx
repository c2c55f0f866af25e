import './workspace.css';
import { FolderOpen, FolderPlus, Plus } from 'lucide-react';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useKeysOf } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { Outline } from '../outline/Outline.tsx';
import { bestOf, mainMetric } from '../runs/metrics.ts';
import { FileTree } from './FileTree.tsx';
import { openRun } from './open-run.ts';
import { useWorkspaceStore } from './workspace-store.ts';

const recentRuns = 8;

export function SideList() {
  const t = useWords();
  const workspace = useWorkspaceStore((state) => state.workspace);
  const askForTitle = useWorkspaceStore((state) => state.askForTitle);
  const makeFolder = useWorkspaceStore((state) => state.makeFolder);
  const folderKeys = useKeysOf('frame.folder');
  const askForFolder = useWorkspaceStore((state) => state.askForFolder);
  const show = useNavigationStore((state) => state.show);
  const view = useNavigationStore((state) => state.view);
  const hasNotebook = useNotebookStore((state) => state.path !== undefined);
  const runs = useTrainingStore((state) => state.runs);
  if (!workspace) return <aside className="side" aria-label={t('workspace.contents')} />;
  return (
    <aside id="side" className="side" aria-label={t('workspace.contents')}>
      <section aria-label={t('workspace.notebooks')}>
        <h2>
          <span className="grow">{t('workspace.notebooks')}</span>
          <IconButton label={t('workspace.newNotebook')} icon={<Plus size={14} />} onClick={() => askForTitle(true)} />
          <IconButton label={t('workspace.newFolder')} icon={<FolderPlus size={14} />} onClick={() => void makeFolder('')} />
          <IconButton
            label={t('workspace.openFolder')}
            keys={folderKeys}
            icon={<FolderOpen size={14} />}
            onClick={() => askForFolder(true)}
          />
        </h2>
        <FileTree />
      </section>
      {hasNotebook && view === 'notebook' && (
        <section aria-label={t('outline.title')}>
          <h2>{t('outline.title')}</h2>
          <Outline />
        </section>
      )}
      <section aria-label={t('workspace.runs')}>
        <h2>{t('workspace.runs')}</h2>
        <ul>
          {runs.slice(0, recentRuns).map((run) => (
            <li key={run.id}>
              <button type="button" className="side-item" title={run.notebook} onClick={() => openRun(run.id)}>
                <RunMark color={run.color} />
                <span className="side-name">{run.name}</span>
                <small>
                  <RunValue run={run} runs={runs} />
                </small>
              </button>
            </li>
          ))}
          {runs.length === 0 && <li className="side-none">{t('workspace.noRuns')}</li>}
          {runs.length > recentRuns && (
            <li className="side-none">
              <Button look="link" onClick={() => show('runs')}>
                {t('workspace.allRuns', { count: runs.length })}
              </Button>
            </li>
          )}
        </ul>
      </section>
    </aside>
  );
}

function RunValue({ run, runs }: { run: RunSummary; runs: readonly RunSummary[] }) {
  const t = useWords();
  const formats = useFormats();
  const metric = mainMetric(runs.filter((other) => other.notebook === run.notebook)) ?? run.best?.metric;
  const best = metric === undefined ? undefined : bestOf(metric, run.metrics[metric]);
  if (best) return formats.measure(best.value, 3);
  if (isGoingOn(run)) return t(run.status === 'queued' ? 'workspace.runWaiting' : 'workspace.runRunning');
  return '–';
}
