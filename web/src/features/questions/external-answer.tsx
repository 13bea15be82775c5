import { ExternalLink } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '@/ui';
import type { AnswerProps } from './question-card';

/** What only the peer's own page can answer. */
export function ExternalAnswer({ question }: AnswerProps) {
  const { t } = useTranslation('questions');
  const url = question.url ?? '';
  if (!/^https?:\/\//i.test(url)) return <p className="text-sm text-muted">{t('noAddress')}</p>;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5">
      <a href={url} target="_blank" rel="noreferrer" className={buttonClass('primary')}>
        <ExternalLink aria-hidden className="size-4" />
        {t('openPage')}
      </a>
      <span dir="ltr" className="min-w-0 truncate font-mono text-xs text-muted">
        {url}
      </span>
    </div>
  );
}
