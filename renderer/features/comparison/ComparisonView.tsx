import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Tabs } from '../../components/Tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import type { WordKey } from '../../words/catalogue.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { RunsPage } from '../runs/RunsPage.tsx';
import { useRunsOf } from '../runs/use-runs-of.ts';
import { ComparisonPanel } from './ComparisonPanel.tsx';
import { ParamsExplorer } from './explore/ParamsExplorer.tsx';
import { SourceDiff } from './SourceDiff.tsx';

const tabs = ['curves', 'params', 'source'] as const;
type Tab = (typeof tabs)[number];
const tabWords: Record<Tab, WordKey> = { curves: 'comparison.tabCurves', params: 'comparison.tabParams', source: 'comparison.tabSource' };
/** So many curves are a thicket, and their params are looked at first. */
const manyRuns = 60;

/** Two or more runs side by side, on a page of their own. */
export function ComparisonView() {
  const t = useWords();
  const runIds = useNavigationStore((state) => state.comparedRunIds);
  const compare = useNavigationStore((state) => state.compare);
  const all = useTrainingStore((state) => state.runs);
  const runs = useRunsOf(runIds, all);
  const [chosen, setTab] = useState<Tab>();
  const tab = chosen ?? (runIds.length > manyRuns ? 'params' : 'curves');
  const none =
    runIds.length < 2
      ? { icon: <GitCompareArrows size={28} strokeWidth={1.5} />, title: t('comparison.none'), text: t('comparison.noneText') }
      : undefined;
  return (
    <RunsPage id="comparison" title={t('comparison.title', { count: runIds.length })} none={none}>
      <Tabs label={t('comparison.parts')} tabs={tabs} shown={tab} titleOf={(name) => t(tabWords[name])} onShow={setTab}>
        {tab === 'curves' && <ComparisonPanel runIds={runIds} />}
        {tab === 'params' && <ParamsExplorer runs={runs} onKeep={compare} />}
        {tab === 'source' && <SourceDiff runs={runs} />}
      </Tabs>
    </RunsPage>
  );
}
