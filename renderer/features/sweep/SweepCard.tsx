import './sweep.css';
import { Play, Square, Table2 } from 'lucide-react';
import { memo, useEffect } from 'react';
import { metricName } from '#contract/measured.ts';
import type { Sweep, Trial } from '#contract/sweeps.ts';
import { Button } from '../../components/Button.tsx';
import { Progress } from '../../components/Progress.tsx';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { openRun } from '../workspace/open-run.ts';
import { showTrials, useSweepStore } from './sweep-store.ts';

const shownTrials = 5;

/** The newest sweep of a train cell: how far it is, and what is best so far. */
export const CellSweep = memo(function CellSweep({ cell }: { readonly cell: string }) {
  const path = useNotebookStore((state) => state.path);
  const sweep = useSweepStore(({ sweeps }) => sweeps.find((one) => one.notebook === path && (one.cell === undefined || one.cell === cell)));
  if (!sweep) return null;
  return (
    <div className="output">
      <SweepCard sweep={sweep} />
    </div>
  );
});

const noTrials: readonly Trial[] = [];

function SweepCard({ sweep }: { readonly sweep: Sweep }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const { id, name, status, settings, best } = sweep;
  const trials = useSweepStore((state) => state.trials[id]);
  const loadTrials = useSweepStore((state) => state.loadTrials);
  const stop = useSweepStore((state) => state.stop);
  const goOn = useSweepStore((state) => state.resume);
  useEffect(() => {
    if (!trials) void loadTrials(id);
  }, [trials, loadTrials, id]);
  const { completed, pruned, failed, running } = sweep.trials;
  const over = completed + pruned + failed;
  const isGoing = status === 'running';
  const canGoOn = status === 'stopped' || status === 'interrupted' || (sweep.reason === 'budget' && over < settings.trials);
  const metric = metricName(t, settings.metric);
  return (
    <section className="sweep-card" aria-label={t('sweep.of', { name })}>
      <div className="run-bar">
        <b>{t('sweep.of', { name })}</b>
        <span role="status">{t('sweep.state', { status, reason: sweep.reason ?? '', over, trials: settings.trials, running })}</span>
        {isGoing && <Progress label={t('sweep.progress', { name })} value={over / settings.trials} />}
        {!isGoing && <span className="grow" />}
        {(pruned > 0 || failed > 0) && <span className="quiet-text">{t('sweep.counts', { completed, pruned, failed })}</span>}
        {isGoing && (
          <Button icon={<Square size={12} />} onClick={() => void stop(id)}>
            {t('sweep.stop')}
          </Button>
        )}
        {canGoOn && (
          <Button icon={<Play size={13} />} onClick={() => void goOn(id)}>
            {t('sweep.goOn')}
          </Button>
        )}
        <Button icon={<Table2 size={13} />} onClick={() => showTrials(sweep)}>
          {t('sweep.showRuns')}
        </Button>
      </div>
      {sweep.error && (
        <p className="run-error" role="alert">
          {errorText(sweep.error)}
        </p>
      )}
      {best ? (
        <>
          <p className="sweep-best">
            {t('sweep.best', { metric })} <b>{best.value === undefined ? '–' : formats.measure(best.value)}</b>{' '}
            {t('sweep.bestAt', { epoch: best.epoch ?? 0, trial: best.number })}{' '}
            {Object.entries(best.params).map(([knob, value]) => (
              <code key={knob}>
                {knob} = {formats.setting(value)}
              </code>
            ))}
          </p>
          <TrialTable sweep={sweep} trials={trials ?? noTrials} />
        </>
      ) : (
        <p className="quiet-text">{t(isGoing ? 'sweep.nothingYet' : 'sweep.nothing')}</p>
      )}
    </section>
  );
}

/** The best trials. */
function TrialTable({ sweep, trials }: { readonly sweep: Sweep; readonly trials: readonly Trial[] }) {
  const t = useWords();
  const formats = useFormats();
  const { direction, metric, ranges } = sweep.settings;
  const sign = direction === 'min' ? 1 : -1;
  const ranked = trials
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => sign * (a.value! - b.value!))
    .slice(0, shownTrials);
  if (ranked.length < 2) return null;
  return (
    <div className="table-scroll">
      <table>
        <caption className="visually-hidden">{t('sweep.bestTrials', { name: sweep.name })}</caption>
        <thead>
          <tr>
            <th scope="col" className="left">
              {t('sweep.trial')}
            </th>
            <th scope="col" className="left">
              {t('notebook.state')}
            </th>
            {ranges.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">{metricName(t, metric)}</th>
            <th scope="col">{t('notebook.epochs')}</th>
          </tr>
        </thead>
        <tbody>
          {ranked.map((trial) => (
            <tr key={trial.number}>
              <td className="left">
                <Button look="link" onClick={() => trial.runId && openRun(trial.runId)}>
                  {trial.name}
                </Button>
              </td>
              <td className="left">{t('sweep.trialState', { status: trial.status, reason: trial.reason ?? '' })}</td>
              {ranges.map(({ name }) => (
                <td key={name}>{trial.params[name] === undefined ? '' : formats.setting(trial.params[name])}</td>
              ))}
              <td>{formats.measure(trial.value!)}</td>
              <td>{trial.epochs}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
