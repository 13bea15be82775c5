import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { operations } from './schema';

type Filter<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>;

/** Keys of what is kept. News of the hub name them (see `news.ts`). */
export const keys = {
  backends: ['backends'] as const,
  platforms: ['platforms'] as const,
  workflows: ['workflows'] as const,
  tools: ['tools'] as const,
  inbox: ['inbox'] as const,
  runs: ['runs'] as const,
  run: (id: string) => ['run', id] as const,
  conversations: ['conversations'] as const,
  conversation: (id: string) => ['conversations', id] as const,
  tokens: ['tokens'] as const,
  data: ['data'] as const,
};

export const backendsQuery = queryOptions({
  queryKey: keys.backends,
  queryFn: async ({ signal }) => (await body(api.GET('/api/v1/backends', { signal }))).items,
});

export const platformsQuery = queryOptions({
  queryKey: keys.platforms,
  // They change with the version of the hub only.
  staleTime: Infinity,
  queryFn: async ({ signal }) => (await body(api.GET('/api/v1/platforms', { signal }))).items,
});

export const workflowsQuery = (filter: Filter<'list_workflows'> = {}) =>
  queryOptions({
    queryKey: [...keys.workflows, filter],
    queryFn: async ({ signal }) =>
      (await body(api.GET('/api/v1/workflows', { params: { query: filter }, signal }))).items,
  });

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.workflows, id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/workflows/{id}', { params: { path: { id } }, signal })),
  });

export const toolsQuery = (filter: Filter<'list_tools'> = {}) =>
  queryOptions({
    queryKey: [...keys.tools, filter],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/tools', { params: { query: filter }, signal }))).items,
  });

export const toolQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.tools, id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/tools/{id}', { params: { path: { id } }, signal })),
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: keys.run(id),
    queryFn: ({ signal }) => body(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal })),
  });

/** Runs, newest first, page by page. */
export const runsQuery = (filter: Omit<Filter<'list_runs'>, 'cursor'> = {}) =>
  infiniteQueryOptions({
    queryKey: [...keys.runs, filter],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
    queryFn: ({ signal, pageParam }) =>
      body(api.GET('/api/v1/runs', { params: { query: { ...filter, cursor: pageParam } }, signal })),
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => body(api.GET('/api/v1/conversations/{id}', { params: { path: { id } }, signal })),
  });

export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => (await body(api.GET('/api/v1/tokens', { signal }))).items,
});
