import { Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { attempt } from '../../../components/attempt.ts';
import { Button } from '../../../components/Button.tsx';
import { Progress } from '../../../components/Progress.tsx';
import { call } from '../../../platform/client.ts';
import { useWords } from '../../../words/use-words.ts';
import { useNotebookStore } from '../notebook-store.ts';

/** What is read sooner shows no progress. */
const patienceMs = 700;

/** While a check waits for a data cell's data: how far it is read, and an end to it. */
export function ReadingBar({ cell }: { readonly cell: string }) {
  const t = useWords();
  const share = useNotebookStore((state) => state.readShare);
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  if (!isLong) return null;
  return (
    <div className="reading-bar">
      <span>{t('notebook.loading')}</span>
      <Progress label={t('notebook.readingOf', { cell })} value={share} />
      <Button icon={<Square size={12} />} onClick={() => void attempt(() => call('notebook.stopReading', {}))}>
        {t('notebook.stop')}
      </Button>
    </div>
  );
}
