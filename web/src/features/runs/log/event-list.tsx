import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { useFollow } from '../rows/use-follow';
import { useWindow } from '../rows/use-window';
import { rowOf } from './log-rows';
import type { FoundRows } from './use-log-rows';

const PAGE = 15;

export interface EventListProps {
  found: FoundRows;
  label: string;
  rowHeight: number;
  live: boolean;
  /** Number of the chosen event. */
  chosen: number | undefined;
  onChoose: (seq: number) => void;
  onOpen: () => void;
  row: (at: number) => ReactNode;
}

/** Lines of events, walked by keys. Draws only what is in sight. */
export function EventList({ found, label, rowHeight, live, chosen, onChoose, onOpen, row }: EventListProps) {
  const id = useId();
  const { rows, count } = found;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useWindow(scroller, count, rowHeight);
  useFollow(scroller, view, count, live);
  const at = chosen === undefined ? -1 : rowOf(rows, chosen - 1);
  const { reveal } = view;
  const known = at >= 0;
  // A choice that was made elsewhere comes into sight here, once its line is found.
  useEffect(() => {
    if (known) reveal(at);
    // Lines that come later must not pull the view back.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen, known, reveal]);

  const choose = (to: number) => {
    const bounded = Math.max(0, Math.min(count - 1, to));
    const line = rows[bounded];
    if (!line) return;
    onChoose(line.first + 1);
    reveal(bounded);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, number | undefined> = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, PageDown: at + PAGE, PageUp: at - PAGE, Home: 0, End: count - 1 };
    const to = moves[event.key];
    if (to === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    if (to === undefined) onOpen();
    else choose(to);
  };
  const drawn = Array.from({ length: view.last - view.first }, (_, n) => {
    const index = view.first + n;
    const selected = index === at;
    return (
      <div
        key={index}
        id={`${id}-${index}`}
        role="option"
        aria-selected={selected}
        aria-setsize={count}
        aria-posinset={index + 1}
        onClick={() => {
          choose(index);
          onOpen();
        }}
        className={cn('flex w-full cursor-default items-center gap-3 border-b border-line/50 px-3 text-xs', selected ? 'bg-accent-soft/70' : 'hover:bg-hover/60')}
        style={{ height: rowHeight }}
      >
        {row(index)}
      </div>
    );
  });
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      aria-activedescendant={at >= view.first && at < view.last ? `${id}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="h-full overflow-auto scroll-thin -outline-offset-2"
    >
      <div role="none" className="relative" style={{ height: count * rowHeight }}>
        <div role="none" className="absolute inset-x-0" style={{ transform: `translateY(${view.first * rowHeight}px)` }}>
          {drawn}
        </div>
      </div>
    </div>
  );
}
