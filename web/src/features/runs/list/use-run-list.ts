import { infiniteQueryOptions, useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { hub } from '@/api/events';
import { api, body } from '@/api/client';
import type { Schemas } from '@/api/types';
import { withNews, withoutRun, type ListFilter } from './news';

const PAGE = 100;

type Data = InfiniteData<Schemas['Page_Run'], string | undefined>;

// Not among the lists that news make stale: many pages are changed where they changed, rather than all read again.
const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: ['run-list', filter] as const,
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schemas['Page_Run']) => page.next ?? undefined,
    queryFn: ({ signal, pageParam }) => {
      // The document of the API has one status; the hub takes several.
      const status = filter.status as unknown as string | undefined;
      const query = { status, backend: filter.backend, workflow_id: filter.workflow, q: filter.text, cursor: pageParam, limit: PAGE };
      return body(api.GET('/api/v1/runs', { params: { query }, signal }));
    },
  });

/** Runs, newest first, as far as they are loaded; news of the hub change them in place. */
export function useRunList(filter: ListFilter) {
  const client = useQueryClient();
  const options = useMemo(() => listQuery(filter), [filter]);
  const list = useInfiniteQuery(options);
  useEffect(() => {
    const change = (how: (pages: Data['pages']) => Data['pages']) =>
      client.setQueryData<Data>(options.queryKey, (data) => data && { ...data, pages: how(data.pages) });
    return hub.listen({
      news(news) {
        if (news.type === 'run') change((pages) => withNews(pages, news.data, filter));
        else if (news.type === 'run_removed') change((pages) => withoutRun(pages, news.data.run_id));
      },
      // All that is shown is read again then (see `api/news.ts`).
      resync: () => undefined,
    });
  }, [client, options, filter]);
  const runs = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  return { ...list, runs };
}
