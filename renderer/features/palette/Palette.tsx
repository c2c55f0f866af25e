import './palette.css';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useActionStore } from '../../app/action-store.ts';
import { spellKeys } from '../../components/keys.ts';
import { useWords } from '../../words/use-words.ts';
import { usePaletteStore } from './palette-store.ts';
import { find } from './search.ts';

/** Every command there is at the moment, found by a few letters. */
export function Palette() {
  const isOpen = usePaletteStore((state) => state.isOpen);
  return isOpen ? <OpenPalette /> : null;
}

function OpenPalette() {
  const t = useWords();
  const setOpen = usePaletteStore((state) => state.setOpen);
  const groups = useActionStore((state) => state.groups);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const actions = useMemo(
    () => [...groups.values()].flat().filter((action) => !action.disabled && action.id !== 'frame.palette'),
    [groups],
  );
  const found = useMemo(() => find(actions, query), [actions, query]);
  const current = Math.min(active, found.length - 1);

  // A layout effect ends while the element is still in the page: only there does closing give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const choose = (index: number) => {
    const action = found[index]?.item;
    setOpen(false);
    // The dialog gives the focus back first; the command may move it on.
    if (action) setTimeout(action.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const count = found.length;
    if (event.key === 'ArrowDown') setActive(count === 0 ? 0 : (current + 1) % count);
    else if (event.key === 'ArrowUp') setActive(count === 0 ? 0 : (current - 1 + count) % count);
    else if (event.key === 'PageDown') setActive(Math.min(count - 1, current + 8));
    else if (event.key === 'PageUp') setActive(Math.max(0, current - 8));
    else if (event.key === 'Enter') choose(current);
    else return;
    event.preventDefault();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t('frame.palette')}
      onCancel={(event) => {
        event.preventDefault();
        setOpen(false);
      }}
      onClick={(event) => event.target === dialog.current && setOpen(false)}
    >
      <input
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={found.length > 0 ? id : undefined}
        aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
        aria-label={t('frame.search')}
        placeholder={t('frame.search')}
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={id} className="palette-list" role="listbox" aria-label={t('frame.commands')} hidden={found.length === 0}>
        {found.map(({ item, places }, index) => (
          // The keyboard is with the field above.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={item.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className={index === current ? 'palette-item on' : 'palette-item'}
            onPointerMove={() => setActive(index)}
            onClick={() => choose(index)}
          >
            <span className="grow">
              <Marked title={item.title} places={places} />
            </span>
            {item.keys && <kbd>{spellKeys(item.keys)}</kbd>}
          </div>
        ))}
      </div>
      <div role="status">{found.length === 0 && <p className="palette-none">{t('frame.noCommand', { query })}</p>}</div>
    </dialog>
  );
}

function Marked({ title, places }: { title: string; places: readonly number[] }) {
  if (places.length === 0) return title;
  const marked = new Set(places);
  // oxlint-disable-next-line react/no-array-index-key
  return title.split('').map((letter, index) => (marked.has(index) ? <b key={index}>{letter}</b> : letter));
}
