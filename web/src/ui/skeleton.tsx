import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';

/** A grey place where something will be. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse-soft rounded bg-hover', className)} />;
}

/** Rows that are being loaded. */
export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')} className={cn('flex flex-col gap-3 p-4', className)}>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className="flex items-center gap-3">
          <Skeleton className="size-8 shrink-0" />
          <div className="flex flex-1 flex-col gap-1.5">
            <Skeleton className={cn('h-3', ['w-2/5', 'w-1/3', 'w-1/2'][at % 3])} />
            <Skeleton className={cn('h-2.5', ['w-3/5', 'w-3/4', 'w-2/3'][at % 3])} />
          </div>
        </div>
      ))}
    </div>
  );
}
