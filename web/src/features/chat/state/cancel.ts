import { api, body } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Schemas } from '@/api/types';
import { createStore, useStore } from '@/lib/store';

/** What became of the wish to stop a run, as the hub tells it. */
export type Stopping = { state: 'asking' } | { state: 'told'; report: Schemas['CancelReport'] } | { state: 'failed'; error: Error };

const stops = createStore<ReadonlyMap<string, Stopping>>(new Map());

export const useStopping = (runId: string | undefined): Stopping | undefined => useStore(stops).get(runId ?? '');

const note = (runId: string, stopping: Stopping) => stops.set((all) => new Map([...all, [runId, stopping]]));

/** Asks the peer to stop a run. */
export async function stopRun(runId: string): Promise<void> {
  if (stops.get().get(runId)?.state === 'asking') return;
  note(runId, { state: 'asking' });
  try {
    note(runId, { state: 'told', report: await body(api.POST('/api/v1/runs/{id}/cancel', { params: { path: { id: runId } } })) });
  } catch (error) {
    const problem = asProblem(error);
    // It had ended by itself a moment before.
    const ended: Stopping = { state: 'told', report: { effect: 'already_ended', message: problem.message } };
    note(runId, problem.code === 'run_ended' ? ended : { state: 'failed', error: problem });
  }
}
