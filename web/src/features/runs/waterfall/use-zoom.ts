import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { isWhole, panned, within, zoomed, type Range } from './scale';

export interface Zoom {
  /** What is shown. */
  range: Range;
  whole: Range;
  /** Only a part is shown. */
  close: boolean;
  set: (range: Range) => void;
  /** Zooms by a factor around a moment. */
  by: (factor: number, around?: number) => void;
  /** Moves by a share of what is shown. */
  pan: (share: number) => void;
  reset: () => void;
}

/** Which part of the time axis is shown. Without a choice it is the whole, which grows while the run goes on. */
export function useZoom(whole: Range): Zoom {
  const [part, setPart] = useState<Range>();
  const { from, to } = whole;
  const range = useMemo(() => (part ? within(part, { from, to }) : { from, to }), [part, from, to]);
  const latest = useRef({ range, whole });
  useEffect(() => {
    latest.current = { range, whole };
  });
  const set = useCallback((next: Range) => {
    const bounded = within(next, latest.current.whole);
    setPart(isWhole(bounded, latest.current.whole) ? undefined : bounded);
  }, []);
  const by = useCallback((factor: number, around?: number) => set(zoomed(latest.current.range, latest.current.whole, factor, around)), [set]);
  const pan = useCallback((share: number) => set(panned(latest.current.range, latest.current.whole, share)), [set]);
  const reset = useCallback(() => setPart(undefined), []);
  return { range, whole, close: part !== undefined, set, by, pan, reset };
}

/** The wheel over `area`: with Ctrl (or a pinch) it zooms where the pointer is, with Shift or sideways it moves. */
export function useZoomWheel(area: RefObject<HTMLElement | null>, axis: RefObject<HTMLElement | null>, { range, by, pan }: Zoom): void {
  const latest = useRef(range);
  useEffect(() => {
    latest.current = range;
  });
  useEffect(() => {
    const element = area.current;
    const onWheel = (event: WheelEvent) => {
      const box = axis.current?.getBoundingClientRect();
      if (!box || box.width === 0) return;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
      if (event.ctrlKey || event.metaKey) {
        const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
        by(Math.exp(event.deltaY / 300), latest.current.from + (latest.current.to - latest.current.from) * share);
      } else if (sideways !== 0) {
        pan(sideways / box.width);
      } else {
        return;
      }
      event.preventDefault();
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [area, axis, by, pan]);
}
