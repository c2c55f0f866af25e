import './comparison.css';
import '../runs/runs.css';
import { ArrowLeft, GitCompareArrows } from 'lucide-react';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { useWords } from '../../words/use-words.ts';
import type { WordKey } from '../../words/catalogue.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
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
  const show = useNavigationStore((state) => state.show);
  const compare = useNavigationStore((state) => state.compare);
  const all = useTrainingStore((state) => state.runs);
  const runs = useMemo(() => {
    const byId = new Map(all.map((run) => [run.id, run]));
    return runIds.flatMap((id) => byId.get(id) ?? []);
  }, [all, runIds]);
  const base = useId();
  const [chosen, setTab] = useState<Tab>();
  const tab = chosen ?? (runIds.length > manyRuns ? 'params' : 'curves');
  const onTabKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? 'curves';
    setTab(next);
    document.getElementById(`${base}${next}`)?.focus();
    event.preventDefault();
  };
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
      <div className="run-tabs" role="tablist" aria-label={t('comparison.parts')}>
        {tabs.map((name) => (
          <button
            key={name}
            id={`${base}${name}`}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls={`${base}panel`}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setTab(name)}
            onKeyDown={onTabKey}
          >
            {t(tabWords[name])}
          </button>
        ))}
      </div>
      <div id={`${base}panel`} role="tabpanel" aria-labelledby={`${base}${tab}`}>
        {tab === 'curves' && <ComparisonPanel runIds={runIds} />}
        {tab === 'params' && <ParamsExplorer runs={runs} onKeep={compare} />}
        {tab === 'source' && <SourceDiff runs={runs} />}
      </div>
    </div>
  );
}
