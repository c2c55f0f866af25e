import { CircleCheck } from 'lucide-react';
import { heading, metricName } from '#contract/measured.ts';
import type { EvaluatedPart, Evaluation } from '#contract/predictions.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { ConfusionTable } from '../observed/ConfusionTable.tsx';

/** What each part came to. */
export function EvaluationView({ evaluation }: { readonly evaluation: Evaluation }) {
  const t = useWords();
  return (
    <div className="use-result">
      <p className="visually-hidden" role="status">
        {evaluation.parts.map((part) => t('modelUse.part', { part: part.part, samples: part.samples })).join(', ')}
      </p>
      {evaluation.data === 'changed' && <p className="use-warning">{t('modelUse.changed')}</p>}
      {evaluation.parts.map((part) => (
        <PartView key={part.part} part={part} evaluation={evaluation} />
      ))}
    </div>
  );
}

function PartView({ part, evaluation: { name, epoch } }: { readonly part: EvaluatedPart; readonly evaluation: Evaluation }) {
  const t = useWords();
  const formats = useFormats();
  const title = t('modelUse.part', { part: part.part, samples: part.samples });
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className="use-metrics">
        {Object.entries(part.metrics).map(([metric, value]) => (
          <div key={metric}>
            <dt>{heading(metricName(t, metric))}</dt>
            <dd>{formats.measure(value)}</dd>
          </div>
        ))}
      </dl>
      {part.identical !== undefined && (
        <p className={part.identical ? 'use-identical' : 'quiet-text'}>
          {part.identical && <CircleCheck size={14} aria-hidden />}
          {t(part.identical ? 'modelUse.identical' : 'modelUse.different', { epoch })}
        </p>
      )}
      {part.confusion && <ConfusionTable confusion={part.confusion} name={name} caption={t('modelUse.confusion')} />}
    </section>
  );
}
