import './export.css';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { Response } from '#contract/calls.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { TextField } from '../../components/TextField.tsx';
import { call } from '../../platform/client.ts';
import { useJob } from '../../platform/use-job.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { withoutKeys } from '../notebook/blocks.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { DoneDialog } from './DoneDialog.tsx';
import { within } from './export-path.ts';

/** Writes the open notebook, as it is on the screen, and its runs as one HTML file. */
export function ReportDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const formats = useFormats();
  const path = useNotebookStore((state) => state.path) ?? '';
  const folder = useWorkspaceStore((state) => state.workspace?.folder) ?? '';
  const [file, setFile] = useState(() => within(folder, path.replace(/(\.epoch)?\.md$/, '.html')));
  const [written, setWritten] = useState<Response<'notebook.report'>>();
  const { isWorking, error, work, stop } = useJob();

  const write = async (): Promise<void> => {
    const { blocks, knobValues } = useNotebookStore.getState();
    const state = { path, blocks: withoutKeys(blocks), knobs: { ...knobValues } };
    setWritten(await work((job) => call('notebook.report', { ...state, file: file.trim(), job })));
  };

  if (written) {
    return (
      <DoneDialog title={t('export.reportTitle')} path={written.file} onClose={onClose}>
        <p className="export-verified" role="status">
          <CircleCheck size={16} aria-hidden />
          {t('export.reportDone', { runs: written.runs })}
        </p>
        <p className="quiet-text">
          <code>{written.file}</code> · {formats.bytes(written.bytes)}
        </p>
      </DoneDialog>
    );
  }
  return (
    <FormDialog
      title={t('export.reportTitle')}
      className="export-form"
      action={t('export.reportWrite')}
      disabled={file.trim() === ''}
      work={isWorking ? { label: t('export.reportWriting'), onStop: stop } : undefined}
      error={error}
      onSubmit={() => void write()}
      onClose={onClose}
    >
      <p className="quiet-text">{t('export.reportText')}</p>
      <TextField label={t('export.reportFile')} value={file} onValue={setFile} disabled={isWorking} spellCheck={false} mono />
    </FormDialog>
  );
}
