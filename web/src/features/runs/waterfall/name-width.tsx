import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { recall, remember } from '@/lib/storage';

const [LEAST, MOST] = [112, 640];

/** Width of the names beside the bars; the browser remembers it. */
export function useNameWidth(): [width: number, set: (width: number) => void] {
  const [width, setWidth] = useState(() => Number(recall('waterfall.names')) || Math.min(320, Math.round(innerWidth * 0.42)));
  const set = (next: number) => {
    const bounded = Math.min(Math.max(next, LEAST), Math.min(MOST, innerWidth * 0.7));
    setWidth(bounded);
    remember('waterfall.names', String(Math.round(bounded)));
  };
  return [width, set];
}

/** The border that is pulled to make names wider. */
export function NameWidth({ width, onChange }: { width: number; onChange: (width: number) => void }) {
  const { t } = useTranslation('runs');
  const sign = () => (document.documentElement.dir === 'rtl' ? -1 : 1);
  const onPointerMove = (event: PointerEvent) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onChange(width + event.movementX * sign());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step === undefined) return;
    event.stopPropagation();
    onChange(width + step * sign());
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('waterfall.names')}
      aria-valuenow={Math.round(width)}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
      className="absolute inset-y-0 -end-2 z-10 w-4 cursor-col-resize touch-none after:absolute after:inset-y-0 after:start-1/2 after:w-px hover:after:bg-accent focus-visible:after:bg-accent"
    />
  );
}
