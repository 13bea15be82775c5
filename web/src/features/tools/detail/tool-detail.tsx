import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { toolQuery } from '@/api/queries';
import { EmptyState, Problem, Skeleton, Tabs } from '@/ui';
import { TryOut } from '../call/try-out';
import { About } from './about';
import { DetailHeader } from './detail-header';
import { History } from './history';
import { Notices } from './notices';
import { StatusBadge } from './status-badge';

export type View = 'call' | 'about' | 'history';

/** One tool: what it is, a form to call it, what came of earlier calls. */
export function ToolDetail({ id, view, run }: { id: string; view: View; run: string | undefined }) {
  const { t } = useTranslation('tools');
  const navigate = useNavigate({ from: '/tools/$id' });
  const query = useQuery(toolQuery(id));
  const tool = query.data;
  if (!tool) {
    if (!query.isError) return <DetailSkeleton />;
    if (asProblem(query.error).status !== 404) return <Problem error={query.error} onRetry={() => void query.refetch()} className="m-4" />;
    return (
      <EmptyState icon={<SearchX />} title={t('gone.title')}>
        {t('gone.text')}
      </EmptyState>
    );
  }
  const show = (next: View) => void navigate({ search: (before) => ({ ...before, view: next === 'call' ? undefined : next }), replace: true });
  return (
    <>
      <DetailHeader title={tool.title ?? tool.name} name={tool.qualified_name ?? tool.name} backend={tool.backend} backendId={tool.backend_id} beside={<StatusBadge status={tool.status} />} />
      <Tabs
        label={tool.title ?? tool.name}
        tabs={[
          { key: 'call', label: t('call') },
          { key: 'about', label: t('about') },
          { key: 'history', label: t('history') },
        ]}
        value={view}
        onChange={show}
        className="flex-1 bg-canvas"
        panelClassName="overflow-y-auto"
      >
        <div className="flex flex-col gap-4 p-4 md:p-6">
          <Notices tool={tool} />
          {view === 'call' && <TryOut tool={tool} run={run} />}
          {view === 'about' && <About tool={tool} />}
          {view === 'history' && <History tool={tool} run={run} />}
        </div>
      </Tabs>
    </>
  );
}

function DetailSkeleton() {
  return (
    <div className="flex flex-col gap-5 p-6">
      <Skeleton className="h-5 w-56" />
      <Skeleton className="h-3 w-80" />
      <Skeleton className="h-40 w-full" />
      <Skeleton className="h-24 w-full" />
    </div>
  );
}
