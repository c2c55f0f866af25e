import './export.css';
import { CircleCheck, FolderOpen } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { ExportFormat, Exported, RunSummary } from '#contract/runs.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Progress } from '../../components/Progress.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { TextField } from '../../components/TextField.tsx';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow, useErrorText } from '../../words/errors.ts';
import type { Formats } from '../../words/format.ts';
import { translate, useFormats, useWords } from '../../words/use-words.ts';
import { useRunDetail } from '../runs/use-run-detail.ts';
import { defaultFolder, folderName, within } from './export-path.ts';

type Stage =
  | { readonly at: 'asking'; readonly error?: unknown }
  | { readonly at: 'writing' }
  | { readonly at: 'done'; readonly result: Exported };

interface Props {
  readonly run: RunSummary;
  readonly onClose: () => void;
}

/** Writes a run's model, verifies it by loading it again, and says how far the two are apart. */
export function ExportDialog({ run, onClose }: Props) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const group = useId();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const { detail } = useRunDetail(run);
  const [wanted, setWanted] = useState<'best' | 'last'>('best');
  const [format, setFormat] = useState<ExportFormat>('tfjs');
  const [folder, setFolder] = useState<string>();
  const [stage, setStage] = useState<Stage>({ at: 'asking' });
  const shown = useRef(true);

  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  useEffect(() => {
    void call('workspace.get', {}).then(
      (workspace) => setFolder((was) => was ?? defaultFolder(workspace.folder, run.name)),
      (error: unknown) => setStage({ at: 'asking', error }),
    );
  }, [run.name]);

  /** A folder that is still named after the other format is renamed with it. */
  const chooseFormat = (kind: ExportFormat): void => {
    setFolder((was) => (was?.endsWith(`-${format}`) ? was.slice(0, -format.length) + kind : was));
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
    try {
      const chosen = await call('shell.chooseFolder', { title: t('export.chooseTitle') });
      if (chosen.folder !== null) setFolder(within(chosen.folder, `${folderName(run.name)}-${format}`));
    } catch (error) {
      setStage({ at: 'asking', error });
    }
  };
  const write = async (): Promise<void> => {
    if (folder === undefined || folder.trim() === '') return;
    setStage({ at: 'writing' });
    try {
      const result = await call('runs.export', { runId: run.id, format, folder: folder.trim(), checkpoint });
      if (shown.current) setStage({ at: 'done', result });
      else toast({ text: translate('export.doneToast', { name: run.name, folder: result.folder }) });
    } catch (error) {
      if (shown.current) setStage({ at: 'asking', error });
      else toast({ text: errorTextNow(error), tone: 'bad' });
    }
  };
  const showFolder = (path: string): void => {
    call('shell.showItem', { path }).catch((error: unknown) => toast({ text: errorTextNow(error), tone: 'bad' }));
  };

  if (stage.at === 'done') {
    const { result } = stage;
    return (
      <Dialog
        title={t('export.doneTitle')}
        onClose={onClose}
        actions={
          <>
            {desktop && (
              <Button icon={<FolderOpen size={14} />} onClick={() => showFolder(result.folder)}>
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
        </div>
      </Dialog>
    );
  }

  const writing = stage.at === 'writing';
  return (
    <Dialog
      title={t('export.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t(writing ? 'export.goOnBehind' : 'frame.cancel')}</Button>
          <Button look="primary" disabled={writing || hasNone || folder === undefined || folder.trim() === ''} onClick={() => void write()}>
            {t('export.write')}
          </Button>
        </>
      }
    >
      <form
        className="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!writing && !hasNone) void write();
        }}
      >
        <p className="export-run">
          <RunMark color={run.color} />
          <b>{run.name}</b>
          <span className="quiet-text">{t('export.parameters', { count: run.parameters })}</span>
        </p>
        <fieldset disabled={writing}>
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
        <fieldset disabled={writing}>
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
          <TextField label={t('export.folder')} value={folder ?? ''} onValue={setFolder} disabled={writing} spellCheck={false} mono />
          {desktop && (
            <Button disabled={writing} onClick={() => void choose()}>
              {t('export.choose')}
            </Button>
          )}
        </div>
        <div className="export-stage" aria-live="polite">
          {writing && (
            <>
              <p className="quiet-text">{t('export.writing')}</p>
              <Progress label={t('export.writing')} />
            </>
          )}
          {hasNone && <p className="run-error">{t('export.nothing')}</p>}
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

/** 0 is worth saying as it is; else two digits are enough for a distance. */
function differenceText(value: number, formats: Formats): string {
  return value === 0 ? '0' : formats.measure(value, 2);
}
