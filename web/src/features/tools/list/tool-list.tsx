import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { buttonClass, EmptyState, Problem, SkeletonRows } from '@/ui';
import { StatusBadge } from '../detail/status-badge';
import { toolPages, type ToolView } from '../queries';
import type { ToolsSearch } from '../search';
import { GroupedList, type ItemProps } from './grouped-list';

/** All tools of all servers. `onwards`: what narrows the list once one of it is chosen. */
export function ToolList({ search, onwards, selected }: { search: ToolsSearch; onwards: ToolsSearch; selected: string | undefined }) {
  const { q, backend, status } = search;
  const pages = useInfiniteQuery(toolPages({ q, backend, status }));
  if (pages.isError && !pages.data) return <Problem error={pages.error} onRetry={() => void pages.refetch()} className="m-4" />;
  if (!pages.data) return <SkeletonRows rows={10} />;
  const tools = pages.data.pages.flatMap((page) => page.items);
  if (tools.length === 0) return <NoTools narrowed={Boolean(q ?? backend ?? status)} />;
  return (
    <GroupedList
      name={`tools ${backend ?? ''}`}
      items={tools}
      idOf={(tool) => tool.id}
      selected={selected}
      more={pages.hasNextPage}
      onEnd={() => !pages.isFetching && void pages.fetchNextPage()}
      draw={(tool, props) => <ToolRow key={tool.id} tool={tool} search={onwards} props={props} />}
    />
  );
}

function ToolRow({ tool, search, props }: { tool: ToolView; search: ToolsSearch; props: ItemProps }) {
  const isOff = tool.status === 'quarantined' || tool.status === 'gone';
  return (
    <Link to="/tools/$id" params={{ id: tool.id }} search={{ q: search.q, backend: search.backend, status: search.status }} preload={false} {...props}>
      <span className="flex min-w-0 items-center gap-2">
        <bdi className={cn('min-w-0 truncate text-sm font-medium', isOff && 'text-muted line-through', tool.status === 'backend_down' && 'text-muted')}>{tool.title ?? tool.name}</bdi>
        <StatusBadge status={tool.status} quiet className="ms-auto" />
      </span>
      <span dir="auto" className={cn('truncate text-xs rtl:text-right', tool.problem ? 'text-bad' : 'text-muted')}>
        {tool.problem ?? (tool.description ? firstLine(tool.description) : tool.name)}
      </span>
    </Link>
  );
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

function NoTools({ narrowed }: { narrowed: boolean }) {
  const { t } = useTranslation('tools');
  if (narrowed) return <p className="p-6 text-center text-sm text-muted">{t('nothingFits')}</p>;
  return (
    <EmptyState
      icon={<Wrench />}
      title={t('noTools')}
      action={
        <Link to="/backends" search={{}} className={buttonClass('primary')}>
          {t('addServer')}
        </Link>
      }
    >
      {t('noToolsText')}
    </EmptyState>
  );
}
