import './comparison.css';
import { TriangleAlert } from 'lucide-react';
import type { RunId } from '#contract/ids.ts';
import { useErrorText } from '../../words/errors.ts';
import { CurvesPanel } from '../curves/CurvesPanel.tsx';
import { useWords } from '../../words/use-words.ts';
import { ConfusionComparison } from '../observed/ConfusionComparison.tsx';
import { dataGroups } from './differences.ts';
import { DifferenceTable } from './DifferenceTable.tsx';
import { EqualSettings } from './EqualSettings.tsx';
import { SeedNoiseCard } from './SeedNoiseCard.tsx';
import { useComparison } from './use-comparison.ts';

/** Names of runs listed for each of several data sets; more are counted. */
const namesShown = 3;

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
  const groups = dataGroups(comparison.runs);
  const sameData = groups.length <= 1;
  const beside = comparison.runs.length <= 3;
  return (
    <div className={`comparison-panel${beside ? ' beside' : ''}${compact ? ' compact' : ''}`}>
      <CurvesPanel runs={comparison.runs} compact={compact} />
      <section className="card" aria-label={t('comparison.whatDiffers')}>
        <h2 className="curve-head">
          {t('comparison.whatDiffers')}
          <span className="curve-legend">{t(sameData ? 'comparison.sameData' : 'comparison.otherData')}</span>
        </h2>
        {!sameData && (
          <p className="data-warning">
            <TriangleAlert size={14} aria-hidden />
            {t('comparison.otherDataText', {
              groups: groups
                .map((group, index) => {
                  const names = group
                    .slice(0, namesShown)
                    .map((run) => run.name)
                    .join(', ');
                  return t('comparison.dataGroup', { number: index + 1, names, more: group.length - Math.min(namesShown, group.length) });
                })
                .join('; '),
            })}
          </p>
        )}
        <DifferenceTable comparison={comparison} compact={compact} />
        {compact && <SeedNoiseCard comparison={comparison} compact />}
        <EqualSettings comparison={comparison} />
      </section>
      {!compact && <SeedNoiseCard comparison={comparison} compact={false} />}
      {!compact && <ConfusionComparison runs={comparison.runs} />}
    </div>
  );
}
