import { Pencil } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { IconButton } from '../../components/IconButton.tsx';
import { useWords } from '../../words/use-words.ts';
import { renderProse } from '../notebook/markdown.ts';
import { useRunsStore } from './runs-store.ts';

/** How long after the last key a note is stored. */
const pauseMs = 800;
/** A longer note is shown as it was written: nobody waits for a book to be laid out. */
const longestRendered = 100_000;

/** A free note on a run, in Markdown, stored while it is written. Mounted anew for another run. */
export function NoteField({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const update = useRunsStore((state) => state.update);
  const [text, setText] = useState(run.note);
  const [editing, setEditing] = useState(false);
  /** What is not stored yet. */
  const waiting = useRef<{ note: string; timer: ReturnType<typeof setTimeout> }>(undefined);

  const write = (note: string): void => {
    setText(note);
    clearTimeout(waiting.current?.timer);
    waiting.current = { note, timer: setTimeout(store, pauseMs) };
  };
  function store(): void {
    if (!waiting.current) return;
    clearTimeout(waiting.current.timer);
    void update({ runId: run.id, note: waiting.current.note });
    waiting.current = undefined;
  }
  // The last words are stored when another run is chosen before the pause is over.
  useEffect(
    () => () => {
      if (!waiting.current) return;
      clearTimeout(waiting.current.timer);
      void update({ runId: run.id, note: waiting.current.note });
      waiting.current = undefined;
    },
    [run.id, update],
  );

  const rendered = useMemo(() => (text.trim() === '' || text.length > longestRendered ? undefined : renderProse(text)), [text]);
  if (rendered !== undefined && !editing) {
    return (
      <div className="note-shown">
        {/* Cleaned by renderProse. */}
        {/* oxlint-disable-next-line react/no-danger */}
        <div className="prose" dangerouslySetInnerHTML={{ __html: rendered }} />
        <IconButton label={t('tidy.writeNote')} icon={<Pencil size={13} />} onClick={() => setEditing(true)} />
      </div>
    );
  }
  return (
    <textarea
      className="input note-field"
      aria-label={t('runs.note')}
      placeholder={t('runs.notePlaceholder')}
      rows={editing ? 6 : 2}
      value={text}
      // It was asked for by the button that it takes the place of.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={editing}
      onFocus={() => setEditing(true)}
      onChange={(event) => write(event.target.value)}
      onBlur={() => {
        store();
        setEditing(false);
      }}
    />
  );
}
