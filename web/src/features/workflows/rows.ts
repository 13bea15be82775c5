import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { backendsQuery, workflowsQuery } from '@/api/queries';
import type { Backend, Schemas, Workflow } from '@/api/types';

export type EntryPoint = Schemas['EntryPoint'];

/** A workflow with the backend that it belongs to. */
export interface WorkflowRow {
  workflow: Workflow;
  backend: Backend;
}

/** Why a workflow cannot be run now; `peer`: for the reason that its platform gave. */
export type Obstacle = 'disabled' | 'gone' | 'peer';

export function obstacleOf({ workflow, backend }: WorkflowRow): Obstacle | undefined {
  if (!backend.enabled) return 'disabled';
  if (!workflow.present) return 'gone';
  return workflow.runnable ? undefined : 'peer';
}

/** The way in that is taken: the chosen one, else the first that can be run. */
export function entryOf(workflow: Workflow, chosen?: string | null): EntryPoint | undefined {
  const entries = workflow.entries ?? [];
  return entries.find(({ id }) => id === chosen) ?? entries.find(({ runnable }) => runnable) ?? entries[0];
}

export const runnableEntries = (workflow: Workflow): EntryPoint[] => (workflow.entries ?? []).filter(({ runnable }) => runnable);

export function joined(workflows: readonly Workflow[], backends: readonly Backend[]): WorkflowRow[] {
  const byId = new Map(backends.map((backend) => [backend.id, backend]));
  return workflows.flatMap((workflow) => {
    const backend = byId.get(workflow.backend_id);
    return backend ? [{ workflow, backend }] : [];
  });
}

/** All workflows of all backends. `rows` is there once both lists are. */
export function useWorkflowRows() {
  const workflows = useQuery(workflowsQuery());
  const backends = useQuery(backendsQuery);
  const rows = useMemo(
    () => (workflows.data && backends.data ? joined(workflows.data, backends.data) : undefined),
    [workflows.data, backends.data],
  );
  const error = workflows.error ?? backends.error;
  const retry = () => void Promise.all([workflows.refetch(), backends.refetch()]);
  return { rows, error: rows ? null : error, retry };
}

export function useWorkflowRow(id: string | undefined | null): WorkflowRow | undefined {
  const { rows } = useWorkflowRows();
  return useMemo(() => rows?.find(({ workflow }) => workflow.id === id), [rows, id]);
}
