import './comparison.css';
import { TriangleAlert } from 'lucide-react';
import type { RunId } from '#contract/ids.ts';
import { useErrorText } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { ComparisonCharts } from './ComparisonCharts.tsx';
import { dataEquality } from './differences.ts';
import { DifferenceTable } from './DifferenceTable.tsx';
import { EqualSettings } from './EqualSettings.tsx';
import { useComparison } from './use-comparison.ts';

interface Props {
  readonly runIds: readonly RunId[];
  /** Under the table of runs: one chart beside what differs. */
  readonly compact?: boolean;
}

export function ComparisonPanel({ runIds, compact = false }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const { comparison, error } = useComparison(runIds);
  if (error !== undefined) {
    return (
      <p className="run-error" role="alert">
        {errorText(error)}
      </p>
    );
  }
  // The height of a chart is kept while the numbers come.
  if (!comparison) return <div className="comparison-waiting" aria-busy="true" />;
  const data = dataEquality(comparison.runs);
  const beside = comparison.runs.length <= 3;
  return (
    <div className={`comparison-panel${beside ? ' beside' : ''}${compact ? ' compact' : ''}`}>
      <ComparisonCharts comparison={comparison} compact={compact} />
      <section className="card" aria-label={t('comparison.whatDiffers')}>
        <h3 className="curve-head">
          {t('comparison.whatDiffers')}
          <span className="curve-legend">{t(data.same ? 'comparison.sameData' : 'comparison.otherData')}</span>
        </h3>
        {!data.same && (
          <p className="data-warning">
            <TriangleAlert size={14} aria-hidden />
            {t('comparison.otherDataText', {
              groups: comparison.runs
                .map((run, index) => t('comparison.dataOf', { run: run.name, group: data.groups[index] ?? 0 }))
                .join(', '),
            })}
          </p>
        )}
        <DifferenceTable comparison={comparison} compact={compact} />
        <EqualSettings comparison={comparison} />
      </section>
    </div>
  );
}
