import { memo } from 'react';
import { cn } from '@/lib/cn';
import { percentOf, type Range } from './scale';
import type { Phase, Segment } from './segments';

export const PHASE_LOOK: Record<Phase, string> = {
  waiting: 'bg-[repeating-linear-gradient(135deg,var(--warn-solid)_0_3px,var(--warn-soft)_3px_6px)]',
  running: 'bg-info-solid',
  streaming: 'bg-accent-solid',
};

export interface BarProps {
  segments: readonly Segment[];
  range: Range;
  failed: boolean;
  /** Goes on: its end moves. */
  open: boolean;
  label: string | undefined;
}

/** A bar on the time axis in its pieces, with its duration beside it. */
export const Bar = memo(function Bar({ segments, range, failed, open, label }: BarProps) {
  const [first, last] = [segments[0], segments.at(-1)];
  if (!first || !last) return null;
  const [left, right] = [percentOf(first.from, range), percentOf(last.to, range)];
  if (right < 0 || left > 100) return <Beyond before={right < 0} />;
  const atEnd = right < 82;
  const style = atEnd ? { left: `calc(${Math.max(0, right)}% + 6px)` } : { right: `calc(${100 - Math.max(0, left)}% + 6px)` };
  const inside = !atEnd && left < 18;
  return (
    <>
      {segments.map(({ from, to, phase }, at) => {
        const [start, end] = [Math.max(-1, percentOf(from, range)), Math.min(101, percentOf(to, range))];
        if (end < 0 || start > 100) return null;
        return (
          <span
            key={at}
            className={cn('absolute top-2 h-4 min-w-[3px]', failed && phase !== 'waiting' ? 'bg-bad-solid' : PHASE_LOOK[phase], at === 0 && 'rounded-s-xs', at === segments.length - 1 && !open && 'rounded-e-xs')}
            style={{ left: `${start}%`, width: `${end - start}%` }}
          />
        );
      })}
      {open && right <= 101 && <span className="absolute top-2 h-4 w-1 animate-pulse-soft bg-ink/70" style={{ left: `calc(${Math.min(100, right)}% - 2px)` }} />}
      {label && (
        <span
          className={cn('pointer-events-none absolute top-2 h-4 text-2xs leading-4 whitespace-nowrap tabular-nums', inside ? 'my-0.5 h-3 rounded-xs bg-surface/90 px-1 leading-3 text-ink' : 'text-muted')}
          style={inside ? { right: `calc(${Math.max(0, 100 - right)}% + 8px)` } : style}
        >
          {label}
        </span>
      )}
    </>
  );
});

/** There is something, but not in the part that is shown. */
const Beyond = ({ before }: { before: boolean }) => (
  <span aria-hidden className={cn('absolute top-3 text-2xs leading-2 text-faint', before ? 'left-0.5' : 'right-0.5')}>
    {before ? '‹' : '›'}
  </span>
);
