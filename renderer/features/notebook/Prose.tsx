import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { withTaskTicked } from '#contract/prose.ts';
import { useWords } from '../../words/use-words.ts';
import { type ProseBlock, proseText } from './blocks.ts';
import { useFormulas } from './formulas.ts';
import { renderProse } from './markdown.ts';
import { useNotebookStore } from './notebook-store.ts';
import { useProseImages } from './prose-images.ts';

interface Props {
  readonly block: ProseBlock;
  /** Directly under the title: set as the notebook's opening words. */
  readonly lead: boolean;
  readonly editing: boolean;
  readonly onEditing: (editing: boolean) => void;
}

/** Notes: rendered, and edited as Markdown in the same place. */
export function Prose({ block, lead, editing, onEditing }: Props) {
  const t = useWords();
  const text = proseText(block);
  const katex = useFormulas(text);
  const html = useMemo(() => renderProse(text, katex), [text, katex]);
  const root = useRef<HTMLDivElement>(null);
  useProseImages(root, html);
  const tick = ({ target }: MouseEvent) => {
    if (!(target instanceof HTMLInputElement) || target.type !== 'checkbox') return;
    const { line } = target.dataset;
    useNotebookStore.getState().setProse(block.key, withTaskTicked(text, Number(line), target.checked));
    // It is drawn anew, and the keyboard stays with it.
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`input[data-line="${line}"]`)?.focus());
  };
  if (editing) return <ProseEditor block={block} text={text} onDone={() => onEditing(false)} />;
  return (
    // Double click edits; with the keyboard it is Enter on the block around it. Clicks are those of its check boxes.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
    <div
      ref={root}
      className={lead ? 'prose lead' : 'prose'}
      title={t('notebook.editProse')}
      onDoubleClick={() => onEditing(true)}
      onClick={tick}
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

function ProseEditor({ block, text, onDone }: { block: ProseBlock; text: string; onDone: () => void }) {
  const t = useWords();
  const setProse = useNotebookStore((state) => state.setProse);
  const [draft, setDraft] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  const finished = useRef(false);

  useEffect(() => {
    if (area.current) fit(area.current);
    area.current?.focus();
    // What stands in a new block is there to be typed over.
    if (text === t('notebook.newProse')) area.current?.select();
    else area.current?.setSelectionRange(text.length, text.length);
    // Once, when editing begins.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const finish = (keep: boolean) => {
    if (finished.current) return;
    finished.current = true;
    if (keep) setProse(block.key, draft);
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const done = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey));
    if (!done || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    finish(true);
  };
  return (
    <div className="prose-edit">
      <textarea
        ref={area}
        aria-label={t('notebook.proseText')}
        value={draft}
        rows={1}
        onChange={(event) => {
          setDraft(event.target.value);
          useNotebookStore.getState().draftProse(block.key, event.target.value);
          fit(event.target);
        }}
        onBlur={() => finish(true)}
        onKeyDown={onKeyDown}
      />
      <small>{t('notebook.proseHint')}</small>
    </div>
  );
}

/** As high as its text. */
function fit(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}
