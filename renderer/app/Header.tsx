import { Download, FileText, Play, Search, Square } from 'lucide-react';
import { isGoingOn } from '#contract/going-on.ts';
import { Button } from '../components/Button.tsx';
import { spellKeys } from '../components/keys.ts';
import { openExport, useReportStore } from '../features/export/export-store.ts';
import { useNotebookStore } from '../features/notebook/notebook-store.ts';
import { runAll } from '../features/notebook/run-in-view.ts';
import { stopTraining } from '../features/notebook/stop-training.ts';
import { useTrainingStore } from '../features/notebook/training-store.ts';
import { openPalette } from '../features/palette/palette-store.ts';
import { useWorkspaceStore } from '../features/workspace/workspace-store.ts';
import { useWords } from '../words/use-words.ts';
import { useKeysOf } from './action-store.ts';
import { Mark } from './Mark.tsx';

export function Header() {
  const t = useWords();
  const title = useNotebookStore((state) => state.title);
  const path = useNotebookStore((state) => state.path);
  const folder = useWorkspaceStore((state) => state.workspace?.name);
  const paletteKeys = useKeysOf('frame.palette');
  const runs = useTrainingStore((state) => state.runs);
  const here = runs.filter((run) => run.notebook === path);
  const going = here.some((run) => isGoingOn(run));
  const exportable = here.find((run) => run.epochs > 0 && !isGoingOn(run));
  return (
    <header className="header">
      <Mark />
      {path !== undefined && <b className="header-title">{title}</b>}
      {path !== undefined && (
        <span className="breadcrumb">
          {folder} ▸ {path} · <SavedState />
        </span>
      )}
      <span className="grow" />
      {/* Left of all that stays, so that nothing is pushed aside when it comes and goes. */}
      {path !== undefined && going && (
        <Button icon={<Square size={12} />} onClick={stopTraining}>
          {t('frame.stop')}
        </Button>
      )}
      <button type="button" className="omni" aria-label={t('frame.search')} onClick={openPalette}>
        <Search size={13} aria-hidden />
        <span>{t('frame.search')}</span>
        {paletteKeys !== undefined && <kbd>{spellKeys(paletteKeys)}</kbd>}
      </button>
      {path !== undefined && (
        <>
          <Button icon={<FileText size={13} />} onClick={() => useReportStore.getState().show(true)}>
            {t('export.reportButton')}
          </Button>
          <Button
            icon={<Download size={13} />}
            disabled={!exportable}
            title={exportable ? undefined : t('frame.exportNeedsRun')}
            onClick={() => exportable && openExport(exportable)}
          >
            {t('frame.export')}
          </Button>
          <Button look="primary" icon={<Play size={13} />} onClick={() => void runAll()}>
            {t('frame.runAll')}
          </Button>
        </>
      )}
    </header>
  );
}

function SavedState() {
  const t = useWords();
  const saving = useNotebookStore((state) => state.saving);
  const text = {
    saved: 'frame.saved',
    unsaved: 'frame.unsaved',
    saving: 'frame.saving',
    failed: 'frame.notSaved',
    conflict: 'frame.conflict',
  } as const;
  return (
    <span className={`saved-state ${saving}`} role="status">
      {t(text[saving])}
    </span>
  );
}
