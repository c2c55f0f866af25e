/** Scrolling through more rows than a page can be tall. */
import { type RefObject, type UIEvent, useCallback, useLayoutEffect, useState } from 'react';

/** Browsers place nothing beyond about 17 million points. */
const tallest = 15_000_000;

export interface TallScroll {
  /** Of the element that scrolls, header left out. */
  readonly height: number;
  readonly firstRow: number;
  readonly lastRow: number;
  /** Where a row lies in the element that scrolls. */
  readonly topOf: (row: number) => number;
  readonly left: number;
  readonly width: number;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
}

interface Place {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly view: number;
  /** How far the rows' own place is ahead of the scrolled one. */
  readonly ahead: number;
}

/**
 * Small steps move rows by as much; where the rows are taller than the page can be, a jump of the scroll bar goes to
 * the same share of the rows.
 */
export function useTallScroll(element: RefObject<HTMLDivElement | null>, rows: number, rowHeight: number, headHeight: number): TallScroll {
  const [place, setPlace] = useState<Place>({ top: 0, left: 0, width: 800, view: 600, ahead: 0 });
  const full = rows * rowHeight;
  const height = Math.min(full, tallest);

  const measure = useCallback(
    (scrolled: HTMLElement) => {
      const view = Math.max(rowHeight, scrolled.clientHeight - headHeight);
      setPlace((before) => {
        const top = scrolled.scrollTop;
        const [most, mostScrolled] = [Math.max(0, full - view), Math.max(0, height - view)];
        let { ahead } = before;
        if (full <= tallest) ahead = 0;
        else if (Math.abs(top - before.top) > view * 2 || top <= 0 || top >= mostScrolled - 1) ahead = (top / mostScrolled) * most - top;
        return { top, left: scrolled.scrollLeft, width: scrolled.clientWidth, view, ahead: Math.min(Math.max(ahead, -top), most - top) };
      });
    },
    [full, height, headHeight, rowHeight],
  );

  useLayoutEffect(() => {
    // It tells of the size at once.
    const scrolled = element.current;
    if (!scrolled) return undefined;
    const observer = new ResizeObserver(() => measure(scrolled));
    observer.observe(scrolled);
    return () => observer.disconnect();
  }, [element, measure]);

  const firstRow = Math.max(0, Math.floor((place.top + place.ahead) / rowHeight));
  return {
    height,
    firstRow,
    lastRow: Math.min(rows - 1, firstRow + Math.ceil(place.view / rowHeight) + 1),
    topOf: (row) => row * rowHeight - place.ahead,
    left: place.left,
    width: place.width,
    onScroll: (event) => measure(event.currentTarget),
  };
}
