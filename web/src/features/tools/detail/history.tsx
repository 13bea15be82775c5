import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { History as HistoryIcon, RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { runsQuery } from '@/api/queries';
import type { Run } from '@/api/types';
import { cn } from '@/lib/cn';
import { Ago, Button, Card, Duration, EmptyState, IconButton, Problem, RunStatusBadge, SkeletonRows } from '@/ui';
import { keepDraft } from '../call/drafts';
import { CallResult } from '../call/call-result';
import type { ToolView } from '../queries';

/** Earlier calls of a tool, whoever made them; each can be looked at and made again. */
export function History({ tool, run }: { tool: ToolView; run: string | undefined }) {
  const { t } = useTranslation('tools');
  const navigate = useNavigate({ from: '/tools/$id' });
  const pages = useInfiniteQuery(runsQuery({ tool_id: tool.id, limit: 50 }));
  if (pages.isError && !pages.data) return <Problem error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data) return <SkeletonRows rows={4} className="p-0" />;
  const runs = pages.data.pages.flatMap((page) => page.items);
  if (runs.length === 0)
    return (
      <EmptyState icon={<HistoryIcon />} title={t('noCalls')}>
        {t('noCallsText')}
      </EmptyState>
    );
  const show = (id: string) => void navigate({ search: (before) => ({ ...before, run: before.run === id ? undefined : id }), replace: true });
  const again = (one: Run) => {
    keepDraft(tool.id, one.input.data ?? {});
    void navigate({ search: (before) => ({ ...before, view: undefined }) });
  };
  return (
    <Card className="max-w-4xl overflow-hidden">
      <ul className="divide-y">
        {runs.map((one) => (
          <li key={one.id} className="min-w-0">
            <div className={cn('flex min-w-0 items-center gap-2 px-3 py-1.5', one.id === run && 'bg-accent-soft')}>
              <button type="button" aria-expanded={one.id === run} onClick={() => show(one.id)} className="flex min-h-8 min-w-0 flex-1 items-center gap-3 rounded text-start">
                <RunStatusBadge status={one.status} />
                <code dir="ltr" className="min-w-0 flex-1 truncate text-start font-mono text-xs text-muted">
                  {one.input.data == null ? '{}' : JSON.stringify(one.input.data)}
                </code>
                <Duration ms={one.done?.duration_ms} className="shrink-0 text-xs text-muted max-sm:hidden" />
                <Ago at={one.created_at} className="w-24 shrink-0 text-end text-xs text-faint" />
              </button>
              <IconButton label={t('sameArguments')} size="sm" onClick={() => again(one)}>
                <RotateCcw className="size-3.5" />
              </IconButton>
            </div>
            {one.id === run && (
              <div className="border-t bg-canvas p-4">
                <CallResult id={one.id} backend={tool.backend_id} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <div className="border-t p-2 text-center">
          <Button size="sm" tone="ghost" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('earlierCalls')}
          </Button>
        </div>
      )}
    </Card>
  );
}
