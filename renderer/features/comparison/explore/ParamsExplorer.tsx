import '../comparison.css';
import './explore.css';
import { useCallback, useMemo, useState } from 'react';
import { metricName } from '#contract/measured.ts';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../../components/Button.tsx';
import { useWords } from '../../../words/use-words.ts';
import { lossMetric, mainMetric } from '../../runs/metrics.ts';
import { axesFor, brushed, type Brushes, type Range } from './axes.ts';
import { ImportanceTable } from './ImportanceTable.tsx';
import { ParallelCoordinates } from './ParallelCoordinates.tsx';
import { ScatterMatrix } from './ScatterMatrix.tsx';

interface Props {
  readonly runs: readonly RunSummary[];
  /** Goes on with the runs that the brushes leave. */
  readonly onKeep: (ids: readonly RunId[]) => void;
}

/** More runs are not told apart by their colours. */
const mostColors = 12;

/** How params and a metric go together over many runs: lines, dots, and a number for each param. */
export function ParamsExplorer({ runs, onKeep }: Props) {
  const t = useWords();
  const metrics = useMemo(() => [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))], [runs]);
  const usual = mainMetric(runs) ?? lossMetric(runs);
  const [wanted, setMetric] = useState<string>();
  const metric = wanted !== undefined && metrics.includes(wanted) ? wanted : metrics.includes(usual) ? usual : metrics[0];
  const axes = useMemo(() => axesFor(runs, metric), [runs, metric]);
  const [brushes, setBrushes] = useState<Brushes>(new Map());
  const inside = useMemo(() => brushed(runs, axes, brushes), [runs, axes, brushes]);
  const kept = useMemo(() => runs.filter((run) => inside.has(run.id)), [runs, inside]);
  // What is left of a metric's range says little of what moves the metric: its own brush does not count here.
  const weighed = useMemo(() => {
    const params = axes.filter((axis) => axis.kind === 'param');
    const ids = brushed(runs, params, brushes);
    return runs.filter((run) => ids.has(run.id));
  }, [runs, axes, brushes]);
  const brush = useCallback((axis: string, range: Range | undefined) => {
    setBrushes((was) => {
      const next = new Map(was);
      if (range) next.set(axis, range);
      else next.delete(axis);
      return next;
    });
  }, []);

  if (metric === undefined) return <p className="quiet-text">{t('comparison.exploreNone')}</p>;
  const some = inside.size < runs.length;
  const byRank = runs.length > mostColors;
  return (
    <div className="explore">
      <div className="comparison-tools" role="toolbar" aria-label={t('comparison.explore')}>
        <label className="check-label">
          {t('runs.metric')}
          <select className="input" value={metric} onChange={(event) => setMetric(event.target.value)}>
            {metrics.map((name) => (
              <option key={name} value={name}>
                {metricName(t, name)}
              </option>
            ))}
          </select>
        </label>
        <span role="status">{t('comparison.inside', { inside: inside.size, count: runs.length })}</span>
        <Button look="quiet" disabled={brushes.size === 0} onClick={() => setBrushes(new Map())}>
          {t('comparison.clearBrushes')}
        </Button>
        <Button disabled={!some || inside.size < 2} onClick={() => onKeep(kept.map((run) => run.id))}>
          {t('comparison.keepInside', { count: inside.size })}
        </Button>
      </div>
      {axes.length > 1 ? (
        <>
          <section className="card" aria-label={t('comparison.parallel')}>
            <h2 className="curve-head">
              {t('comparison.parallel')}
              <span className="curve-legend explore-hint">
                {byRank && `${t('comparison.byRank', { metric: metricName(t, metric) })} `}
                {t('comparison.brushHint')}
              </span>
            </h2>
            <ParallelCoordinates runs={runs} axes={axes} brushes={brushes} inside={inside} byRank={byRank} onBrush={brush} />
          </section>
          <div className="explore-pair">
            <section className="card" aria-label={t('comparison.scatter')}>
              <h2 className="curve-head">{t('comparison.scatter')}</h2>
              <ScatterMatrix runs={runs} axes={axes} brushes={brushes} inside={inside} onBrush={brush} />
            </section>
            <section className="card" aria-label={t('comparison.importance')}>
              <h2 className="curve-head">{t('comparison.importance')}</h2>
              <ImportanceTable runs={weighed} metric={metric} />
            </section>
          </div>
        </>
      ) : (
        <p className="quiet-text">{t('comparison.exploreSame')}</p>
      )}
    </div>
  );
}
