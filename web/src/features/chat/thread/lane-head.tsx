import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/types';
import { useWorkflowRow } from '@/features/workflows';
import { PlatformMark } from '@/ui';
import type { Target } from '../state/drafts';

/** Who answers: workflow and backend. */
export function LaneHead({ run, target }: { run?: Run; target?: Target }) {
  const { t } = useTranslation('chat');
  const row = useWorkflowRow(run?.workflow_id ?? target?.workflow);
  const name = run?.workflow_name ?? row?.workflow.name ?? '';
  const entry = row?.workflow.entries?.find(({ id }) => id === (run?.entry ?? target?.entry));
  const several = (row?.workflow.entries?.length ?? 0) > 1;
  return (
    <div className="flex min-h-6 min-w-0 items-center gap-2 text-xs">
      {row ? <PlatformMark platform={row.backend.platform} size="sm" named /> : <span className="size-5 shrink-0 rounded bg-hover" />}
      {run ? (
        <Link to="/runs/$id" params={{ id: run.id }} dir="auto" className="min-w-0 truncate font-medium underline-offset-2 hover:underline">
          {name}
        </Link>
      ) : (
        <span dir="auto" className="min-w-0 truncate font-medium">
          {name}
        </span>
      )}
      {row && (
        <span dir="auto" className="max-w-[40%] min-w-0 shrink-0 truncate text-faint">
          {several && entry ? t('backendEntry', { backend: row.backend.name, entry: entry.name }) : row.backend.name}
        </span>
      )}
    </div>
  );
}
