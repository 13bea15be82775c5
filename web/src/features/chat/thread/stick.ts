import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** So near to the end one wants to see what comes. */
const NEAR = 64;

/**
 * Keeps the end of a growing content in view, until the reader scrolls up. `at` is false then, and a button can lead
 * back.
 */
export function useStickToEnd() {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const top = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback((smooth = false) => {
    const element = box.current;
    if (!element) return;
    stuck.current = true;
    setAtEnd(true);
    element.scrollTo({ top: element.scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  }, []);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    // Content that grows moves the end away; only a reader goes up.
    const wentUp = element.scrollTop < top.current;
    top.current = element.scrollTop;
    stuck.current = near || (stuck.current && !wentUp);
    setAtEnd(stuck.current);
  }, []);

  useLayoutEffect(() => toEnd(), [toEnd]);
  useEffect(() => {
    const [outer, inner] = [box.current, content.current];
    if (!outer || !inner) return undefined;
    const observer = new ResizeObserver(() => {
      if (stuck.current) outer.scrollTop = outer.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(outer);
    return () => observer.disconnect();
  }, []);
  return { box, content, atEnd, toEnd, onScroll };
}
