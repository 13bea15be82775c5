import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Activity, Plus, SearchX } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { backendsQuery } from '@/api/queries';
import { NewRunDialog } from '@/features/workflows';
import { useCommands } from '@/lib/commands';
import { Button, EmptyState, PageHeader, Problem, SkeletonRows } from '@/ui';
import { useMedia } from '../rows/use-media';
import type { RunsSearch } from '../search';
import { Filters } from './filters';
import { isCallOf, type ListFilter } from './news';
import { RunList } from './run-list';
import { useRunList } from './use-run-list';

/** The address follows what is typed after this pause. */
const CALM_MS = 250;

/** All runs, whoever started them. */
export function RunsPage() {
  const { t } = useTranslation('runs');
  const search = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const wide = useMedia('(min-width: 64rem)');
  const [text, setText] = useState(search.q ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);

  const change = (more: RunsSearch) => void navigate({ search: (before) => ({ ...before, ...more }), replace: true });
  const ask = (open: boolean) => change({ new: open || undefined });
  const onText = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change({ q: next.trim() || undefined }), CALM_MS);
  };
  const clear = () => {
    clearTimeout(timer.current);
    setText('');
    change({ status: undefined, backend: undefined, workflow: undefined, tool: undefined, q: undefined });
  };

  const { status, workflow, tool, q } = search;
  const { data: backends } = useQuery(backendsQuery);
  // News name a backend by its id, links also by its name.
  const backend = backends?.find(({ id, name }) => id === search.backend || name === search.backend)?.id ?? search.backend;
  const filter = useMemo((): ListFilter => ({ status, backend, workflow, text: q }), [status, backend, workflow, q]);
  const { runs, data, error, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useRunList(filter);
  const shown = useMemo(() => (tool === undefined ? runs : runs.filter((run) => isCallOf(run, tool))), [runs, tool]);
  const filtered = [q, tool, status, backend, workflow].some((one) => one !== undefined);
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  const group = t('title');
  useCommands([
    { id: 'runs.new', title: t('list.new'), group, keys: 'n', run: () => ask(true) },
    { id: 'runs.search', title: t('list.search'), group, keys: '/', run: () => input.current?.focus() },
    ...(filtered ? [{ id: 'runs.clear', title: t('list.clear'), group, run: clear }] : []),
  ]);
  const isEmpty = shown.length === 0 && !hasNextPage && data !== undefined;
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('list.description')}
        actions={
          <Button tone="primary" icon={<Plus className="size-4" />} onClick={() => ask(true)}>
            {t('list.new')}
          </Button>
        }
      />
      <Filters search={{ ...search, backend }} text={text} onText={onText} onChange={change} input={input} wide={wide} />
      <div className="min-h-0 flex-1">
        {!data && error ? (
          <div className="p-4 md:p-6">
            <Problem error={error} onRetry={() => void refetch()} />
          </div>
        ) : !data ? (
          <SkeletonRows rows={12} />
        ) : isEmpty && filtered ? (
          <EmptyState icon={<SearchX />} title={t('list.none')} action={<Button onClick={clear}>{t('list.clear')}</Button>}>
            {t('list.noneText')}
          </EmptyState>
        ) : isEmpty ? (
          <EmptyState icon={<Activity />} title={t('list.empty')} action={<Button tone="primary" onClick={() => ask(true)}>{t('list.new')}</Button>}>
            {t('list.emptyText')}
          </EmptyState>
        ) : (
          <RunList runs={shown} wide={wide} hasMore={hasNextPage} isLoading={isFetchingNextPage} error={error} onMore={onMore} searched={tool === undefined ? undefined : runs.length} />
        )}
      </div>
      <NewRunDialog open={search.new === true} onClose={() => ask(false)} />
    </>
  );
}
