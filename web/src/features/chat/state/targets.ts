import type { Run } from '@/api/types';
import { recall, remember } from '@/lib/storage';
import type { ShownTurn } from '../thread/use-turns';
import type { Target } from './drafts';

const KEY = 'chat.targets';
/** More than this side by side nobody can read. */
export const MOST_TARGETS = 4;

/** Whom this browser asked last: a new chat begins with them. */
export function lastTargets(): readonly Target[] {
  try {
    const value: unknown = JSON.parse(recall(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isTarget).slice(0, MOST_TARGETS) : [];
  } catch {
    return [];
  }
}

export const rememberTargets = (targets: readonly Target[]): void => remember(KEY, JSON.stringify(targets));

const isTarget = (value: unknown): value is Target =>
  typeof value === 'object' && value !== null && 'workflow' in value && typeof value.workflow === 'string';

export const targetOf = (run: Run): Target | undefined =>
  run.workflow_id == null ? undefined : { workflow: run.workflow_id, ...(run.entry != null && { entry: run.entry }) };

/** Who answered last in a conversation: they are asked next, on whatever device. */
export function targetsOf(turns: readonly ShownTurn[]): readonly Target[] {
  for (const turn of [...turns].reverse()) {
    if (turn.sent) return turn.sent.lanes.map(({ target }) => target);
    const targets = turn.lanes.flatMap(({ run }) => (run ? (targetOf(run) ?? []) : []));
    if (targets.length > 0) return targets;
  }
  return [];
}
