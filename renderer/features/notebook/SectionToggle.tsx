import { ChevronRight } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '../../words/use-words.ts';
import { sectionOf } from './headings.ts';
import { useNotebookStore } from './notebook-store.ts';

/** Beside a heading that something is under: shows that, or not. */
export function SectionToggle({ blockKey }: { readonly blockKey: string }) {
  const count = useNotebookStore(({ blocks }) => sectionOf(blocks, blockKey).length);
  return count === 0 ? null : <Toggle blockKey={blockKey} count={count} />;
}

const headings = '.prose > :is(h1, h2, h3, h4, h5, h6)';
const sizePx = 24;
/** A heading may go over several lines: it stands at the first. */
const linePx = 32;

function Toggle({ blockKey, count }: { readonly blockKey: string; readonly count: number }) {
  const t = useWords();
  const isCollapsed = useNotebookStore(({ collapsed }) => collapsed.includes(blockKey));
  const [top, setTop] = useState<number>();
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const block = button.current?.closest('.block');
    if (!block) return undefined;
    const observer = new ResizeObserver(() => {
      const last = [...block.querySelectorAll<HTMLElement>(headings)].at(-1);
      if (last) setTop(last.offsetTop + (Math.min(linePx, last.offsetHeight) - sizePx) / 2);
    });
    observer.observe(block);
    return () => observer.disconnect();
  }, []);
  const label = t('notebook.sectionHidden', { count });
  return (
    <button
      ref={button}
      type="button"
      className="section-toggle"
      style={{ top }}
      aria-expanded={!isCollapsed}
      aria-label={label}
      title={label}
      onClick={() => useNotebookStore.getState().collapse(blockKey, !isCollapsed)}
    >
      {isCollapsed && <small>{t('notebook.cellCount', { count })}</small>}
      <ChevronRight size={16} aria-hidden />
    </button>
  );
}
