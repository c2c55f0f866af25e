import { useMemo } from 'react';
import type { EpochRow, RunSummary } from '#contract/runs.ts';
import { LineChart } from '../../components/charts/LineChart.tsx';
import { LineMark } from '../../components/charts/LineMark.tsx';
import type { ChartMarker, LineSeries } from '../../components/charts/series.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { bestOf, betterOf, familiesOf, validationPrefix } from './metrics.ts';
import { familyName, heading } from './run-words.ts';

interface Props {
  readonly run: RunSummary;
  readonly rows: readonly EpochRow[];
  readonly height?: number;
}

/** A run's curves, one chart a family of metrics: training solid, validation dotted, the best epoch marked. */
export function RunCurves({ run, rows, height = 230 }: Props) {
  const names = Object.keys(rows[0]?.metrics ?? run.metrics).join('\n');
  const families = useMemo(() => familiesOf(names.split('\n').filter((name) => name !== '')), [names]);
  const t = useWords();
  return (
    <>
      <p className="curve-legend">
        <LineMark color={run.color} dash="solid" /> {t('runs.training')}
        {names.includes(validationPrefix) && (
          <>
            <LineMark color={run.color} dash="dot" /> {t('runs.validation')}
          </>
        )}
      </p>
      <div className="run-curves">
        {(families.length > 0 ? families : ['loss']).map((family) => (
          <FamilyCurve key={family} family={family} run={run} rows={rows} height={height} />
        ))}
      </div>
    </>
  );
}

function FamilyCurve({ family, run, rows, height }: Required<Props> & { readonly family: string }) {
  const t = useWords();
  const formats = useFormats();
  const validation = validationPrefix + family;
  const hasValidation = rows.some((row) => validation in row.metrics);

  const series = useMemo((): LineSeries[] => {
    const x = rows.map((row) => row.epoch);
    const line = (metric: string, name: string, dash: 'solid' | 'dot'): LineSeries => ({
      id: metric,
      name,
      color: run.color,
      dash,
      x,
      y: rows.map((row) => row.metrics[metric] ?? Number.NaN),
    });
    return [line(family, t('runs.training'), 'solid'), ...(hasValidation ? [line(validation, t('runs.validation'), 'dot')] : [])];
  }, [rows, run.color, family, validation, hasValidation, t]);

  const judged = hasValidation ? validation : family;
  const best = bestOf(judged, run.metrics[judged]);
  const markers = useMemo((): ChartMarker[] => {
    // The marker stands on the curve: a summary may be an epoch ahead of it.
    const bestEpoch = bestOf(judged, run.metrics[judged])?.epoch;
    const row = rows.find(({ epoch }) => epoch === bestEpoch);
    const value = row?.metrics[judged];
    return row && value !== undefined ? [{ seriesId: judged, x: row.epoch, y: value }] : [];
  }, [rows, judged, run.metrics]);

  const title = heading(familyName(t, family));
  return (
    <section>
      <h3 className="curve-head">
        {title}
        {best && <span className="curve-legend">{t('runs.bestAt', { value: formats.measure(best.value), epoch: best.epoch })}</span>}
      </h3>
      <LineChart
        series={series}
        markers={markers}
        yLabel={`${title}, ${run.name}`}
        xLabel={t('runs.epoch')}
        height={height}
        best={betterOf(family)}
        plannedEpochs={run.status === 'running' || run.status === 'paused' ? run.plannedEpochs : 0}
      />
    </section>
  );
}
