import './observed.css';
import { useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { useWords } from '../../words/use-words.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { useObservations } from './use-observations.ts';

/** So many tables are still looked at side by side. */
const most = 6;

/** Confusions of several runs side by side; nothing where none has one. */
export function ConfusionComparison({ runs }: { readonly runs: readonly RunSummary[] }) {
  const t = useWords();
  const shown = runs.slice(0, most);
  const { observations } = useObservations(shown.map(({ id }) => id));
  const [which, setWhich] = useState<'best' | 'last'>('best');
  const found = shown.flatMap((run) => {
    const confusion = observations[run.id]?.confusion;
    const table = confusion?.[which] ?? confusion?.last;
    return table ? [{ run, table }] : [];
  });
  if (found.length === 0) return null;
  return (
    <section className="card confusion-comparison" aria-label={t('observed.confusion')}>
      <h2 className="curve-head">
        {t('observed.confusion')}
        <span className="segments" role="group" aria-label={t('observed.whichEpoch')}>
          {(['best', 'last'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={which === one} onClick={() => setWhich(one)}>
              {t(one === 'best' ? 'observed.best' : 'observed.last')}
            </button>
          ))}
        </span>
      </h2>
      <div className="confusion-tables">
        {found.map(({ run, table }) => (
          <section key={run.id}>
            <h3>
              <RunMark color={run.color} /> {run.name}
            </h3>
            <ConfusionTable
              confusion={table}
              name={run.name}
              caption={t('observed.confusionCaption', { epoch: table.epoch, part: table.part })}
              scored={false}
            />
          </section>
        ))}
      </div>
      {runs.length > most && <p className="quiet-text">{t('observed.moreConfusions', { count: runs.length - most })}</p>}
    </section>
  );
}
