import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { cn } from '@/lib/cn';

export interface DisclosureProps {
  summary: ReactNode;
  /** Behind the summary, small. */
  note?: ReactNode;
  /** Open from the beginning, or as soon as this becomes true. */
  open?: boolean;
  /** Drawn only when it is open. */
  children: ReactNode;
  className?: string;
}

/** Something that most people need not see, behind a fold. */
export function Disclosure({ summary, note, open = false, children, className }: DisclosureProps) {
  const [shown, setShown] = useState(open);
  const [wanted, setWanted] = useState(open);
  if (wanted !== open) {
    setWanted(open);
    if (open) setShown(true);
  }
  return (
    <details open={shown} onToggle={(event) => setShown(event.currentTarget.open)} className={cn('min-w-0 rounded-md border bg-surface', className)}>
      <summary className="flex min-h-9 list-none items-center gap-2 rounded-md px-3 text-sm font-medium select-none hover:bg-hover/60 [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className={cn('size-4 shrink-0 text-faint transition-transform', shown ? 'rotate-90' : 'rtl:-scale-x-100')} />
        {summary}
        {note != null && <span className="text-xs font-normal text-muted">{note}</span>}
      </summary>
      {shown && <div className="flex flex-col gap-4 border-t p-3">{children}</div>}
    </details>
  );
}
