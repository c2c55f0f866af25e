import { Check } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { spellKeys } from './keys.ts';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly keys?: string | undefined;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** For a choice among several: drawn with a check mark where true. */
  readonly checked?: boolean;
  /** Draws a line above. */
  readonly separated?: boolean;
  readonly onSelect: () => void;
}

interface TriggerProps {
  readonly 'aria-haspopup': 'menu';
  readonly 'aria-expanded': boolean;
  readonly onClick: () => void;
}

interface Props {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Draws the button that opens the menu; spread the props on it. */
  readonly trigger: (props: TriggerProps) => ReactNode;
}

export function Menu({ label, items, trigger }: Props) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const close = useCallback((refocus: boolean) => {
    setOpen(false);
    if (refocus) anchor.current?.querySelector('button')?.focus();
  }, []);
  return (
    <span ref={anchor} style={{ display: 'contents' }}>
      {trigger({ 'aria-haspopup': 'menu', 'aria-expanded': open, onClick: () => setOpen((was) => !was) })}
      {open && <OpenMenu label={label} items={items} anchor={anchor} close={close} />}
    </span>
  );
}

/** A menu that is open, below the button that `anchor` is or holds. */
export function OpenMenu({
  label,
  items,
  anchor,
  close,
}: {
  label: string;
  items: readonly MenuItem[];
  anchor: RefObject<HTMLElement | null>;
  close: (refocus: boolean) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const button = anchor.current?.matches('button') ? anchor.current : anchor.current?.querySelector('button');
    const target = button?.getBoundingClientRect();
    const own = list.current;
    if (!target || !own) return;
    const fitsBelow = target.bottom + 4 + own.offsetHeight <= window.innerHeight - 8;
    own.style.top = `${Math.max(8, fitsBelow ? target.bottom + 4 : target.top - 4 - own.offsetHeight)}px`;
    const left = target.left + own.offsetWidth <= window.innerWidth - 8 ? target.left : target.right - own.offsetWidth;
    own.style.left = `${Math.max(8, left)}px`;
    (own.querySelector<HTMLElement>('[aria-checked=true]') ?? own.querySelector<HTMLElement>('button:not(:disabled)'))?.focus();
  }, [anchor]);
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!list.current?.contains(target) && !anchor.current?.contains(target)) close(false);
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [anchor, close]);

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const focus = (index: number) => buttons[(index + buttons.length) % buttons.length]?.focus();
    if (event.key === 'ArrowDown') focus(at + 1);
    else if (event.key === 'ArrowUp') focus(at < 0 ? -1 : at - 1);
    else if (event.key === 'Home') focus(0);
    else if (event.key === 'End') focus(-1);
    else if (event.key === 'Escape' || event.key === 'Tab') close(true);
    else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      const from = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
      from.find((button) => button.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const checkable = items.some((item) => item.checked !== undefined);
  return createPortal(
    <div ref={list} className="menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <div key={item.id} role="none">
          {item.separated && <hr className="menu-separator" />}
          <button
            type="button"
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.checked}
            className={item.danger ? 'menu-item danger' : 'menu-item'}
            disabled={item.disabled}
            tabIndex={-1}
            onClick={() => {
              close(true);
              item.onSelect();
            }}
          >
            {checkable && <span className="menu-check">{item.checked && <Check size={14} />}</span>}
            {item.icon}
            <span className="grow">{item.label}</span>
            {item.keys && <kbd>{spellKeys(item.keys)}</kbd>}
          </button>
        </div>
      ))}
    </div>,
    // Of the landmark that its button is in, so that it is found from there; over everything else either way.
    anchor.current?.closest('main, header, footer, nav, aside') ?? document.body,
  );
}
