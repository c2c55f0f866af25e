import { useEffect, useRef, useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { useWords } from '../../words/use-words.ts';
import { useRunsStore } from './runs-store.ts';

/** How long after the last key a note is stored. */
const pauseMs = 800;

/** A free note on a run, stored while it is written. Mounted anew for another run. */
export function NoteField({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const update = useRunsStore((state) => state.update);
  const [text, setText] = useState(run.note);
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

  return (
    <textarea
      className="input note-field"
      aria-label={t('runs.note')}
      placeholder={t('runs.notePlaceholder')}
      rows={2}
      value={text}
      onChange={(event) => write(event.target.value)}
      onBlur={store}
    />
  );
}
