import '../runs/runs.css';
import '../comparison/comparison.css';
import { ArrowLeft, ChartSpline } from 'lucide-react';
import { useMemo } from 'react';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { useWords } from '../../words/use-words.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { usePaced } from '../runs/use-paced.ts';
import { CurvesPanel } from './CurvesPanel.tsx';

/** The curves of the chosen runs, on a page of their own. */
export function CurvesView() {
  const t = useWords();
  const runIds = useNavigationStore((state) => state.curvesRunIds);
  const show = useNavigationStore((state) => state.show);
  const all = usePaced(useTrainingStore((state) => state.runs));
  const runs = useMemo(() => {
    const byId = new Map(all.map((run) => [run.id, run]));
    return runIds.map((id) => byId.get(id)).filter((run) => run !== undefined);
  }, [all, runIds]);
  const actions = useMemo((): Action[] => [{ id: 'curves.back', title: t('comparison.back'), run: () => show('runs') }], [t, show]);
  useActions('curves', actions);
  if (runs.length === 0) {
    return (
      <div className="comparison-view">
        <EmptyState
          icon={<ChartSpline size={28} strokeWidth={1.5} />}
          title={t('curves.none')}
          text={t('curves.noneText')}
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
        <h1>{t('curves.title', { count: runs.length })}</h1>
      </header>
      <CurvesPanel runs={runs} height={380} />
    </div>
  );
}
