import '../export/export.css';
import { useState } from 'react';
import type { FoundLogs, RunsFormat, RunSummary } from '#contract/runs.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { attempt } from '../../components/attempt.ts';
import { Button } from '../../components/Button.tsx';
import { FormDialog } from '../../components/FormDialog.tsx';
import { TextField } from '../../components/TextField.tsx';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { useJob } from '../../platform/use-job.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { toolNames } from './tool-names.ts';

/** Runs of one place listed before they are imported; more are counted. */
const listed = 200;

/** Looks at what other tools logged, then brings it in. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const errorText = useErrorText();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const { progress, isWorking, error, work, stop } = useJob();
  const [path, setPath] = useState('');
  const [found, setFound] = useState<FoundLogs>();

  const look = async (): Promise<void> => {
    setFound(undefined);
    setFound(await work((job) => call('runs.lookAtLogs', { path: path.trim(), job })));
  };
  const read = async (): Promise<void> => {
    const done = await work((job) => call('runs.importFolder', { path: path.trim(), job }));
    if (!done) return;
    const count = (change: string): number => done.runs.filter((run) => run.change === change).length;
    toast({
      text: t('transfer.imported', {
        imported: count('imported'),
        updated: count('updated'),
        unchanged: count('unchanged') + count('binned'),
      }),
    });
    onClose();
  };
  const choose = async (): Promise<void> => {
    const chosen = await call('shell.chooseFolder', { title: t('transfer.import') });
    if (chosen.folder !== null) setPath(chosen.folder);
  };
  const isFound = found !== undefined && found.runs.length > 0;
  return (
    <FormDialog
      title={t('transfer.import')}
      wide
      className="export-form"
      action={isFound ? t('transfer.read', { count: found.runs.length }) : t('transfer.look')}
      disabled={path.trim() === ''}
      work={isWorking ? { label: t('transfer.reading', { item: progress?.item ?? '…' }), onStop: stop } : undefined}
      error={error}
      onSubmit={() => void (isFound ? read() : look())}
      onClose={onClose}
    >
      <p className="quiet-text">{t('transfer.importText')}</p>
      <div className="export-folder">
        <TextField
          label={t('transfer.path')}
          value={path}
          onValue={(value) => {
            setPath(value);
            setFound(undefined);
          }}
          disabled={isWorking}
          spellCheck={false}
          mono
        />
        {desktop && (
          <Button disabled={isWorking} onClick={() => void attempt(choose)}>
            {t('export.choose')}
          </Button>
        )}
      </div>
      {found && (
        <p role="status">
          {t('transfer.found', { runs: found.runs.length, scalars: found.runs.reduce((sum, run) => sum + run.scalars, 0) })}
        </p>
      )}
      {found && (
        <ul className="transfer-list">
          {found.runs.slice(0, listed).map((run) => (
            <li key={`${run.path} ${run.name}`}>
              <b>{run.name}</b>{' '}
              <span className="quiet-text" title={run.path}>
                {toolNames[run.tool]} · {t('transfer.values', { count: run.scalars })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {found && found.findings.length > 0 && (
        <section aria-label={t('transfer.findings')}>
          <p className="run-error">{t('transfer.findings')}</p>
          <ul className="transfer-list">
            {found.findings.slice(0, listed).map((finding) => (
              <li key={finding.message}>{errorText(finding)}</li>
            ))}
          </ul>
        </section>
      )}
    </FormDialog>
  );
}

const runsFormats: readonly RunsFormat[] = ['tensorboard', 'mlflow', 'csv', 'parquet', 'json'];

/** Writes params and every value of runs for other tools. */
export function ExportRunsDialog({ runs, onClose }: { readonly runs: readonly RunSummary[]; readonly onClose: () => void }) {
  const t = useWords();
  const formats = useFormats();
  const { progress, isWorking, error, work, stop } = useJob();
  const [format, setFormat] = useState<RunsFormat>('tensorboard');
  const [folder, setFolder] = useState('exports/runs');
  const write = async (): Promise<void> => {
    const done = await work((job) => call('runs.exportData', { runIds: runs.map((run) => run.id), format, folder: folder.trim(), job }));
    if (!done) return;
    toast({
      text: t('transfer.exported', { runs: done.runs, scalars: done.scalars, size: formats.bytes(done.bytes), folder: done.folder }),
    });
    onClose();
  };
  return (
    <FormDialog
      title={t('transfer.exportTitle', { count: runs.length })}
      className="export-form"
      action={t('transfer.write')}
      disabled={folder.trim() === ''}
      work={
        isWorking
          ? { label: t('transfer.writing'), value: progress?.total ? progress.done / progress.total : undefined, onStop: stop }
          : undefined
      }
      error={error}
      onSubmit={() => void write()}
      onClose={onClose}
    >
      <label className="text-field">
        <span>{t('transfer.format')}</span>
        <select className="input" value={format} disabled={isWorking} onChange={(event) => setFormat(event.target.value as RunsFormat)}>
          {runsFormats.map((name) => (
            <option key={name} value={name}>
              {toolNames[name]}
            </option>
          ))}
        </select>
      </label>
      <TextField label={t('transfer.folder')} value={folder} onValue={setFolder} disabled={isWorking} spellCheck={false} mono />
    </FormDialog>
  );
}
