/** Which cells are near the view: looked at together when that may have changed, and their editors made one after another. */

import { type RefObject, useEffect, useState } from 'react';

/** How far from the viewport an editor is mounted. */
const nearPx = 500;
/** Where the cells are is not looked at in every frame of a scroll. */
const nearMs = 100;

interface Watched {
  readonly frame: Element;
  /** Asked first: in a group that is far away nothing is laid out, and what is asked for its place would be. */
  readonly group: Element;
  readonly block: string | undefined;
  readonly tell: (isNear: boolean) => void;
  isNear: boolean | undefined;
}

const watched = new Map<Element, Watched>();
let timer: ReturnType<typeof setTimeout> | undefined;
let moves: Moves | undefined;

/**
 * Tells when `element` comes near the view and when it goes; returns a function that ends it. No observer of intersections:
 * that looks at all of them in each frame, and each key has it ask for one more, in which nothing changes and which the
 * next key waits for.
 */
export function watchNear(element: Element, tell: (isNear: boolean) => void): () => void {
  const frame = element.closest('.block-frame') ?? element;
  moves ??= followMoves();
  const group = frame.closest('.block-group') ?? frame;
  moves.among(group);
  const block = element.closest<HTMLElement>('[data-key]')?.dataset['key'];
  watched.set(element, { frame, group, block, tell, isNear: undefined });
  lookSoon(0);
  return () => {
    watched.delete(element);
    if (watched.size > 0) return;
    moves?.end();
    moves = undefined;
  };
}

interface Moves {
  /** Frames of this group may be moved by what is put into it, taken out, or grows. */
  among(group: Element): void;
  end(): void;
}

function followMoves(): Moves {
  const soon = () => lookSoon(nearMs);
  const ending = new AbortController();
  window.addEventListener('scroll', soon, { capture: true, passive: true, signal: ending.signal });
  window.addEventListener('resize', soon, { signal: ending.signal });
  const sizes = new ResizeObserver(soon);
  const orders = new MutationObserver(soon);
  const groups = new Set<Element>();
  return {
    among(group) {
      if (groups.has(group)) return;
      groups.add(group);
      sizes.observe(group);
      orders.observe(group, { childList: true });
    },
    end() {
      ending.abort();
      sizes.disconnect();
      orders.disconnect();
    },
  };
}

function lookSoon(ms: number): void {
  if (timer !== undefined && ms > 0) return;
  clearTimeout(timer);
  timer = setTimeout(look, ms);
}

/** Keys of the blocks near the view; undefined where nothing is drawn. */
let nearBlocks: ReadonlySet<string> | undefined;
const listeners = new Set<() => void>();

export function isNearBlock(key: string): boolean {
  return nearBlocks === undefined || nearBlocks.has(key);
}

/** `tell` is called whenever other blocks have come near the view. */
export function onNearBlocks(tell: () => void): void {
  listeners.add(tell);
}

function look(): void {
  timer = undefined;
  const ends = window.innerHeight + nearPx;
  const isNear = (element: Element): boolean => {
    const { top, bottom, width } = element.getBoundingClientRect();
    return width > 0 && bottom > -nearPx && top < ends;
  };
  const nearGroups = new Map<Element, boolean>();
  // All are asked before any is told: what it does then may move the others.
  const found = [...watched.values()].map((one) => {
    const isGroupNear = nearGroups.get(one.group) ?? isNear(one.group);
    nearGroups.set(one.group, isGroupNear);
    return { one, isNear: isGroupNear && isNear(one.frame) };
  });
  for (const { one, isNear: isNow } of found) {
    if (one.isNear === isNow) continue;
    one.isNear = isNow;
    one.tell(isNow);
  }
  const before = nearBlocks;
  nearBlocks = new Set(found.flatMap(({ one, isNear: isNow }) => (isNow && one.block !== undefined ? [one.block] : [])));
  if (before && before.size === nearBlocks.size && [...before].every((key) => nearBlocks!.has(key))) return;
  for (const tell of listeners) tell();
}

/**
 * Whether what is drawn there is near the view, or has the keyboard. A browser that fills in forms lays out every field on
 * the page when one of them changes, seen or not: fields are there near the view only.
 */
export function useNear(place: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    return element ? watchNear(element, (isNow) => setNear(isNow || element.contains(document.activeElement))) : undefined;
  }, [place]);
  return isNear;
}

interface Work {
  readonly act: () => void;
  /** Somebody waits for it. */
  readonly isUrgent: () => boolean;
}

const waiting: Work[] = [];
let going = false;

/** Does one piece of work in each frame, the first at once. Returns a function that takes it back. */
export function inTurn(work: Work): () => void {
  waiting.push(work);
  if (!going) {
    going = true;
    next();
  }
  return () => {
    const at = waiting.indexOf(work);
    if (at >= 0) waiting.splice(at, 1);
  };
}

function next(): void {
  const urgent = waiting.findIndex((one) => one.isUrgent());
  const [work] = waiting.splice(Math.max(0, urgent), 1);
  if (!work) {
    going = false;
    return;
  }
  work.act();
  // What was made is painted, and a key that waits is taken, before the next is made.
  requestAnimationFrame(() => setTimeout(next, 0));
}
