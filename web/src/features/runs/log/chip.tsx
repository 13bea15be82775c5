import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/lib/format';
import { cn } from '@/lib/cn';

/** A filter that is on or off. */
export function Chip({ on, onClick, count, children }: { on: boolean; onClick: () => void; count?: number; children: ReactNode }) {
  const { i18n } = useTranslation();
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={cn(
        'inline-flex h-6 shrink-0 items-center gap-1 rounded-full border px-2 text-2xs whitespace-nowrap -outline-offset-2 transition-colors',
        on ? 'border-accent bg-accent-soft font-medium text-accent' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      {children}
      {count !== undefined && <span className="tabular-nums opacity-80">{formatNumber(count, i18n.language)}</span>}
    </button>
  );
}
