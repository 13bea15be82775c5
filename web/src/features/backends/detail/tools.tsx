import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toolsQuery } from '@/api/queries';
import type { Backend } from '@/api/types';
import { StatusBadge } from '@/features/tools';
import { buttonClass, Card, EmptyState, Problem, SearchInput, SkeletonRows } from '@/ui';
import { offersOf } from '../offers';

/** As many rows as are drawn before a search must narrow them. */
const MOST = 200;

/** What a server offers: its tools, and the way to its resources and prompts. */
export function Tools({ backend }: { backend: Backend }) {
  const { t } = useTranslation('backends');
  const [search, setSearch] = useState('');
  const tools = useQuery(toolsQuery({ backend: backend.id, limit: 500 }));
  if (tools.error) return <Problem error={tools.error} onRetry={() => void tools.refetch()} />;
  if (!tools.data) return <SkeletonRows />;
  const { resources, prompts } = offersOf(backend);
  const words = search.toLowerCase().split(/\s+/);
  const found = tools.data.filter(({ name, title, description }) => words.every((word) => `${name} ${title ?? ''} ${description ?? ''}`.toLowerCase().includes(word)));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput label={t('searchTools')} value={search} onChange={(event) => setSearch(event.target.value)} className="max-w-sm min-w-0 flex-1" />
        {([['resources', resources], ['prompts', prompts]] as const).map(
          ([kind, count]) =>
            count > 0 && (
              <Link key={kind} to="/tools" search={{ tab: kind, backend: backend.name }} className={buttonClass('ghost', 'sm')}>
                {t(kind, { count })}
              </Link>
            ),
        )}
      </div>
      {tools.data.length === 0 ? (
        <EmptyState icon={<Wrench />} title={t('noTools.title')}>
          {t('noTools.text')}
        </EmptyState>
      ) : (
        <Card>
          <ul className="divide-y">
            {found.slice(0, MOST).map((tool) => (
              <li key={tool.id}>
                <Link to="/tools/$id" params={{ id: tool.id }} className="flex flex-col gap-0.5 px-4 py-2.5 hover:bg-hover">
                  <span className="flex min-w-0 items-center gap-2">
                    <bdi className="truncate text-sm font-medium">{tool.title ?? tool.name}</bdi>
                    <StatusBadge status={tool.status} quiet />
                  </span>
                  {tool.description != null && (
                    <span dir="auto" className="line-clamp-2 text-xs text-muted">
                      {tool.description}
                    </span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="px-4 py-8 text-center text-sm text-muted">{t('nothingFits')}</p>}
        </Card>
      )}
      {found.length > MOST && <p className="text-xs text-muted">{t('moreThan', { count: found.length - MOST })}</p>}
    </div>
  );
}
