import { Pause, Play, Square } from 'lucide-react';
import { memo, useEffect, useMemo, useState } from 'react';
import { heading, metricName } from '#contract/measured.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunId } from '#contract/ids.ts';
import type { EpochRow, RunSummary } from '#contract/runs.ts';
import { useNavigationStore } from '../../../app/navigation-store.ts';
import { Button } from '../../../components/Button.tsx';
import { LineChart } from '../../../components/charts/LineChart.tsx';
import { LineMark } from '../../../components/charts/LineMark.tsx';
import { RunMark } from '../../../components/charts/RunMark.tsx';
import { SparkLine } from '../../../components/charts/SparkLine.tsx';
import { Progress } from '../../../components/Progress.tsx';
import { useErrorText } from '../../../words/errors.ts';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { RunDiagnosis } from '../../diagnosis/RunDiagnosis.tsx';
import { RateSearchCard } from '../../observed/RateSearchCard.tsx';
import { useObservations } from '../../observed/use-observations.ts';
import { DataSince } from '../../runs/DataSince.tsx';
import { bestOf as bestValueOf } from '../../runs/metrics.ts';
import { openRun } from '../../workspace/open-run.ts';
import { stateTone, stateWord } from '../../runs/run-words.ts';
import { useTrainingStore } from '../training-store.ts';
import { bestOf, epochTimeMs, metricBesideLoss, seriesOf } from './run-series.ts';

const chartHeight = 176;
const earlierShown = 4;

/** A train cell's run, live or done, and the ones before it. `runs` are newest first and not empty. */
export const TrainOutput = memo(function TrainOutput({ runs, notebookName }: { runs: readonly RunSummary[]; notebookName: string }) {
  const t = useWords();
  const [chosen, setChosen] = useState<RunId>();
  const newest = runs[0];
  // A new run takes the place of an old one that was looked at.
  const [seenNewest, setSeenNewest] = useState(newest.id);
  if (seenNewest !== newest.id) {
    setSeenNewest(newest.id);
    setChosen(undefined);
  }
  const run = runs.find((one) => one.id === chosen) ?? newest;
  const rows = useRows(run.id);

  return (
    <div className="run" role="region" aria-label={t('notebook.runOf', { name: run.name, notebook: notebookName })}>
      {isGoingOn(run) ? <GoingBar run={run} rows={rows} /> : <EndedBar run={run} rows={rows} />}
      <DataSince run={run} />
      {(run.epochs > 0 || isGoingOn(run)) && <Charts run={run} rows={rows} />}
      <RunDiagnosis key={run.id} run={run} />
      <RateSearchOfRun run={run} />
      {runs.length > 1 && <RunList runs={runs} shown={run.id} onShow={setChosen} />}
    </div>
  );
});

/** Only of runs that looked for a learning rate. */
function RateSearchOfRun({ run }: { run: RunSummary }) {
  const searches = useTrainingStore((state) =>
    state.details[run.id]?.spec?.train.callbacks.some(({ class_name: name }) => name === 'LearningRateFinder'),
  );
  return searches ? <RateSearchFetched run={run} /> : null;
}

function RateSearchFetched({ run }: { run: RunSummary }) {
  const { observations } = useObservations([run.id]);
  const search = observations[run.id]?.rateSearch;
  return search ? <RateSearchCard search={search} run={run} /> : null;
}

const noRows: readonly EpochRow[] = [];

/** The run's epochs, fetched where they are not there yet. */
function useRows(id: RunId): readonly EpochRow[] {
  const rows = useTrainingStore((state) => state.rows[id]);
  const known = useTrainingStore((state) => state.details[id] !== undefined);
  const loadRun = useTrainingStore((state) => state.loadRun);
  useEffect(() => {
    if (!known) void loadRun(id);
  }, [known, loadRun, id]);
  return rows ?? noRows;
}

function GoingBar({ run, rows }: { run: RunSummary; rows: readonly EpochRow[] }) {
  const t = useWords();
  const formats = useFormats();
  const progress = useTrainingStore((state) => state.progress[run.id]);
  const pause = useTrainingStore((state) => state.pause);
  const resume = useTrainingStore((state) => state.resume);
  const stop = useTrainingStore((state) => state.stop);
  const paused = run.status === 'paused';
  const started = rows.length > 0 || (progress !== undefined && (progress.phase === 'training' || progress.phase === 'validating'));
  const epoch = Math.min(run.plannedEpochs, Math.max(rows.length + 1, progress?.epoch ?? 1));
  const partOfEpoch =
    progress && progress.epoch > rows.length && progress.steps > 0
      ? progress.phase === 'validating'
        ? 1
        : progress.step / progress.steps
      : 0;
  const loaded = progress?.phase === 'loading' && progress.steps > 0 ? progress.step / progress.steps : undefined;
  const share = run.status === 'queued' || !started ? loaded : (rows.length + partOfEpoch) / run.plannedEpochs;
  const epochMs = epochTimeMs(rows);
  const left = progress?.remainingMs;
  const stage =
    run.status === 'queued'
      ? t('notebook.queued')
      : started
        ? t('notebook.epochOf', { epoch, epochs: run.plannedEpochs })
        : t(
            progress?.phase === 'searching'
              ? 'observed.searching'
              : progress?.phase === 'compiling'
                ? 'notebook.compiling'
                : 'notebook.loading',
          );
  return (
    <div className="run-bar">
      <RunMark color={run.color} />
      <b>{run.name}</b>
      <span className="run-stage">{paused ? t('notebook.pausedAt', { stage }) : stage}</span>
      <Progress label={t('notebook.progress', { name: run.name })} value={share} paused={paused} />
      {epochMs !== undefined && (
        <span className="run-times">
          {t('notebook.anEpoch', { time: formats.duration(epochMs) })}
          {left !== undefined && !paused && ` · ${t('notebook.left', { time: formats.timeLeft(left) })}`}
        </span>
      )}
      {run.status !== 'queued' &&
        (paused ? (
          <Button icon={<Play size={13} />} onClick={() => void resume(run.id)}>
            {t('notebook.resume')}
          </Button>
        ) : (
          <Button icon={<Pause size={13} />} onClick={() => void pause(run.id)}>
            {t('notebook.pause')}
          </Button>
        ))}
      <Button icon={<Square size={12} />} onClick={() => void stop(run.id)}>
        {t('notebook.stop')}
      </Button>
    </div>
  );
}

function EndedBar({ run, rows }: { run: RunSummary; rows: readonly EpochRow[] }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const best = run.best;
  const epochMs = epochTimeMs(rows);
  return (
    <>
      <div className="run-bar">
        <RunMark color={run.color} />
        <b>{run.name}</b>
        <span className={`run-end ${stateTone(run)}`}>{stateWord(t, run)}</span>
        {run.epochs > 0 && (
          <span className="quiet">
            {t('notebook.epochsIn', {
              whole: run.epochs === run.plannedEpochs ? 'yes' : 'no',
              epochs: run.epochs,
              planned: run.plannedEpochs,
              time: formats.duration(run.elapsedMs),
            })}
            {epochMs !== undefined && ` · ${t('notebook.anEpoch', { time: formats.duration(epochMs) })}`}
          </span>
        )}
        <Button look="link" onClick={() => openRun(run.id)}>
          {t('notebook.runDetails')}
        </Button>
        <span className="grow" />
        {best && (
          <span className="run-best">
            {t('notebook.bestMetric', { metric: metricName(t, best.metric) })} <b>{formats.measure(best.value)}</b>{' '}
            {t('notebook.atEpoch', { epoch: best.epoch })}
          </span>
        )}
      </div>
      {run.error && (
        <p className="run-error" role="alert">
          {errorText(run.error)}
        </p>
      )}
    </>
  );
}

function Charts({ run, rows }: { run: RunSummary; rows: readonly EpochRow[] }) {
  const t = useWords();
  const formats = useFormats();
  // Known from the start, so that a second chart does not push the first aside after an epoch.
  const planned = useTrainingStore((state) => Object.values(state.details[run.id]?.spec?.train.metrics ?? []).flat()[0]);
  const metric = metricBesideLoss(rows) ?? (typeof planned === 'string' ? planned : undefined);
  return (
    <div className={metric ? 'charts two' : 'charts'}>
      {['loss', metric].map((name) => {
        if (name === undefined) return null;
        const validated = run.samples.validation > 0 || rows.some((row) => `val_${name}` in row.metrics);
        const best = bestOf(rows, validated ? `val_${name}` : name);
        const series = seriesOf(rows, name, run.color, validated, { train: t('notebook.training'), validation: t('notebook.validation') });
        return (
          <section key={name}>
            <h3>
              <span className="chart-name">{heading(metricName(t, name))}</span>
              <span className="legend">
                {series.map((one) => (
                  <span key={one.id}>
                    {one.name} <LineMark color={one.color} dash={one.dash} />
                  </span>
                ))}
              </span>
              <span className="grow" />
              {best ? (
                <span>{t('notebook.bestOfChart', { value: formats.measure(best.value), epoch: best.epoch })}</span>
              ) : (
                <span>{t('notebook.noEpochYet')}</span>
              )}
            </h3>
            <LineChart
              series={series}
              xLabel={t('notebook.epoch')}
              yLabel={heading(metricName(t, name))}
              height={chartHeight}
              best={best?.direction ?? 'min'}
              plannedEpochs={run.plannedEpochs}
              markers={best && !isGoingOn(run) ? [{ seriesId: validated ? `val_${name}` : name, x: best.epoch, y: best.value }] : []}
            />
          </section>
        );
      })}
    </div>
  );
}

function RunList({ runs, shown, onShow }: { runs: readonly RunSummary[]; shown: RunId; onShow: (id: RunId) => void }) {
  const t = useWords();
  const formats = useFormats();
  const compare = useNavigationStore((state) => state.compare);
  const [all, setAll] = useState(false);
  const listed = all ? runs : runs.slice(0, earlierShown);
  const best = runs.find((run) => run.best)?.best?.metric;
  const settings = differing(runs);
  const measured = (run: RunSummary) => {
    const value = best === undefined ? undefined : bestValueOf(best, run.metrics[best])?.value;
    return value === undefined ? '' : formats.measure(value);
  };
  const previous = runs.find((run) => run.id !== shown && run.epochs > 0);
  return (
    <div className="run-list">
      <div className="table-scroll">
        <table>
          <caption className="visually-hidden">{t('notebook.runsOfCell')}</caption>
          <thead>
            <tr>
              <th scope="col" className="left">
                {t('notebook.runs', { count: runs.length })}
              </th>
              <th scope="col" className="left">
                {t('notebook.state')}
              </th>
              {settings.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {best !== undefined && <th scope="col">{metricName(t, best)}</th>}
              {best !== undefined && <th scope="col">{t('notebook.bestMetric', { metric: metricName(t, best) })}</th>}
              <th scope="col">{t('notebook.epochs')}</th>
              <th scope="col">{t('notebook.time')}</th>
              <th scope="col">{t('notebook.when')}</th>
            </tr>
          </thead>
          <tbody>
            {listed.map((run) => (
              <tr key={run.id} className={run.id === shown ? 'selected' : undefined}>
                <td className="left">
                  <RunMark color={run.color} />
                  <Button look="link" aria-current={run.id === shown} onClick={() => onShow(run.id)}>
                    {run.name}
                  </Button>
                </td>
                <td className="left">{stateWord(t, run)}</td>
                {settings.map((name) => (
                  <td key={name}>{run.params[name] === undefined ? '' : formats.setting(run.params[name])}</td>
                ))}
                {best !== undefined && (
                  <td>
                    <RunSpark run={run} metric={best} />
                  </td>
                )}
                {best !== undefined && <td>{measured(run)}</td>}
                <td>{run.epochs === run.plannedEpochs ? run.epochs : `${run.epochs} / ${run.plannedEpochs}`}</td>
                <td>{run.epochs > 0 ? formats.duration(run.elapsedMs) : ''}</td>
                <td className="quiet">{formats.moment(run.startedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="table-foot">
        {previous && (
          <Button look="link" onClick={() => compare([shown, previous.id])}>
            {t('notebook.compareWith', { name: previous.name })}
          </Button>
        )}
        {runs.length > 2 && (
          <Button look="link" onClick={() => compare(runs.filter((run) => run.epochs > 0).map((run) => run.id))}>
            {t('notebook.compareAll', { count: runs.filter((run) => run.epochs > 0).length })}
          </Button>
        )}
        {runs.length > earlierShown && (
          <Button look="link" onClick={() => setAll(!all)}>
            {all ? t('notebook.fewer') : t('notebook.moreRuns', { count: runs.length - earlierShown })}
          </Button>
        )}
      </p>
    </div>
  );
}

/** How one metric of a run went, epoch by epoch. */
function RunSpark({ run, metric }: { run: RunSummary; metric: string }) {
  const t = useWords();
  const rows = useRows(run.id);
  const values = useMemo(() => rows.map((row) => row.metrics[metric] ?? Number.NaN), [rows, metric]);
  return <SparkLine values={values} color={run.color} label={t('notebook.curveOf', { metric: metricName(t, metric), name: run.name })} />;
}

/** Knobs that were not the same in all of the runs, at most three. */
function differing(runs: readonly RunSummary[]): string[] {
  const names = new Set(runs.flatMap((run) => Object.keys(run.params)));
  return [...names].filter((name) => new Set(runs.map((run) => run.params[name])).size > 1).slice(0, 3);
}
