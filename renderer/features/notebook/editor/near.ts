/** Which cells are near the view: one observer for all of them, and their editors made one after another. */

import { type RefObject, useEffect, useState } from 'react';

/** How far from the viewport an editor is mounted. */
const nearPx = 500;
/** Where the cells are is not looked at in every frame: each key of hundreds of them would wait for it. */
const nearMs = 100;

const told = new Map<Element, (isNear: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Tells when `element` comes near the view and when it goes; returns a function that ends it. */
export function watchNear(element: Element, tell: (isNear: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      // Of several entries of an element the last is how it is now.
      for (const { target, isIntersecting } of entries) told.get(target)?.(isIntersecting);
    },
    { rootMargin: `${nearPx}px`, delay: nearMs } as IntersectionObserverInit,
  );
  told.set(element, tell);
  observer.observe(element);
  return () => {
    told.delete(element);
    observer?.unobserve(element);
  };
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
