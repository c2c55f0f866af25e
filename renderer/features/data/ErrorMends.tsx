import { Wand2 } from 'lucide-react';
import type { PlainError } from '#contract/errors.ts';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../words/use-words.ts';
import { applyMend, fixesOf, fixTitle, mendOf, useMendable } from './mend.ts';

/** What may be done about an error of a data cell, a click each. */
export function ErrorMends({ cell, error }: { readonly cell: string; readonly error: PlainError }) {
  const t = useWords();
  const mendable = useMendable(cell);
  const mends = fixesOf(error).flatMap((fix) => {
    const mend = mendOf(mendable, fix);
    return mend ? [{ mend, title: fixTitle(t, fix) }] : [];
  });
  if (mends.length === 0) return null;
  return (
    <div className="error-mends" role="group" aria-label={t('data.mends')}>
      {mends.map(({ mend, title }) => (
        <Button key={title} icon={<Wand2 size={13} />} onClick={() => applyMend(mend)}>
          {title}
        </Button>
      ))}
    </div>
  );
}
