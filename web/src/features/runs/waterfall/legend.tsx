import { Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '@/lib/format';
import { cn } from '@/lib/cn';
import { PHASE_LOOK } from './bar';

/** A difference of the clocks that is worth a word. */
const TELL_MS = 1000;

/** What the looks mean, and whether the peer's clock was corrected. */
export function Legend({ skew }: { skew: number }) {
  const { t, i18n } = useTranslation('runs');
  const far = Math.abs(skew) >= TELL_MS;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-0.5 text-2xs text-muted">
      {(['waiting', 'running', 'streaming'] as const).map((phase) => (
        <span key={phase} className="inline-flex items-center gap-1.5">
          <span aria-hidden className={cn('h-2.5 w-4 rounded-xs', PHASE_LOOK[phase])} />
          {t(`phase.${phase}`)}
        </span>
      ))}
      {far && (
        <span title={t('waterfall.skewText')} className="inline-flex items-center gap-1 truncate text-warn">
          <Clock aria-hidden className="size-3 shrink-0" />
          {t(skew > 0 ? 'waterfall.behind' : 'waterfall.ahead', { time: formatDuration(Math.abs(skew), i18n.language) })}
        </span>
      )}
    </div>
  );
}
