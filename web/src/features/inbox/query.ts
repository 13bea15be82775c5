import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body } from '@/api/client';
import { keys } from '@/api/queries';
import type { Schemas } from '@/api/types';

export type InboxItem = Schemas['InboxItem'];

/** All that waits for a person. News of runs, health and catalogues make it stale. */
export const inboxQuery = queryOptions({
  queryKey: keys.inbox,
  queryFn: async ({ signal }) => (await body(api.GET('/api/v1/inbox', { signal }))).items,
});

/** How much waits; 0 while it is not known. */
export const useInboxCount = (): number => useQuery({ ...inboxQuery, select: (items) => items.length }).data ?? 0;
