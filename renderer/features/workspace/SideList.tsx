import './workspace.css';
import { FolderOpen, Plus } from 'lucide-react';
import type { RunSummary } from '#contract/runs.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { isGoing, useTrainingStore } from '../notebook/training-store.ts';
import { bestOf, mainMetric } from '../runs/metrics.ts';
import { openRun } from './open-run.ts';
import { useWorkspaceStore } from './workspace-store.ts';

const recentRuns = 8;

export function SideList() {
  const t = useWords();
  const formats = useFormats();
  const workspace = useWorkspaceStore((state) => state.workspace);
  const askForTitle = useWorkspaceStore((state) => state.askForTitle);
  const askForFolder = useWorkspaceStore((state) => state.askForFolder);
  const path = useNotebookStore((state) => state.path);
  const opening = useNotebookStore((state) => state.opening);
  const open = useNotebookStore((state) => state.open);
  const view = useNavigationStore((state) => state.view);
  const show = useNavigationStore((state) => state.show);
  const runs = useTrainingStore((state) => state.runs);
  if (!workspace) return <aside className="side" aria-label={t('workspace.contents')} />;
  return (
    <aside className="side" aria-label={t('workspace.contents')}>
      <section aria-label={t('workspace.notebooks')}>
        <h2>
          <span className="grow">{t('workspace.notebooks')}</span>
          <IconButton label={t('workspace.newNotebook')} icon={<Plus size={14} />} onClick={() => askForTitle(true)} />
          <IconButton label={t('workspace.openFolder')} keys="Mod+O" icon={<FolderOpen size={14} />} onClick={() => askForFolder(true)} />
        </h2>
        <ul>
          {workspace.notebooks.map((notebook) => {
            const current = notebook.path === path && view === 'notebook';
            return (
              <li key={notebook.path}>
                <button
                  type="button"
                  className={current ? 'side-item on' : 'side-item'}
                  aria-current={current ? 'page' : undefined}
                  aria-busy={opening === notebook.path}
                  aria-label={notebook.path.slice(notebook.path.lastIndexOf('/') + 1)}
                  title={`${notebook.title}\n${notebook.path}`}
                  onClick={() => {
                    show('notebook');
                    if (notebook.path !== path) void open(notebook.path);
                  }}
                >
                  <FileName path={notebook.path} ending=".epoch.md" />
                </button>
              </li>
            );
          })}
          {workspace.notebooks.length === 0 && <li className="side-none">{t('workspace.noNotebooks')}</li>}
        </ul>
      </section>
      {workspace.dataFiles.length > 0 && (
        <section aria-label={t('workspace.data')}>
          <h2>{t('workspace.data')}</h2>
          <ul>
            {workspace.dataFiles.map((file) => (
              <li key={file.path} className="side-item plain" title={file.path}>
                <FileName path={file.path} />
                <small>{formats.bytes(file.bytes)}</small>
              </li>
            ))}
          </ul>
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
  if (isGoing(run.status)) return t(run.status === 'queued' ? 'workspace.runWaiting' : 'workspace.runRunning');
  return '–';
}

/** A name too long is cut in the middle: its end tells files apart as often as its start. The whole path is in the tooltip. */
function FileName({ path, ending = '' }: { path: string; ending?: string }) {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const name = file.endsWith(ending) ? file.slice(0, file.length - ending.length) : file;
  const tail = ending === '' && name.length > 20 ? 9 : 0;
  return (
    <span className="file-name">
      <span className="side-name">{name.slice(0, name.length - tail)}</span>
      {tail > 0 && <span>{name.slice(-tail)}</span>}
      {name !== file && <span className="ending">{ending}</span>}
    </span>
  );
}
