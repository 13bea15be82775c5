import { entryOf, isComplete, needsFields, obstacleOf, takesText, type WorkflowRow } from '@/features/workflows';
import type { ChatDraft, Target } from '../state/drafts';

/** Why a message cannot be sent as it is; `name`: of the workflow that stands in the way. */
export type Hindrance = { why: 'noTarget' | 'empty' } | { why: 'cannotRun' | 'gone' | 'noFiles' | 'fields' | 'noText'; name: string };

export const rowOf = (rows: readonly WorkflowRow[], target: Target): WorkflowRow | undefined => rows.find(({ workflow }) => workflow.id === target.workflow);

export function hindranceOf(draft: ChatDraft, targets: readonly Target[], rows: readonly WorkflowRow[]): Hindrance | undefined {
  if (targets.length === 0) return { why: 'noTarget' };
  const hasFiles = draft.files.length + draft.kept.length > 0;
  for (const target of targets) {
    const row = rowOf(rows, target);
    const entry = row && entryOf(row.workflow, target.entry);
    if (!row || !entry) return { why: 'gone', name: row?.workflow.name ?? '' };
    const { name } = row.workflow;
    if (obstacleOf(row) || !entry.runnable) return { why: 'cannotRun', name };
    if (hasFiles && !entry.files) return { why: 'noFiles', name };
    if (draft.text.trim() !== '' && !takesText(entry)) return { why: 'noText', name };
    if (!isComplete(entry, draft)) {
      // Files that the hub has already are something to send, too.
      if (draft.kept.length === 0) return needsFields(entry) ? { why: 'fields', name } : { why: 'empty' };
    }
  }
  const nothing = draft.text.trim() === '' && !hasFiles && draft.data === undefined;
  const first = targets[0] && rowOf(rows, targets[0]);
  const entry = first && entryOf(first.workflow, targets[0]?.entry);
  return nothing && entry && takesText(entry) ? { why: 'empty' } : undefined;
}
