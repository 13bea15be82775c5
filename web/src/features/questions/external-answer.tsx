import { ExternalLink } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '@/ui';
import { ChoiceButtons } from './choice-buttons';
import type { AnswerProps } from './question-card';

/** What only the peer's own page can answer; where the peer cannot see that by itself, a person says that it is done. */
export function ExternalAnswer({ question, busy, onAnswer }: AnswerProps) {
  const { t } = useTranslation('questions');
  const url = question.url ?? '';
  const choices = question.choices ?? [];
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {/^https?:\/\//i.test(url) ? (
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5">
          <a href={url} target="_blank" rel="noreferrer" className={buttonClass('primary')}>
            <ExternalLink aria-hidden className="size-4" />
            {t('openPage')}
          </a>
          <span dir="ltr" className="min-w-0 truncate font-mono text-xs text-muted">
            {url}
          </span>
        </div>
      ) : (
        <p className="text-sm text-muted">{t('noAddress')}</p>
      )}
      {choices.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <ChoiceButtons choices={choices} busy={busy} onChoose={(choice) => onAnswer({ choice })} />
        </div>
      )}
    </div>
  );
}
