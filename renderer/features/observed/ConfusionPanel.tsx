import { Grid3x3 } from 'lucide-react';
import { useState } from 'react';
import type { Observations } from '#contract/observations.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { useWords } from '../../words/use-words.ts';
import { ConfusionTable } from './ConfusionTable.tsx';

/** The best or the last epoch's confusion. */
export function ConfusionPanel({ confusion, name }: { readonly confusion: Observations['confusion']; readonly name: string }) {
  const t = useWords();
  const [chosen, setChosen] = useState<'best' | 'last'>('best');
  const which = confusion[chosen] ? chosen : confusion.best ? 'best' : 'last';
  const shown = confusion[which];
  if (!shown) {
    return (
      <EmptyState icon={<Grid3x3 size={28} strokeWidth={1.5} />} title={t('observed.noConfusion')} text={t('observed.noConfusionText')} />
    );
  }
  return (
    <div className="card">
      {confusion.best && confusion.last && confusion.best.epoch !== confusion.last.epoch && (
        <span className="segments" role="group" aria-label={t('observed.whichEpoch')}>
          {(['best', 'last'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={which === one} onClick={() => setChosen(one)}>
              {t(one === 'best' ? 'observed.bestEpoch' : 'observed.lastEpoch', { epoch: confusion[one]!.epoch })}
            </button>
          ))}
        </span>
      )}
      <ConfusionTable confusion={shown} name={name} caption={t('observed.confusionCaption', { epoch: shown.epoch, part: shown.part })} />
    </div>
  );
}
