import { useNavigate } from '@tanstack/react-router';
import { MousePointerClick } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { EmptyState } from '@/ui';
import { ListPane } from './list/list-pane';
import type { ToolsSearch } from './search';

/** The list at the side, and what is chosen of it. On a phone one of the two. */
export function Workbench({ search, selected, children }: { search: ToolsSearch; selected: string | undefined; children: ReactNode }) {
  const { t } = useTranslation('tools');
  const navigate = useNavigate();
  const hasDetail = Boolean(children);
  return (
    <div className="flex min-h-0 flex-1">
      {hasDetail && <h1 className="sr-only lg:hidden">{t('tools')}</h1>}
      <section aria-label={t('list')} className={cn('flex min-h-0 w-full min-w-0 flex-col bg-surface lg:w-80 lg:shrink-0 lg:border-e xl:w-96', hasDetail && 'max-lg:hidden')}>
        <ListPane
          search={search}
          selected={selected}
          onSearch={(change) => void navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: true })}
        />
      </section>
      <section aria-label={t('chosen')} className={cn('flex min-h-0 min-w-0 flex-1 flex-col', !hasDetail && 'max-lg:hidden')}>
        {hasDetail ? (
          children
        ) : (
          <EmptyState icon={<MousePointerClick />} title={t('nothingChosen')}>
            {t('nothingChosenText')}
          </EmptyState>
        )}
      </section>
    </div>
  );
}
