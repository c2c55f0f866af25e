import { ChartSpline } from 'lucide-react';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { useWords } from '../../words/use-words.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { RunsPage } from '../runs/RunsPage.tsx';
import { useRunsOf } from '../runs/use-runs-of.ts';
import { usePaced } from '../runs/use-paced.ts';
import { CurvesPanel } from './CurvesPanel.tsx';

/** The curves of the chosen runs, on a page of their own. */
export function CurvesView() {
  const t = useWords();
  const runIds = useNavigationStore((state) => state.curvesRunIds);
  const runs = useRunsOf(runIds, usePaced(useTrainingStore((state) => state.runs)));
  const none =
    runs.length === 0
      ? { icon: <ChartSpline size={28} strokeWidth={1.5} />, title: t('curves.none'), text: t('curves.noneText') }
      : undefined;
  return (
    <RunsPage id="curves" title={t('curves.title', { count: runs.length })} none={none}>
      <CurvesPanel runs={runs} height={380} />
    </RunsPage>
  );
}
