import { type ReactNode, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { spellKeys } from './keys.ts';

const delayMs = 450;

interface Props {
  readonly label: string;
  readonly keys?: string | undefined;
  /** One element; it should carry its own accessible name. */
  readonly children: ReactNode;
}

/** Shows `label` under its child on hover and on keyboard focus. Adds nothing for a screen reader: the child has the name. */
export function Tooltip({ label, keys, children }: Props) {
  const anchor = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [shown, setShown] = useState(false);

  const hide = useCallback(() => {
    clearTimeout(timer.current);
    setShown(false);
  }, []);
  const show = useCallback((afterMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(true), afterMs);
  }, []);
  useEffect(() => hide, [hide]);

  return (
    // The events are the child's, on their way up; this element has no box of its own.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <span
      ref={anchor}
      style={{ display: 'contents' }}
      onPointerEnter={() => show(delayMs)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && show(delayMs)}
      onBlur={hide}
      onKeyDown={hide}
    >
      {children}
      {shown && createPortal(<Bubble anchor={anchor} label={label} keys={keys} />, document.body)}
    </span>
  );
}

function Bubble({ anchor, label, keys }: { anchor: RefObject<HTMLElement | null>; label: string; keys: string | undefined }) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const target = anchor.current?.firstElementChild?.getBoundingClientRect();
    const own = bubble.current;
    if (!target || !own) return;
    const below = target.bottom + 6 + own.offsetHeight <= window.innerHeight;
    own.style.top = `${below ? target.bottom + 6 : target.top - 6 - own.offsetHeight}px`;
    const middle = target.left + target.width / 2 - own.offsetWidth / 2;
    own.style.left = `${Math.max(6, Math.min(middle, window.innerWidth - own.offsetWidth - 6))}px`;
  }, [anchor]);
  return (
    <div ref={bubble} className="tooltip" aria-hidden>
      {label}
      {keys && <kbd>{spellKeys(keys)}</kbd>}
    </div>
  );
}
