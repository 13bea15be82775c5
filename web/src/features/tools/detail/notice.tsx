import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

const LOOKS = {
  bad: ['border-bad/30 bg-bad-soft', 'text-bad', CircleAlert],
  warn: ['border-warn-solid/40 bg-warn-soft', 'text-warn', TriangleAlert],
  info: ['border-line bg-sunken', 'text-muted', Info],
} as const;

/** Something to know before going on. */
export function Notice({ tone, title, children, action }: { tone: keyof typeof LOOKS; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  const [box, ink, Icon] = LOOKS[tone];
  return (
    <div role={tone === 'bad' ? 'alert' : 'status'} className={cn('flex min-w-0 gap-3 rounded-lg border px-4 py-3 text-sm', box)}>
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', ink)} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className={cn('font-medium', tone !== 'info' && ink)}>{title}</p>
        {children}
        {action && <div className="mt-1.5 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  );
}
