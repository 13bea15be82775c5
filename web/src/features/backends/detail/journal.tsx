import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { formatClock } from '@/lib/format';
import { Problem, SkeletonRows } from '@/ui';

/** It is not told by news, so it is read anew while it is open. */
const LOOK_MS = 3000;

/** The last lines of a server's own program, and what happened to the connection. */
export function Journal({ backend }: { backend: string }) {
  const { t, i18n } = useTranslation('backends');
  const journal = useQuery({
    queryKey: ['journal', backend],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/backends/{id}/journal', { params: { path: { id: backend } }, signal }))).items,
    refetchInterval: LOOK_MS,
  });
  if (journal.error) return <Problem error={journal.error} onRetry={() => void journal.refetch()} />;
  if (!journal.data) return <SkeletonRows rows={2} />;
  if (journal.data.length === 0) return <p className="text-sm text-muted">{t('journal.empty')}</p>;
  return (
    // Scrolls, so it must be reachable by keys.
    <div dir="ltr" role="log" tabIndex={0} aria-label={t('journal.title')} className="max-h-96 overflow-auto scroll-thin rounded-md bg-sunken p-3 text-start font-mono text-xs">
      {journal.data.map(({ at, source, text }, line) => (
        <p key={line} className="flex gap-3">
          <span className="shrink-0 text-faint">{formatClock(at, i18n.language)}</span>
          <span className="w-12 shrink-0 text-muted">{source}</span>
          <span className="min-w-0 break-words whitespace-pre-wrap">{text}</span>
        </p>
      ))}
    </div>
  );
}
