import { useMemo, useState } from 'react';
import type { Comparison } from '#contract/runs.ts';
import { LineChart } from '../../components/charts/LineChart.tsx';
import { LineMark } from '../../components/charts/LineMark.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { useWords } from '../../words/use-words.ts';
import { betterOf, familiesOf, validationPrefix } from '../runs/metrics.ts';
import { familyName, heading } from '../runs/run-words.ts';
import { bestMarkers, familySeries, type Shown } from './comparison-series.ts';

/** With more runs than this, training lines are there for the asking. */
const usuallyBoth = 4;

interface Props {
  readonly comparison: Comparison;
  /** One chart, with a choice of metric, instead of one for each. */
  readonly compact: boolean;
}

/** The curves of several runs: one chart a family of metrics, a legend in words that also points lines out. */
export function ComparisonCharts({ comparison, compact }: Props) {
  const t = useWords();
  const families = useMemo(() => familiesOf(comparison.history.flatMap((metrics) => Object.keys(metrics))), [comparison.history]);
  const [picked, setPicked] = useState<ReadonlySet<string>>();
  const [training, setTraining] = useState(comparison.runs.length <= usuallyBoth);
  const [logY, setLogY] = useState(false);
  const [highlighted, setHighlighted] = useState<string>();

  const usual = compact ? families.slice(-1) : families.slice(0, 4);
  const shown = families.filter((family) => (picked ? picked.has(family) : usual.includes(family)));
  const hasValidation = comparison.history.some((metrics) => Object.keys(metrics).some((name) => name.startsWith(validationPrefix)));
  const pick = (family: string): void => {
    if (compact) setPicked(new Set([family]));
    else {
      const next = new Set(shown);
      if (!next.delete(family)) next.add(family);
      if (next.size > 0) setPicked(next);
    }
  };

  return (
    <div className="comparison-charts">
      <div className="comparison-tools" role="toolbar" aria-label={t('comparison.charts')}>
        {families.length > 1 && (
          <span className="segments">
            {families.map((family) => (
              <button key={family} type="button" aria-pressed={shown.includes(family)} onClick={() => pick(family)}>
                {heading(familyName(t, family))}
              </button>
            ))}
          </span>
        )}
        {hasValidation && (
          <label className="check-label">
            <input type="checkbox" checked={training} onChange={(event) => setTraining(event.target.checked)} />
            <LineMark color="--ink-2" dash="solid" /> {t('runs.training')}
          </label>
        )}
        {hasValidation && (
          <span className="check-label">
            <LineMark color="--ink-2" dash="dot" /> {t('runs.validation')}
          </span>
        )}
        <label className="check-label">
          <input type="checkbox" checked={logY} onChange={(event) => setLogY(event.target.checked)} />
          {t('comparison.logScale')}
        </label>
      </div>
      <div className={shown.length > 1 ? 'family-charts several' : 'family-charts'}>
        {shown.map((family) => (
          <FamilyChart
            key={family}
            family={family}
            comparison={comparison}
            training={training}
            highlighted={highlighted}
            logY={logY}
            height={compact ? 250 : 300}
          />
        ))}
      </div>
      <ul className="comparison-legend" aria-label={t('comparison.legend')}>
        {comparison.runs.map((run) => (
          <li key={run.id}>
            <button
              type="button"
              className="legend-run"
              aria-pressed={highlighted === run.id}
              onClick={() => setHighlighted((was) => (was === run.id ? undefined : run.id))}
            >
              <RunMark color={run.color} />
              {run.name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FamilyChart({
  family,
  comparison,
  training,
  highlighted,
  logY,
  height,
}: Shown & { readonly family: string; readonly comparison: Comparison; readonly logY: boolean; readonly height: number }) {
  const t = useWords();
  const series = useMemo(
    () =>
      familySeries(comparison, family, { training, highlighted }, (run, part) =>
        t('comparison.line', { run, part: t(part === 'training' ? 'runs.training' : 'runs.validation') }),
      ),
    [comparison, family, training, highlighted, t],
  );
  const markers = useMemo(() => bestMarkers(comparison, family), [comparison, family]);
  const planned = Math.max(0, ...comparison.runs.map((run) => (run.status === 'running' ? run.plannedEpochs : 0)));
  const title = heading(familyName(t, family));
  return (
    <section className="card">
      <h2 className="curve-head">
        {title}
        <span className="curve-legend">{t('comparison.byEpoch', { count: comparison.runs.length })}</span>
      </h2>
      <LineChart
        series={series}
        markers={markers}
        yLabel={t('comparison.chartOf', { metric: title, count: comparison.runs.length })}
        xLabel={t('runs.epoch')}
        height={height}
        logY={logY}
        best={betterOf(family)}
        plannedEpochs={planned}
      />
    </section>
  );
}
