import { useState } from 'react';
import { metricName } from '#contract/measured.ts';
import type { Comparison, SeedNoise } from '#contract/runs.ts';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { lossMetric, mainMetric } from '../runs/metrics.ts';

/** A difference this unlikely to come from the seeds alone is called beyond their noise. */
const level = 0.05;

/** Whether what differs is more than other seeds would make differ: Welch's t-test, named, with its n. */
export function SeedNoiseCard({ comparison, compact }: { readonly comparison: Comparison; readonly compact: boolean }) {
  const t = useWords();
  const formats = useFormats();
  const { runs, noise } = comparison;
  const [wanted, setWanted] = useState<string>();
  if (!noise) return compact || runs.length < 2 ? null : <NoNoise comparison={comparison} />;
  const usual = mainMetric(runs) ?? lossMetric(runs);
  const keyOf = ({ metric, at }: SeedNoise['metrics'][number]): string => `${at} ${metric}`;
  const shown =
    noise.metrics.find((entry) => keyOf(entry) === wanted) ??
    noise.metrics.find((entry) => entry.metric === usual && entry.at === 'best') ??
    noise.metrics[0];
  if (!shown) return null;
  const name = (entry: typeof shown): string =>
    t(entry.at === 'last' ? 'comparison.metricLast' : 'runs.metricBest', { metric: metricName(t, entry.metric) });
  const twoDigits = (value: number): string => formats.setting(Number(value.toPrecision(2)));
  const p = (value: number): string => (value < 0.001 ? '< 0.001' : twoDigits(value));
  const base = shown.groups[0];
  const verdict = (index: number): string => {
    const test = shown.tests[index];
    if (!test) return t('comparison.noiseUntested');
    return t(test.adjustedP < level ? 'comparison.noiseBeyond' : 'comparison.noiseWithin');
  };

  if (compact) {
    const test = noise.groups.length === 2 ? shown.tests[1] : undefined;
    if (!test || !base) return null;
    return (
      <p className="noise-line">
        {t(test.p < level ? 'comparison.noiseLineBeyond' : 'comparison.noiseLineWithin', {
          metric: name(shown),
          first: base.n,
          second: shown.groups[1].n,
          p: p(test.p),
        })}
      </p>
    );
  }
  return (
    <section className="card" aria-label={t('comparison.noise')}>
      <h2 className="curve-head">
        {t('comparison.noise')}
        <label className="check-label">
          {t('runs.metric')}
          <select className="input" value={keyOf(shown)} onChange={(event) => setWanted(event.target.value)}>
            {noise.metrics.map((entry) => (
              <option key={keyOf(entry)} value={keyOf(entry)}>
                {name(entry)}
              </option>
            ))}
          </select>
        </label>
      </h2>
      <ScrollRegion className="sheet-scroll" label={t('comparison.noise')} role="group">
        <table className="sheet">
          <thead>
            <tr>
              <th scope="col" className="left">
                {t('comparison.noiseGroup')}
              </th>
              <th scope="col">n</th>
              <th scope="col">{t('comparison.mean')}</th>
              <th scope="col">{t('comparison.difference')}</th>
              <th scope="col">p</th>
              <th scope="col" className="left-text">
                {t('comparison.noiseVerdict')}
              </th>
            </tr>
          </thead>
          <tbody>
            {noise.groups.map(({ compared, runIds }, index) => {
              const spread = shown.groups[index];
              const difference = spread.mean - base.mean;
              const others = runIds.length - compared.length;
              const test = shown.tests[index];
              return (
                <tr key={runIds[0]}>
                  <th scope="row">
                    {compared.map((at) => (
                      <span key={runs[at]?.id} className="sheet-run noise-run">
                        <RunMark color={runs[at]?.color ?? 0} />
                        {runs[at]?.name}
                      </span>
                    ))}
                    {others > 0 && <span className="at-epoch">{t('comparison.noiseRepeats', { count: others })}</span>}
                  </th>
                  <td>{formats.count(spread.n)}</td>
                  <td>
                    {formats.measure(spread.mean)}
                    {spread.n > 1 && ` ± ${twoDigits(spread.deviation)}`}
                  </td>
                  <td>
                    {index > 0 && Number.isFinite(difference) && `${difference > 0 ? '+' : ''}${formats.measure(difference)}`}
                    {index > 0 &&
                      base.mean !== 0 &&
                      Number.isFinite(difference) &&
                      ` · ${difference > 0 ? '+' : ''}${formats.percent(difference / Math.abs(base.mean))}`}
                  </td>
                  <td
                    title={
                      test
                        ? t('comparison.welch', {
                            t: formats.setting(Number(test.t.toPrecision(3))),
                            freedom: formats.setting(Number(test.degreesOfFreedom.toPrecision(3))),
                          })
                        : undefined
                    }
                  >
                    {test ? p(test.adjustedP) : ''}
                  </td>
                  <td className="left-text">{index > 0 && verdict(index)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="quiet-text">{t('comparison.noiseText', { groups: noise.groups.length })}</p>
    </section>
  );
}

function NoNoise({ comparison: { runs } }: { readonly comparison: Comparison }) {
  const t = useWords();
  if (runs.every((run) => run.imported)) return null;
  return <p className="quiet-text">{t('comparison.noiseNone')}</p>;
}
