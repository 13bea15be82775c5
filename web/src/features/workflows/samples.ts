import type { Backend, Platform, Workflow } from '@/api/types';
import type { EntryPoint, WorkflowRow } from './rows';

interface Sample {
  backend?: string;
  platform?: Platform;
  tags?: string[];
  description?: string;
  runnable?: boolean;
  present?: boolean;
  enabled?: boolean;
  streams?: boolean;
  entries?: Partial<EntryPoint>[];
}

export const entry = (more: Partial<EntryPoint> = {}): EntryPoint => ({
  id: 'in',
  kind: 'chat',
  name: 'In',
  auth: 'none',
  authorized: true,
  files: false,
  runnable: true,
  ...more,
});

/** A workflow with its backend, for tests. */
export function row(name: string, sample: Sample = {}): WorkflowRow {
  const { backend = 'home', platform = 'n8n', enabled = true, runnable = true, present = true, streams = false } = sample;
  const workflow = {
    id: `w-${name}`,
    backend_id: backend,
    external_id: name,
    name,
    description: sample.description,
    tags: sample.tags ?? [],
    active: true,
    runnable,
    present,
    discovered_at: '2026-11-25T10:00:00Z',
    entries: (sample.entries ?? [{ streams }]).map(entry),
  } satisfies Workflow;
  return { workflow, backend: { id: backend, name: backend, platform, enabled } as Backend };
}
