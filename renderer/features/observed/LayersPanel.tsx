import './observed.css';
import { Activity } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { WatchedEpoch, WatchedLayer } from '#contract/observations.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LineChart } from '../../components/charts/LineChart.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import type { LineSeries } from '../../components/charts/series.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import type { WordKey } from '../../words/catalogue.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { HistogramMark } from './HistogramMark.tsx';

type Measure = 'gradientNorm' | 'weightNorm' | 'updateRatio' | 'deadShare';
const measures: readonly { readonly id: Measure; readonly title: WordKey; readonly log: boolean }[] = [
  { id: 'gradientNorm', title: 'observed.gradientNorm', log: true },
  { id: 'updateRatio', title: 'observed.updateRatio', log: true },
  { id: 'weightNorm', title: 'observed.weightNorm', log: false },
  { id: 'deadShare', title: 'observed.deadUnits', log: false },
];
/** Updates of a share like this are healthy; far below nothing is learned, far above it is forgotten again. */
const usual = { low: 1e-4, high: 1e-2 };
const manyDead = 0.5;

/** In the cell language, the same in every tongue. */
const watchExample = 'train({ … watch: true })';

/** What the layers did, epoch by epoch: a table of one epoch, and a curve of each measure with a line a layer. */
export function LayersPanel({ watched, runName }: { readonly watched: readonly WatchedEpoch[]; readonly runName: string }) {
  const t = useWords();
  const formats = useFormats();
  const [chosen, setChosen] = useState<number>();
  if (watched.length === 0) {
    return (
      <EmptyState
        icon={<Activity size={28} strokeWidth={1.5} />}
        title={t('observed.notWatched')}
        text={t('observed.notWatchedText')}
        actions={<code className="watch-example">{watchExample}</code>}
      />
    );
  }
  const shown = watched.find(({ epoch }) => epoch === chosen) ?? watched.at(-1)!;
  const learning = shown.layers.filter(({ weights }) => weights > 0).map(({ name }) => name);
  const hasHistograms = shown.layers.some(({ weightHistogram, outputHistogram }) => weightHistogram ?? outputHistogram);
  const number = (value: number | undefined): string => (value === undefined ? '' : formats.measure(value, 3));
  return (
    <div className="layers-panel">
      <section className="card">
        <h3 className="curve-head">
          {t('observed.layersAt', { epoch: shown.epoch, step: shown.step })}
          {watched.length > 1 && (
            <label className="check-label">
              {t('runs.epoch')}
              <select className="input" value={shown.epoch} onChange={(event) => setChosen(Number(event.target.value))}>
                {watched.map(({ epoch }) => (
                  <option key={epoch} value={epoch}>
                    {formats.count(epoch)}
                  </option>
                ))}
              </select>
            </label>
          )}
        </h3>
        <ScrollRegion className="table-scroll" label={t('observed.layersOf', { name: runName })}>
          <table className="layers">
            <thead>
              <tr>
                <th scope="col" className="left">
                  {t('observed.layer')}
                </th>
                <th scope="col">{t('runs.parameters')}</th>
                <th scope="col">{t('observed.gradientNorm')}</th>
                <th scope="col">{t('observed.weightNorm')}</th>
                <th scope="col">{t('observed.updateRatio')}</th>
                <th scope="col">{t('observed.deadUnits')}</th>
                {hasHistograms && (
                  <>
                    <th scope="col" className="left">
                      {t('observed.weights')}
                    </th>
                    <th scope="col" className="left">
                      {t('observed.gradients')}
                    </th>
                    <th scope="col" className="left">
                      {t('observed.outputs')}
                    </th>
                  </>
                )}
              </tr>
            </thead>
            <tbody>
              {shown.layers.map((layer) => (
                <tr key={layer.name}>
                  <th scope="row" className="left">
                    {learning.includes(layer.name) && <RunMark color={learning.indexOf(layer.name)} />}
                    {layer.name}
                  </th>
                  <td>{layer.weights > 0 ? formats.count(layer.weights) : ''}</td>
                  <td>{number(layer.gradientNorm)}</td>
                  <td>{number(layer.weightNorm)}</td>
                  <UpdateRatio value={layer.updateRatio} />
                  <td className={(layer.deadShare ?? 0) >= manyDead ? 'state-warn' : undefined}>
                    {layer.deadShare === undefined ? '' : formats.percent(layer.deadShare, 0)}
                  </td>
                  {hasHistograms && (
                    <>
                      <td className="left">
                        {layer.weightHistogram && <HistogramMark histogram={layer.weightHistogram} of={t('observed.weights')} />}
                      </td>
                      <td className="left">
                        {layer.gradientHistogram && <HistogramMark histogram={layer.gradientHistogram} of={t('observed.gradients')} />}
                      </td>
                      <td className="left">
                        {layer.outputHistogram && <HistogramMark histogram={layer.outputHistogram} of={t('observed.outputs')} />}
                      </td>
                    </>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
        <p className="quiet-text">{t('observed.layersExplained')}</p>
      </section>
      {watched.length > 1 && (
        <div className="run-curves">
          {measures.map((measure) => (
            <MeasureCurve
              key={measure.id}
              watched={watched}
              measure={measure.id}
              title={t(measure.title)}
              log={measure.log}
              learning={learning}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function UpdateRatio({ value }: { readonly value: number | undefined }) {
  const t = useWords();
  const formats = useFormats();
  if (value === undefined) return <td>{''}</td>;
  const verdict = value < usual.low ? 'observed.ratioLow' : value > usual.high ? 'observed.ratioHigh' : undefined;
  return (
    <td className={verdict ? 'state-warn' : undefined} title={t(verdict ?? 'observed.ratioUsual')}>
      {formats.measure(value, 3)}
      {verdict && <span aria-label={t(verdict)}>{value < usual.low ? ' ↓' : ' ↑'}</span>}
    </td>
  );
}

interface CurveProps {
  readonly watched: readonly WatchedEpoch[];
  readonly measure: Measure;
  readonly title: string;
  readonly log: boolean;
  readonly learning: readonly string[];
}

function MeasureCurve({ watched, measure, title, log, learning }: CurveProps) {
  const t = useWords();
  const series = useMemo((): LineSeries[] => {
    const x = watched.map(({ epoch }) => epoch);
    const valueOf = (layers: readonly WatchedLayer[], name: string) => layers.find((layer) => layer.name === name)?.[measure] ?? Number.NaN;
    return learning
      .map((name, index): LineSeries => ({
        id: name,
        name,
        color: index,
        dash: 'solid',
        x,
        y: watched.map(({ layers }) => valueOf(layers, name)),
      }))
      .filter(({ y }) => y.some(Number.isFinite));
  }, [watched, measure, learning]);
  if (series.length === 0) return null;
  return (
    <section className="card">
      <h3 className="curve-head">{title}</h3>
      <LineChart series={series} yLabel={title} xLabel={t('runs.epoch')} height={200} logY={log} />
    </section>
  );
}
