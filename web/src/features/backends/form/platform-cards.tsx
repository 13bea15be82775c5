import { useQuery } from '@tanstack/react-query';
import { FileInput } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { platformsQuery } from '@/api/queries';
import type { Platform } from '@/api/types';
import { PlatformMark, Problem, SkeletonRows } from '@/ui';

const CARD =
  'flex h-full w-full flex-col gap-2 rounded-lg border bg-surface p-4 text-start shadow-card transition-colors hover:border-accent hover:bg-accent-soft/40';

/** What can be connected. */
export function PlatformCards({ onChoose }: { onChoose: (platform: Platform | 'import') => void }) {
  const { t } = useTranslation('backends');
  const platforms = useQuery(platformsQuery);
  if (platforms.error) return <Problem error={platforms.error} onRetry={() => void platforms.refetch()} />;
  if (!platforms.data) return <SkeletonRows rows={3} />;
  return (
    <ul aria-label={t('choose')} className="grid gap-3 sm:grid-cols-2">
      {platforms.data.map(({ platform, title, summary }) => (
        <li key={platform}>
          <button type="button" onClick={() => onChoose(platform)} className={CARD}>
            <span className="flex items-center gap-2.5">
              <PlatformMark platform={platform} />
              <bdi className="font-semibold">{title}</bdi>
            </span>
            <span dir="auto" className="text-xs text-muted">
              {summary}
            </span>
          </button>
        </li>
      ))}
      <li>
        <button type="button" onClick={() => onChoose('import')} className={CARD}>
          <span className="flex items-center gap-2.5">
            <span aria-hidden className="flex size-7 items-center justify-center rounded-md bg-hover text-muted">
              <FileInput className="size-4" />
            </span>
            <span className="font-semibold">{t('import.card')}</span>
          </span>
          <span className="text-xs text-muted">{t('import.cardText')}</span>
        </button>
      </li>
    </ul>
  );
}
