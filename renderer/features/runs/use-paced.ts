import { useEffect, useRef, useState } from 'react';

/** Fewer than this are drawn whenever something changes. */
const manyItems = 500;
const pauseMs = 250;

/** A long list that changes many times a second, four times a second: each change is looked at as a whole. */
export function usePaced<T>(items: readonly T[]): readonly T[] {
  const [shown, setShown] = useState(items);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  // Another length is something a person did, such as a deletion.
  const isLive = items.length >= manyItems && items.length === shown.length;
  useEffect(() => {
    if (items === shown) return undefined;
    const waitMs = isLive ? Math.max(0, changedAt.current + pauseMs - performance.now()) : 0;
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(items);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [items, shown, isLive]);
  return isLive ? shown : items;
}
