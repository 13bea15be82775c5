import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { recall, remember } from '@/lib/storage';

export interface SplitProps {
  /** Under this name the width is remembered. */
  name: string;
  label: string;
  first: ReactNode;
  second: ReactNode;
  /** Share of the first part, in percent, at the beginning. */
  initial?: number;
  className?: string;
}

/** Two parts side by side with a border that moves, by hand or with the arrow keys. */
export function Split({ name, label, first, second, initial = 60, className }: SplitProps) {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => Number(recall(`split.${name}`)) || initial);
  const move = (next: number) => {
    const bounded = Math.min(85, Math.max(15, next));
    setShare(bounded);
    remember(`split.${name}`, String(bounded));
  };
  const rtl = () => document.documentElement.dir === 'rtl';
  const onPointerMove = (event: PointerEvent) => {
    if (!box.current || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { left, width } = box.current.getBoundingClientRect();
    const at = ((event.clientX - left) / width) * 100;
    move(rtl() ? 100 - at : at);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step !== undefined) move(share + (rtl() ? -step : step));
  };
  return (
    <div ref={box} className={cn('flex min-h-0 min-w-0', className)}>
      <div className="min-w-0" style={{ flexBasis: `${share}%` }}>
        {first}
      </div>
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={label}
        aria-valuenow={Math.round(share)}
        aria-valuemin={15}
        aria-valuemax={85}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
        className="relative w-px shrink-0 cursor-col-resize touch-none bg-line after:absolute after:inset-y-0 after:-inset-x-1.5 hover:bg-accent"
      />
      <div className="min-w-0 flex-1">{second}</div>
    </div>
  );
}
