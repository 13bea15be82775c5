import { useEffect, useRef, type RefObject } from 'react';
import type { RowWindow } from './use-window';

/** While a run goes on: whoever looks at the end goes on looking at the end. */
export function useFollow(scrollerRef: RefObject<HTMLElement | null>, { atEnd, toEnd }: RowWindow, count: number, live: boolean): void {
  const looking = useRef(true);
  useEffect(() => {
    const element = scrollerRef.current;
    const look = () => (looking.current = atEnd());
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [atEnd, scrollerRef]);
  useEffect(() => {
    if (live && looking.current) toEnd();
  }, [count, live, toEnd]);
}
