import { X } from 'lucide-react';
import { useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { useWords } from '../../words/use-words.ts';
import { useRunsStore } from './runs-store.ts';

/** Tags of a run: type and press Enter to add one, its cross or Backspace in the empty field takes one off. */
export function TagEditor({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const [text, setText] = useState('');
  const setTags = (tags: readonly string[]): void => void useRunsStore.getState().update({ runId: run.id, tags: [...tags] });
  const add = (): void => {
    const added = text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '' && !run.tags.includes(tag));
    setText('');
    if (added.length > 0) setTags([...run.tags, ...new Set(added)]);
  };
  return (
    <div className="tag-editor">
      {run.tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
          <button
            type="button"
            aria-label={t('runs.removeTag', { tag })}
            onClick={() => setTags(run.tags.filter((other) => other !== tag))}
          >
            <X size={11} aria-hidden />
          </button>
        </span>
      ))}
      <input
        className="input"
        aria-label={t('runs.addTag')}
        placeholder={t('runs.addTag')}
        value={text}
        maxLength={60}
        onChange={(event) => setText(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter' || event.key === ',') {
            add();
            event.preventDefault();
          } else if (event.key === 'Backspace' && text === '' && run.tags.length > 0) setTags(run.tags.slice(0, -1));
        }}
      />
    </div>
  );
}
