import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../words/use-words.ts';

interface Props {
  readonly name: string;
  /** The new name, or nothing where it stays. Called once. */
  readonly onDone: (name: string | undefined) => void;
}

/** A name in the middle of being changed: Enter or a click elsewhere keeps it, Escape does not. */
export function NameField({ name, onDone }: Props) {
  const t = useWords();
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const before = useRef(document.activeElement);
  const [text, setText] = useState(name);

  useEffect(() => field.current?.select(), []);

  const finish = (keep: boolean, refocus: boolean): void => {
    if (done.current) return;
    done.current = true;
    const trimmed = text.trim();
    if (refocus && before.current instanceof HTMLElement) before.current.focus();
    onDone(keep && trimmed !== '' && trimmed !== name ? trimmed : undefined);
  };
  return (
    <input
      ref={field}
      className="name-field"
      aria-label={t('runs.name')}
      value={text}
      maxLength={120}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => finish(true, false)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) finish(true, true);
        else if (event.key === 'Escape') finish(false, true);
      }}
    />
  );
}
