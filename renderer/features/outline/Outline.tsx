import './outline.css';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { useWords } from '../../words/use-words.ts';
import { blockElement, drawnBlock } from '../notebook/block-element.ts';
import type { EditedCell } from '../notebook/blocks.ts';
import { stateSigns } from '../notebook/cell-state.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { useCell } from '../notebook/use-cell.ts';
import { type OutlineItem, steadyOutlineOf } from './outline.ts';

/** A browser keeps a list of all that it draws or leaves out by itself, and goes over it in every frame: parts are few. */
const partSize = 25;

/** Headings and cells of the open notebook; the one that is read is marked, a click or Enter goes to another. */
export function Outline() {
  const t = useWords();
  const items = useNotebookStore((state) => steadyOutlineOf(state.blocks));
  const here = useItemInView(items);
  const list = useRef<HTMLDivElement>(null);
  const focusItem = (at: number) => list.current?.querySelectorAll<HTMLElement>('button')[at]?.focus();
  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    focusItem(to);
  };
  if (items.length === 0) return <p className="side-none">{t('outline.empty')}</p>;
  return (
    <div ref={list} className="outline" role="list">
      {Array.from({ length: Math.ceil(items.length / partSize) }, (_, part) => (
        // Whatever item comes or goes, a part is the next so many of them.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={part} className="outline-part">
          {items.slice(part * partSize, (part + 1) * partSize).map((item, at) => (
            <div key={`${item.key} ${item.type === 'heading' ? item.index : ''}`} role="listitem">
              <button
                type="button"
                className={item === here ? 'side-item on' : 'side-item'}
                aria-current={item === here ? 'location' : undefined}
                style={{ paddingLeft: `${8 + (item.level - 1) * 12}px` }}
                onClick={() => goTo(item)}
                onKeyDown={(event) => onKeyDown(event, part * partSize + at)}
              >
                {item.type === 'heading' ? <span className="side-name">{item.text}</span> : <CellItem cell={item.cell} />}
              </button>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

function CellItem({ cell }: { cell: EditedCell }) {
  const t = useWords();
  const { state } = useCell(cell);
  return (
    <>
      <i className={`state ${state}`} role="img" aria-label={t(`notebook.state.${state}`)}>
        {stateSigns[state]}
      </i>
      <span className="side-name">{cell.id}</span>
      <small>{t(`notebook.kind.${cell.kind}`)}</small>
    </>
  );
}

/** The element of a heading is in its rendered prose. */
function elementOf(item: OutlineItem): Element | undefined {
  const block = blockElement(item.key);
  if (item.type === 'cell') return block;
  return block?.querySelectorAll('.prose > :is(h1, h2, h3, h4, h5, h6)')[item.index] ?? block;
}

function goTo(item: OutlineItem): void {
  useNavigationStore.getState().leaveSide();
  // What a collapsed heading hides is drawn first.
  flushSync(() => useNotebookStore.getState().select(item.key));
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  elementOf(item)?.scrollIntoView({ block: 'start', behavior: still ? 'instant' : 'smooth' });
  blockElement(item.key)?.focus({ preventScroll: true });
}

/** How far below the top a heading may stand to be the one that is read. */
const readPx = 90;

/** In a group that is far away nothing is laid out, and what is asked for its place would be. */
function beginsAbove(frame: Element, top: number): boolean {
  const group = frame.closest('.block-group')?.getBoundingClientRect();
  if (group && group.bottom <= top) return true;
  return (!group || group.top <= top) && frame.getBoundingClientRect().top <= top;
}

/** Index of the last item that begins at or above the top of what is seen. */
function itemAtTop(items: readonly OutlineItem[], scroller: Element): number {
  const top = scroller.getBoundingClientRect().top + readPx;
  // At the end the last ones cannot reach the top.
  if (scroller.scrollTop > 0 && scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2) return items.length - 1;
  let first = 0;
  let end = items.length;
  while (first < end) {
    const middle = (first + end) >> 1;
    const frame = drawnBlock(items[middle].key)?.parentElement;
    if (frame && beginsAbove(frame, top)) first = middle + 1;
    else end = middle;
  }
  let at = Math.max(0, first - 1);
  // A block may hold several headings.
  while (at > 0 && items[at].type === 'heading' && (elementOf(items[at])?.getBoundingClientRect().top ?? 0) > top) at -= 1;
  return at;
}

function useItemInView(items: readonly OutlineItem[]): OutlineItem | undefined {
  const [at, setAt] = useState(0);
  useEffect(() => {
    const scroller = document.querySelector('.main.notebook');
    if (!scroller) return undefined;
    let frame = 0;
    const look = () => {
      frame = 0;
      setAt(itemAtTop(items, scroller));
    };
    const onScroll = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    onScroll();
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      scroller.removeEventListener('scroll', onScroll);
    };
  }, [items]);
  return items[at];
}
