import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { platformsQuery } from '@/api/queries';
import type { Platform } from '@/api/types';
import { Markdown } from '@/features/markdown';
import { Problem, SkeletonRows } from '@/ui';

/** The platform's guide, as the hub brings it along. */
export function Guide({ platform }: { platform: Platform }) {
  const { t } = useTranslation('backends');
  const platforms = useQuery(platformsQuery);
  if (platforms.error) return <Problem error={platforms.error} onRetry={() => void platforms.refetch()} />;
  const guide = platforms.data?.find((one) => one.platform === platform)?.guide;
  if (guide === undefined) return <SkeletonRows />;
  return (
    <div dir="ltr" className="text-start">
      <h2 className="sr-only">{t('tab.guide')}</h2>
      <Markdown text={guide} />
    </div>
  );
}
