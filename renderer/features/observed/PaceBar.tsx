import './observed.css';
import { paceOf } from '#contract/pace.ts';
import type { EpochRow } from '#contract/runs.ts';
import type { WordKey } from '../../words/catalogue.ts';
import { useFormats, useWords } from '../../words/use-words.ts';

/** Where the time of a run went, how fast it was, and what it took of the memory. */
export function PaceBar({ rows }: { readonly rows: readonly EpochRow[] }) {
  const t = useWords();
  const formats = useFormats();
  const pace = paceOf(rows);
  if (!pace) return null;
  const parts: readonly { readonly id: string; readonly title: WordKey; readonly ms: number }[] = [
    { id: 'data', title: 'observed.timeData', ms: pace.dataMs },
    { id: 'steps', title: 'observed.timeSteps', ms: pace.stepsMs },
    { id: 'evaluation', title: 'observed.timeEvaluation', ms: pace.evaluationMs },
    { id: 'other', title: 'observed.timeOther', ms: pace.otherMs },
  ];
  const all = parts.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <section className="card pace">
      <h3 className="curve-head">
        {t('observed.pace')}
        <span className="curve-legend">
          {t('observed.speed', { samples: formats.count(Math.round(pace.samplesPerSecond)) })}
          {pace.memoryBytes !== undefined && ` · ${t('observed.memory', { size: formats.bytes(pace.memoryBytes) })}`}
        </span>
      </h3>
      <div className="pace-bar" aria-hidden>
        {parts.map(({ id, ms }) => ms > 0 && <span key={id} className={`pace-${id}`} style={{ flexGrow: ms }} />)}
      </div>
      <ul className="pace-legend">
        {parts.map(({ id, title, ms }) => (
          <li key={id}>
            <span className={`pace-key pace-${id}`} aria-hidden /> {t(title)} <b>{formats.percent(ms / all, 0)}</b>{' '}
            <span className="quiet-text">{formats.duration(ms)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
