import './export.css';
import { CircleCheck } from 'lucide-react';
import { useId, useState } from 'react';
import type { ExportFormat, Exported, RunSummary } from '#contract/runs.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { attempt } from '../../components/attempt.ts';
import { Button } from '../../components/Button.tsx';
import { FormDialog } from '../../components/FormDialog.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { TextField } from '../../components/TextField.tsx';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { useJob } from '../../platform/use-job.ts';
import type { Formats } from '../../words/format.ts';
import { translate, useFormats, useWords } from '../../words/use-words.ts';
import { useRunDetail } from '../runs/use-run-detail.ts';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { DoneDialog } from './DoneDialog.tsx';
import { defaultFolder, folderName, within } from './export-path.ts';

interface Props {
  readonly run: RunSummary;
  readonly onClose: () => void;
}

/** Writes a run's model, verifies it by loading it again, and says how far the two are apart. */
export function ExportDialog({ run, onClose }: Props) {
  const t = useWords();
  const formats = useFormats();
  const group = useId();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const { detail } = useRunDetail(run);
  const [wanted, setWanted] = useState<'best' | 'last'>('best');
  const [format, setFormat] = useState<ExportFormat>('tfjs');
  const workspace = useWorkspaceStore((state) => state.workspace?.folder) ?? '';
  const [folder, setFolder] = useState(() => defaultFolder(workspace, run.name));
  const [result, setResult] = useState<Exported>();
  const { isWorking, isThere, error, work, stop } = useJob();

  /** A folder that is still named after the other format is renamed with it. */
  const chooseFormat = (kind: ExportFormat): void => {
    setFolder((was) => (was.endsWith(`-${format}`) ? was.slice(0, -format.length) + kind : was));
    setFormat(kind);
  };

  const epochOf = (kind: 'best' | 'last'): number | undefined => detail?.checkpoints.find((one) => one.kind === kind)?.epoch;
  const checkpointText = (kind: 'best' | 'last'): string => {
    const epoch = epochOf(kind);
    return epoch === undefined ? t(`export.${kind}`) : t(`export.${kind}At`, { epoch });
  };
  const missing = (kind: 'best' | 'last'): boolean => detail !== undefined && epochOf(kind) === undefined;
  const hasNone = missing('best') && missing('last');
  const checkpoint = missing(wanted) && !hasNone ? (wanted === 'best' ? 'last' : 'best') : wanted;

  const choose = async (): Promise<void> => {
    const chosen = await call('shell.chooseFolder', { title: t('export.chooseTitle') });
    if (chosen.folder !== null) setFolder(within(chosen.folder, `${folderName(run.name)}-${format}`));
  };
  const write = async (): Promise<void> => {
    const done = await work((job) => call('runs.export', { runId: run.id, format, folder: folder.trim(), checkpoint, job }));
    if (done && !isThere()) toast({ text: translate('export.doneToast', { name: run.name, folder: done.folder }) });
    setResult(done);
  };

  if (result) {
    return (
      <DoneDialog title={t('export.doneTitle')} path={result.folder} onClose={onClose}>
        <p className={result.verified ? 'export-verified' : 'export-unverified'} role="status">
          {result.verified && <CircleCheck size={16} aria-hidden />}
          {result.verified
            ? t('export.verified', { samples: formats.count(result.samples) })
            : t('export.notVerified', { samples: formats.count(result.samples) })}
        </p>
        <p className="quiet-text">{t('export.difference', { value: differenceText(result.maxAbsoluteDifference, formats) })}</p>
        <dl>
          <div>
            <dt>{t('export.folder')}</dt>
            <dd>
              <code>{result.folder}</code>
            </dd>
          </div>
          <div>
            <dt>{t('export.files')}</dt>
            <dd>
              {result.files.map((file) => (
                <code key={file}>{file}</code>
              ))}
            </dd>
          </div>
          <div>
            <dt>{t('export.size')}</dt>
            <dd>{formats.bytes(result.bytes)}</dd>
          </div>
        </dl>
      </DoneDialog>
    );
  }

  return (
    <FormDialog
      title={t('export.title')}
      className="export-form"
      action={t('export.write')}
      disabled={hasNone || folder.trim() === ''}
      work={isWorking ? { label: t('export.writing'), onStop: stop } : undefined}
      goesOnBehind
      error={error}
      onSubmit={() => void write()}
      onClose={onClose}
    >
      <p className="export-run">
        <RunMark color={run.color} />
        <b>{run.name}</b>
        <span className="quiet-text">{t('export.parameters', { count: run.parameters })}</span>
      </p>
      <fieldset disabled={isWorking}>
        <legend>{t('export.format')}</legend>
        {(['tfjs', 'onnx'] as const).map((kind) => (
          <label key={kind}>
            <input type="radio" name={`${group}format`} checked={format === kind} onChange={() => chooseFormat(kind)} />
            <span>
              {kind === 'tfjs' ? 'TensorFlow.js' : 'ONNX'}
              <small>{t(`export.${kind}Text`)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset disabled={isWorking}>
        <legend>{t('export.checkpoint')}</legend>
        {(['best', 'last'] as const).map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name={`${group}checkpoint`}
              checked={checkpoint === kind}
              disabled={missing(kind)}
              onChange={() => setWanted(kind)}
            />
            <span>
              {checkpointText(kind)}
              {missing(kind) && <small>{t('export.noCheckpoint')}</small>}
            </span>
          </label>
        ))}
      </fieldset>
      <div className="export-folder">
        <TextField label={t('export.folder')} value={folder} onValue={setFolder} disabled={isWorking} spellCheck={false} mono />
        {desktop && (
          <Button disabled={isWorking} onClick={() => void attempt(choose)}>
            {t('export.choose')}
          </Button>
        )}
      </div>
      {hasNone && <p className="run-error">{t('export.nothing')}</p>}
    </FormDialog>
  );
}

/** 0 is worth saying as it is; else two digits are enough for a distance. */
function differenceText(value: number, formats: Formats): string {
  return value === 0 ? '0' : formats.measure(value, 2);
}
