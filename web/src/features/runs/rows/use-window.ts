import { useCallback, useEffect, useState, type RefObject } from 'react';

/** Rows drawn beyond both edges, so that a quick scroll meets no gap. */
const BEYOND = 12;
/** The window moves in steps of this many rows: most scrolling draws nothing anew. */
const STEP = 6;

export interface RowWindow {
  /** First row to draw, and the one after the last. */
  first: number;
  last: number;
  /** Brings a row into sight, if it is not. */
  reveal: (row: number) => void;
  toEnd: () => void;
  atEnd: () => boolean;
}

/** Which of many rows of one height are in sight. `above` is the height of what stands over the first row. */
export function useWindow(scrollerRef: RefObject<HTMLElement | null>, count: number, rowHeight: number, above = 0): RowWindow {
  const [seen, setSeen] = useState({ first: 0, last: 60 });

  useEffect(() => {
    const element = scrollerRef.current;
    if (!element) return undefined;
    const look = () => {
      const top = Math.floor(Math.max(0, element.scrollTop - above) / rowHeight / STEP) * STEP;
      const rows = Math.ceil(element.clientHeight / rowHeight / STEP) * STEP + STEP;
      const next = { first: Math.max(0, top - BEYOND), last: top + rows + BEYOND };
      setSeen((before) => (before.first === next.first && before.last === next.last ? before : next));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scrollerRef, rowHeight, above]);

  const reveal = useCallback(
    (row: number) => {
      const element = scrollerRef.current;
      if (!element) return;
      const top = row * rowHeight;
      const bottom = top + rowHeight + above - element.clientHeight;
      if (element.scrollTop > top) element.scrollTo({ top });
      else if (element.scrollTop < bottom) element.scrollTo({ top: bottom });
    },
    [scrollerRef, rowHeight, above],
  );
  const toEnd = useCallback(() => {
    scrollerRef.current?.scrollTo({ top: scrollerRef.current.scrollHeight });
  }, [scrollerRef]);
  const atEnd = useCallback(() => {
    const element = scrollerRef.current;
    return element !== null && element.scrollHeight - element.scrollTop - element.clientHeight < 2 * rowHeight;
  }, [scrollerRef, rowHeight]);

  const last = Math.min(count, seen.last);
  return { first: Math.min(seen.first, last), last, reveal, toEnd, atEnd };
}
