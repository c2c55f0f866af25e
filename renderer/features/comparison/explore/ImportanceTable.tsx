import { metricName, spacedName } from '#contract/measured.ts';
import { useMemo } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { importanceOf } from '#contract/statistics/importance.ts';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { bestOf, betterOf } from '../../runs/metrics.ts';

/** What each param has to do with the metric: the statistic by its name, its interval, its n. */
export function ImportanceTable({ runs, metric }: { readonly runs: readonly RunSummary[]; readonly metric: string }) {
  const t = useWords();
  const formats = useFormats();
  const rows = useMemo(() => importanceOf(runs, (run) => bestOf(metric, run.metrics[metric])?.value), [runs, metric]);
  const lowIsGood = betterOf(metric) === 'min';
  if (rows.length === 0) return <p className="quiet-text">{t('comparison.importanceNone')}</p>;
  const number = (value: number): string => (Number.isNaN(value) ? '–' : formats.setting(Number(value.toPrecision(2))));
  return (
    <>
      <table className="sheet importance">
        <thead>
          <tr>
            <th scope="col" className="left">
              {t('comparison.param')}
            </th>
            <th scope="col">{t('comparison.effect')}</th>
            <th scope="col">{t('comparison.interval')}</th>
            <th scope="col">p</th>
            <th scope="col">n</th>
            <th scope="col" className="left-text">
              {t('comparison.better')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ param, method, effect, interval, p, n, values }) => {
            const upIsGood = effect > 0 !== lowIsGood;
            const clear = p < 0.05;
            const direction =
              method === 'kruskalWallis' || !clear
                ? ''
                : values
                  ? String(values[upIsGood ? 1 : 0])
                  : t(upIsGood ? 'comparison.larger' : 'comparison.smaller');
            return (
              <tr key={param}>
                <th scope="row">{spacedName(param)}</th>
                <td>
                  <span className={clear ? 'importance-bar' : 'importance-bar unclear'} aria-hidden="true">
                    <i style={{ width: `${Math.abs(Number.isNaN(effect) ? 0 : effect) * 100}%` }} />
                  </span>{' '}
                  <span className="importance-effect">
                    {method === 'spearman' ? 'ρ' : 'ε²'} {number(effect)}
                  </span>
                </td>
                <td>{interval ? `${number(interval[0])} … ${number(interval[1])}` : ''}</td>
                <td>{p < 0.001 ? '< 0.001' : number(p)}</td>
                <td>{formats.count(n)}</td>
                <td className="left-text">{direction}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="quiet-text">{t('comparison.importanceText', { metric: metricName(t, metric) })}</p>
    </>
  );
}
