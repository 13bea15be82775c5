import { useMutation } from '@tanstack/react-query';
import { api, body } from '@/api/client';
import type { Schemas } from '@/api/types';

/** What is not said has its default. */
export type Answer = Partial<Schemas['InputAnswer']>;

/** Answers a question of a run. `data` says that the hub has taken it; the run's log then tells the rest. */
export function useAnswer(runId: string, requestId: string) {
  return useMutation({
    mutationFn: (answer: Answer) =>
      body(api.POST('/api/v1/runs/{id}/input', { params: { path: { id: runId } }, body: { request_id: requestId, answer } })),
  });
}
