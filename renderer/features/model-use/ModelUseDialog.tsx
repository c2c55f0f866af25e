import './model-use.css';
import { useId, useState } from 'react';
import type { Evaluation, Predictions } from '#contract/predictions.ts';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Progress } from '../../components/Progress.tsx';
import { Tabs } from '../../components/Tabs.tsx';
import { TextField } from '../../components/TextField.tsx';
import { call } from '../../platform/client.ts';
import { useJob } from '../../platform/use-job.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { folderName } from '../export/export-path.ts';
import { useRunDetail } from '../runs/use-run-detail.ts';
import { EvaluationView } from './EvaluationView.tsx';
import { FilesField, pathsIn } from './FilesField.tsx';
import { useModelUseStore } from './model-use-store.ts';
import { PredictionTable } from './PredictionTable.tsx';

/** Shows the dialog where `openModelUse` asked for it. Once in the frame. */
export function ModelUseHost() {
  const run = useModelUseStore((state) => state.run);
  const close = useModelUseStore((state) => state.close);
  return run ? <ModelUseDialog key={run.id} run={run} onClose={close} /> : null;
}

const ways = ['evaluate', 'predict'] as const;
type Way = (typeof ways)[number];
type Job = ReturnType<typeof useJob>;

/** Evaluates a run's model, or asks it about files. */
function ModelUseDialog({ run, onClose }: { readonly run: RunSummary; readonly onClose: () => void }) {
  const t = useWords();
  const errorText = useErrorText();
  const select = useId();
  const { detail } = useRunDetail(run);
  const job = useJob();
  const [way, setWay] = useState<Way>('evaluate');
  const [wanted, setWanted] = useState<'best' | 'last'>('best');
  const epochOf = (kind: 'best' | 'last') => detail?.checkpoints.find((one) => one.kind === kind)?.epoch;
  const hasNone = detail !== undefined && epochOf('best') === undefined && epochOf('last') === undefined;
  const close = (): void => {
    job.stop();
    onClose();
  };
  return (
    <Dialog title={t('modelUse.title')} wide onClose={close} actions={<Button onClick={close}>{t('frame.close')}</Button>}>
      <p className="export-run">
        <RunMark color={run.color} />
        <b>{run.name}</b>
        <label className="use-checkpoint" htmlFor={select}>
          <span>{t('modelUse.checkpoint')}</span>
          <select id={select} className="input" value={wanted} onChange={(event) => setWanted(event.target.value as 'best' | 'last')}>
            {(['best', 'last'] as const).map((kind) => (
              <option key={kind} value={kind} disabled={detail !== undefined && epochOf(kind) === undefined}>
                {epochOf(kind) === undefined ? t(`export.${kind}`) : t(`export.${kind}At`, { epoch: epochOf(kind)! })}
              </option>
            ))}
          </select>
        </label>
      </p>
      {hasNone ? (
        <p className="run-error">{t('export.nothing')}</p>
      ) : (
        <Tabs
          label={t('modelUse.title')}
          tabs={ways}
          shown={way}
          titleOf={(name) => t(`modelUse.${name}`)}
          onShow={setWay}
          className="use-panel"
        >
          {way === 'evaluate' ? (
            <EvaluatePanel key="evaluate" run={run} checkpoint={wanted} job={job} />
          ) : (
            <PredictPanel key="predict" run={run} checkpoint={wanted} job={job} />
          )}
          <div className="use-stage" aria-live="polite">
            {job.isWorking && <Working job={job} />}
            {job.error !== undefined && (
              <p className="run-error" role="alert">
                {errorText(job.error)}
              </p>
            )}
          </div>
        </Tabs>
      )}
    </Dialog>
  );
}

function Working({ job: { progress, stop } }: { readonly job: Job }) {
  const t = useWords();
  const share = progress?.total === undefined ? undefined : progress.done / Math.max(1, progress.total);
  return (
    <div className="use-working">
      <Progress label={t('modelUse.working')} value={share} />
      <span className="quiet-text">
        {progress && progress.total === undefined ? t('modelUse.predicted', { count: progress.done }) : t('modelUse.working')}
      </span>
      <Button onClick={stop}>{t('frame.stop')}</Button>
    </div>
  );
}

interface PanelProps {
  readonly run: RunSummary;
  readonly checkpoint: 'best' | 'last';
  readonly job: Job;
}

const parts = ['own', 'all', 'file'] as const;

function EvaluatePanel({ run, checkpoint, job }: PanelProps) {
  const t = useWords();
  const group = useId();
  const [part, setPart] = useState<(typeof parts)[number]>('own');
  const [files, setFiles] = useState('');
  const [evaluation, setEvaluation] = useState<Evaluation>();
  const paths = pathsIn(files);
  const begin = async (): Promise<void> => {
    setEvaluation(undefined);
    const which = part === 'file' ? { files: paths } : part === 'all' ? { part } : {};
    setEvaluation(await job.work((name) => call('runs.evaluate', { runId: run.id, checkpoint, ...which, job: name })));
  };
  return (
    <form
      className="use-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!job.isWorking && !(part === 'file' && paths.length === 0)) void begin();
      }}
    >
      <fieldset disabled={job.isWorking}>
        <legend className="visually-hidden">{t('modelUse.on')}</legend>
        {parts.map((name) => (
          <label key={name}>
            <input type="radio" name={group} checked={part === name} onChange={() => setPart(name)} />
            {t(`modelUse.on.${name}`)}
          </label>
        ))}
      </fieldset>
      {part === 'file' && (
        <FilesField label={t('modelUse.file')} hint={t('modelUse.fileHint')} value={files} disabled={job.isWorking} onValue={setFiles} />
      )}
      <div>
        <Button look="primary" type="submit" disabled={job.isWorking || (part === 'file' && paths.length === 0)}>
          {t('modelUse.evaluateNow')}
        </Button>
      </div>
      {evaluation && <EvaluationView evaluation={evaluation} />}
    </form>
  );
}

function PredictPanel({ run, checkpoint, job }: PanelProps) {
  const t = useWords();
  const formats = useFormats();
  const [files, setFiles] = useState('');
  const [asked, setAsked] = useState<readonly string[]>([]);
  const [out, setOut] = useState(`${folderName(run.name)}-predictions.csv`);
  const [predictions, setPredictions] = useState<Predictions>();
  /** What the last saving came to; a notice would lie behind the dialog. */
  const [saved, setSaved] = useState<string>();
  const paths = pathsIn(files);
  const begin = async (): Promise<void> => {
    setPredictions(undefined);
    setAsked(paths);
    setSaved(undefined);
    setPredictions(await job.work((name) => call('runs.predict', { runId: run.id, checkpoint, files: paths, job: name })));
  };
  const save = async (): Promise<void> => {
    const target = out.trim();
    setSaved(undefined);
    const done = await job.work((name) =>
      call('runs.predict', { runId: run.id, checkpoint, files: [...asked], out: target, rows: 0, job: name }),
    );
    if (done?.out) setSaved(t('modelUse.saved', { count: done.count, file: target, size: formats.bytes(done.out.bytes) }));
  };
  return (
    <form
      className="use-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!job.isWorking && paths.length > 0) void begin();
      }}
    >
      <FilesField label={t('modelUse.files')} hint={t('modelUse.filesHint')} value={files} disabled={job.isWorking} onValue={setFiles} />
      <div>
        <Button look="primary" type="submit" disabled={job.isWorking || paths.length === 0}>
          {t('modelUse.predictNow')}
        </Button>
      </div>
      {predictions && (
        <>
          <PredictionTable predictions={predictions} />
          <div className="use-save">
            <TextField
              label={t('modelUse.out')}
              value={out}
              onValue={setOut}
              disabled={job.isWorking}
              spellCheck={false}
              mono
              hint={t('modelUse.outHint')}
            />
            <Button disabled={job.isWorking || out.trim() === ''} onClick={() => void save()}>
              {t('modelUse.save')}
            </Button>
            <p className="use-saved" role="status">
              {saved}
            </p>
          </div>
        </>
      )}
    </form>
  );
}
