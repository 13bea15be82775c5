import { useQuery } from '@tanstack/react-query';
import { FileInput, Library } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { platformsQuery } from '@/api/queries';
import type { Platform } from '@/api/types';
import { PlatformMark, Problem, SkeletonRows } from '@/ui';
import type { Place } from '../import/dialog';

const CARD =
  'flex h-full w-full flex-col gap-2 rounded-lg border bg-surface p-4 text-start shadow-card transition-colors hover:border-accent hover:bg-accent-soft/40';

/** What can be connected. */
export function PlatformCards({ onChoose }: { onChoose: (platform: Platform | Place) => void }) {
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
      <OtherCard icon={<FileInput className="size-4" />} title={t('import.card')} text={t('import.cardText')} onClick={() => onChoose('import')} />
      <OtherCard icon={<Library className="size-4" />} title={t('registry.card')} text={t('registry.cardText')} onClick={() => onChoose('registry')} />
    </ul>
  );
}

function OtherCard({ icon, title, text, onClick }: { icon: ReactNode; title: string; text: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" onClick={onClick} className={CARD}>
        <span className="flex items-center gap-2.5">
          <span aria-hidden className="flex size-7 items-center justify-center rounded-md bg-hover text-muted">
            {icon}
          </span>
          <span className="font-semibold">{title}</span>
        </span>
        <span className="text-xs text-muted">{text}</span>
      </button>
    </li>
  );
}
