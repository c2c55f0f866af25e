import './export.css';
import { CircleCheck, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { Response } from '#contract/calls.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Progress } from '../../components/Progress.tsx';
import { TextField } from '../../components/TextField.tsx';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow, useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { withoutKeys } from '../notebook/blocks.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { within } from './export-path.ts';

type Stage =
  | { readonly at: 'asking'; readonly error?: unknown }
  | { readonly at: 'writing' }
  | { readonly at: 'done'; readonly written: Response<'notebook.report'> };

/** Writes the open notebook, as it is on the screen, and its runs as one HTML file. */
export function ReportDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const path = useNotebookStore((state) => state.path) ?? '';
  const folder = useWorkspaceStore((state) => state.workspace?.folder) ?? '';
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const [file, setFile] = useState(() => within(folder, path.replace(/(\.epoch)?\.md$/, '.html')));
  const [stage, setStage] = useState<Stage>({ at: 'asking' });
  const isWriting = stage.at === 'writing';

  const write = async (): Promise<void> => {
    const { blocks, knobValues } = useNotebookStore.getState();
    setStage({ at: 'writing' });
    try {
      const written = await call('notebook.report', { path, blocks: withoutKeys(blocks), knobs: { ...knobValues }, file: file.trim() });
      setStage({ at: 'done', written });
    } catch (error) {
      setStage({ at: 'asking', error });
    }
  };
  const showFile = (written: string): void => {
    call('shell.showItem', { path: written }).catch((error: unknown) => toast({ text: errorTextNow(error), tone: 'bad' }));
  };

  if (stage.at === 'done') {
    const { written } = stage;
    return (
      <Dialog
        title={t('export.reportTitle')}
        onClose={onClose}
        actions={
          <>
            {desktop && (
              <Button icon={<FolderOpen size={14} />} onClick={() => showFile(written.file)}>
                {t('export.showInFolder')}
              </Button>
            )}
            <Button look="primary" onClick={onClose}>
              {t('export.finish')}
            </Button>
          </>
        }
      >
        <div className="export-result">
          <p className="export-verified" role="status">
            <CircleCheck size={16} aria-hidden />
            {t('export.reportDone', { runs: written.runs })}
          </p>
          <p className="quiet-text">
            <code>{written.file}</code> · {formats.bytes(written.bytes)}
          </p>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={t('export.reportTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('frame.cancel')}</Button>
          <Button look="primary" disabled={isWriting || file.trim() === ''} onClick={() => void write()}>
            {t('export.reportWrite')}
          </Button>
        </>
      }
    >
      <form
        className="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWriting && file.trim() !== '') void write();
        }}
      >
        <p className="quiet-text">{t('export.reportText')}</p>
        <TextField label={t('export.reportFile')} value={file} onValue={setFile} disabled={isWriting} spellCheck={false} mono />
        <div className="export-stage" aria-live="polite">
          {isWriting && <Progress label={t('export.reportWriting')} />}
          {stage.at === 'asking' && stage.error !== undefined && (
            <p className="run-error" role="alert">
              {errorText(stage.error)}
            </p>
          )}
        </div>
      </form>
    </Dialog>
  );
}
