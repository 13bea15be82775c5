import { useQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState, PageBody, PageHeader, Problem, Segmented, SkeletonRows } from '@/ui';
import { InboxCard } from './inbox-card';
import { countOf, inOrder, itemKey, type Kind } from './order';
import { inboxQuery } from './query';

const KINDS = ['question', 'sign_in', 'tool_changed'] as const satisfies readonly Kind[];

/** Everything that waits for a person, from all backends, answered in place. */
export function InboxPage() {
  const { t } = useTranslation(['inbox', 'common']);
  const query = useQuery(inboxQuery);
  const [kind, setKind] = useState<Kind | 'all'>('all');
  const items = query.data ?? [];
  const kinds = KINDS.filter((one) => countOf(items, one) > 0);
  const shown = inOrder(kinds.includes(kind as Kind) ? items.filter((item) => item.kind === kind) : items);
  return (
    <>
      <PageHeader title={t('common:nav.inbox')} description={query.data && t('waiting', { count: items.length })} />
      <PageBody narrow>
        {query.isError && !query.data && <Problem error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <SkeletonRows rows={3} className="p-0" />}
        {query.data?.length === 0 && (
          <EmptyState icon={<Inbox />} title={t('empty')}>
            {t('emptyText')}
          </EmptyState>
        )}
        {kinds.length > 1 && (
          <div className="mb-4 overflow-x-auto scroll-thin">
            <Segmented
              label={t('show')}
              options={[{ key: 'all', label: t('all') }, ...kinds.map((key) => ({ key, label: t(`kinds.${key}`, { count: countOf(items, key) }) }))]}
              value={kinds.includes(kind as Kind) ? kind : 'all'}
              onChange={setKind}
            />
          </div>
        )}
        <ul aria-label={t('common:nav.inbox')} className="flex flex-col gap-4">
          {shown.map((item) => (
            <li key={itemKey(item)} className="min-w-0 [contain-intrinsic-size:auto_14rem] [content-visibility:auto]">
              <InboxCard item={item} />
            </li>
          ))}
        </ul>
      </PageBody>
    </>
  );
}
