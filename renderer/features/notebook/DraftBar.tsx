import { History } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../components/Button.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useLocaleStore } from '../../words/locale.ts';
import { useNotebookStore } from './notebook-store.ts';
import { countChanges } from './versions.ts';

/** Offers what a crash left: nothing is lost, and nothing is changed unasked. */
export function DraftBar() {
  const draft = useNotebookStore((state) => state.draft);
  return draft && <Offer />;
}

function Offer() {
  const t = useWords();
  const formats = useFormats();
  const locale = useLocaleStore((state) => state.locale);
  const draft = useNotebookStore((state) => state.draft)!;
  const blocks = useNotebookStore((state) => state.blocks);
  const restoreDraft = useNotebookStore((state) => state.restoreDraft);
  const discardDraft = useNotebookStore((state) => state.discardDraft);
  const counts = useMemo(() => countChanges(blocks, draft.blocks), [blocks, draft]);
  const parts = (
    [
      ['notebook.draftCells', counts.changed],
      ['notebook.draftAdded', counts.added],
      ['notebook.draftRemoved', counts.removed],
      ['notebook.draftTexts', counts.texts],
    ] as const
  ).flatMap(([key, count]) => (count > 0 ? [t(key, { count })] : []));
  const what = new Intl.ListFormat(locale, { type: 'unit' }).format(parts);
  return (
    <div className="banner calm" role="status">
      <History size={16} aria-hidden />
      <span className="grow">
        <b>{t('notebook.draft')}</b> {what !== '' && t('notebook.draftWhat', { when: formats.moment(draft.at), what })}
      </span>
      <Button onClick={() => void discardDraft()}>{t('notebook.draftDiscard')}</Button>
      <Button look="primary" onClick={() => void restoreDraft()}>
        {t('notebook.draftRestore')}
      </Button>
    </div>
  );
}
