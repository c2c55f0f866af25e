import './runs.css';
import '../comparison/comparison.css';
import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { type Action, useActions } from '../../app/action-store.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { Button } from '../../components/Button.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { useWords } from '../../words/use-words.ts';

interface Props {
  /** Names its action in the palette. */
  readonly id: 'comparison' | 'curves';
  readonly title: string;
  /** Instead of the page, where nothing is chosen for it. */
  readonly none: { readonly icon: ReactNode; readonly title: string; readonly text: string } | undefined;
  readonly children: ReactNode;
}

/** A page about some of the runs, with the way back to all of them. */
export function RunsPage({ id, title, none, children }: Props) {
  const t = useWords();
  const show = useNavigationStore((state) => state.show);
  const actions = useMemo((): Action[] => [{ id: `${id}.back`, title: t('comparison.back'), run: () => show('runs') }], [id, t, show]);
  useActions(id, actions);
  if (none) {
    return (
      <div className="comparison-view">
        <EmptyState
          {...none}
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
        <h1>{title}</h1>
      </header>
      {children}
    </div>
  );
}
