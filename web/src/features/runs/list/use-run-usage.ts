import { useQuery } from '@tanstack/react-query';
import { api, body } from '@/api/client';
import type { Run, Schemas, Usage } from '@/api/types';
import { Fold } from '@/lib/fold';
import { isLive } from '@/ui';

/** The list does not tell what a run used, so its log is read: only short ones, and only those in sight. */
const LONGEST = 500;

/** Tokens and cost of a run that has ended, where its log is short enough to ask. */
export function useRunUsage(run: Run): Usage | undefined {
  const { data } = useQuery({
    queryKey: ['run-usage', run.id, run.last_seq],
    enabled: !isLive(run.status) && run.last_seq <= LONGEST,
    // An ended log does not change.
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const answer: unknown = await body(
        api.GET('/api/v1/runs/{id}/events', {
          params: { path: { id: run.id }, query: { limit: LONGEST } },
          headers: { accept: 'application/json' },
          signal,
        }),
      );
      return Fold.of((answer as Schemas['Page_StreamEvent']).items).view().usage;
    },
  });
  return data;
}
