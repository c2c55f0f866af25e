import { PencilLine } from 'lucide-react';
import type { RateSearch } from '#contract/observations.ts';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { RateSearchChart } from './RateSearchChart.tsx';

/** What the learning rate finder found, and the click that takes it into the notebook. */
export function RateSearchCard({ search, run }: { readonly search: RateSearch; readonly run: RunSummary }) {
  const t = useWords();
  const formats = useFormats();
  const isOpen = useNotebookStore((state) => state.path === run.notebook);
  const writeLearningRate = useNotebookStore((state) => state.writeLearningRate);
  const { suggested } = search;
  return (
    <section className="card rate-search-card">
      <h3>
        {t('observed.search')}
        <span>
          {suggested === undefined ? t('observed.searchNothing') : t('observed.searchSuggests', { rate: formats.setting(suggested) })}
        </span>
      </h3>
      <RateSearchChart search={search} />
      {suggested !== undefined && isOpen && (
        <Button icon={<PencilLine size={13} />} onClick={() => writeLearningRate(run.cell, suggested)}>
          {t('observed.writeRate', { rate: formats.setting(suggested) })}
        </Button>
      )}
    </section>
  );
}
