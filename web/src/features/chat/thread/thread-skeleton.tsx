import { useTranslation } from 'react-i18next';
import { Skeleton } from '@/ui';

/** A conversation that is being read. */
export function ThreadSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')} className="mx-auto flex w-full max-w-3xl flex-1 flex-col justify-end gap-8 overflow-hidden px-4 py-6 md:px-6">
      {[0, 1].map((at) => (
        <div key={at} className="flex flex-col gap-4">
          <Skeleton className="h-11 w-1/2 self-end rounded-2xl" />
          <div className="flex flex-col gap-2.5">
            <Skeleton className="h-4 w-40" />
            <Skeleton className="h-3.5 w-11/12" />
            <Skeleton className="h-3.5 w-4/5" />
            <Skeleton className="h-3.5 w-2/3" />
          </div>
        </div>
      ))}
    </div>
  );
}
