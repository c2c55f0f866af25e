import './comparison.css';
import '../runs/runs.css';
import { ArrowLeft, GitCompareArrows } from 'lucide-react';
import { useMemo } from 'react';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { useWords } from '../../words/use-words.ts';
import { ComparisonPanel } from './ComparisonPanel.tsx';

/** Two or more runs side by side, on a page of their own. */
export function ComparisonView() {
  const t = useWords();
  const runIds = useNavigationStore((state) => state.comparedRunIds);
  const show = useNavigationStore((state) => state.show);
  const actions = useMemo((): Action[] => [{ id: 'comparison.back', title: t('comparison.back'), run: () => show('runs') }], [t, show]);
  useActions('comparison', actions);

  if (runIds.length < 2) {
    return (
      <div className="comparison-view">
        <EmptyState
          icon={<GitCompareArrows size={28} strokeWidth={1.5} />}
          title={t('comparison.none')}
          text={t('comparison.noneText')}
          actions={
            <Button look="primary" onClick={() => show('runs')}>
              {t('comparison.chooseRuns')}
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <div className="comparison-view">
      <header className="comparison-head">
        <Button look="quiet" icon={<ArrowLeft size={14} />} onClick={() => show('runs')}>
          {t('comparison.back')}
        </Button>
        <h1>{t('comparison.title', { count: runIds.length })}</h1>
      </header>
      <ComparisonPanel runIds={runIds} />
    </div>
  );
}
