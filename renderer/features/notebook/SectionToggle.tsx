import { ChevronRight } from 'lucide-react';
import { useWords } from '../../words/use-words.ts';
import { sectionOf } from './headings.ts';
import { useNotebookStore } from './notebook-store.ts';

/** Beside a heading that something is under: shows that, or not. */
export function SectionToggle({ blockKey }: { readonly blockKey: string }) {
  const t = useWords();
  const count = useNotebookStore(({ blocks }) => sectionOf(blocks, blockKey).length);
  const isCollapsed = useNotebookStore(({ collapsed }) => collapsed.includes(blockKey));
  if (count === 0) return null;
  const label = t('notebook.sectionHidden', { count });
  return (
    <button
      type="button"
      className="section-toggle"
      aria-expanded={!isCollapsed}
      aria-label={label}
      title={label}
      onClick={() => useNotebookStore.getState().collapse(blockKey, !isCollapsed)}
    >
      <ChevronRight size={16} aria-hidden />
      {isCollapsed && <small>{label}</small>}
    </button>
  );
}
