import { Link } from '@tanstack/react-router';
import { Plug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { entryOf, obstacleOf, useFavourites, useRecent, useWorkflowRows, type WorkflowRow } from '@/features/workflows';
import { buttonClass, EmptyState, PlatformMark, Problem } from '@/ui';
import { cn } from '@/lib/cn';
import type { Target } from '../state/drafts';

const MOST = 6;

/** Some of each backend, those that stream first: the first of a list would all be of one. */
function spread(rows: readonly WorkflowRow[]): WorkflowRow[] {
  const byBackend = new Map<string, WorkflowRow[]>();
  for (const row of [...rows].sort((a, b) => Number(streams(b)) - Number(streams(a)))) {
    byBackend.set(row.backend.id, [...(byBackend.get(row.backend.id) ?? []), row]);
  }
  const lists = [...byBackend.values()];
  return Array.from({ length: MOST }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}

const streams = ({ workflow }: WorkflowRow): boolean => entryOf(workflow)?.streams === true;

/** Favourites and what was used lately, else what can be run; and what to do when there is nothing. */
export function Suggestions({ chosen, onChoose }: { chosen: readonly Target[]; onChoose: (target: Target) => void }) {
  const { t } = useTranslation('chat');
  const { rows, error, retry } = useWorkflowRows();
  const favourites = useFavourites();
  const recent = useRecent();
  if (error) return <Problem error={error} onRetry={retry} />;
  // The place is kept, so that nothing jumps when the list comes.
  if (!rows) return <div className="min-h-32" />;
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<Plug />}
        title={t('nothingToRun.title')}
        action={
          <Link to="/backends" className={buttonClass('primary')}>
            {t('nothingToRun.action')}
          </Link>
        }
      >
        {t('nothingToRun.text')}
      </EmptyState>
    );
  }
  const usable = rows.filter((row) => !obstacleOf(row));
  const byId = new Map(usable.map((row) => [row.workflow.id, row]));
  const known = [...new Set([...favourites, ...recent])].flatMap((id) => byId.get(id) ?? []);
  const shown = (known.length > 0 ? known : spread(usable)).slice(0, MOST);
  return (
    <section aria-labelledby="suggestions" className="min-h-32">
      <h2 id="suggestions" className="mb-2 text-xs font-medium text-muted">
        {t(known.length > 0 ? 'suggested' : 'suggestedAny')}
      </h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        {shown.map(({ workflow, backend }) => (
          <li key={workflow.id} className="min-w-0">
            <button
              type="button"
              aria-pressed={chosen.some((target) => target.workflow === workflow.id)}
              onClick={() => onChoose({ workflow: workflow.id })}
              className={cn(
                'flex w-full min-w-0 items-center gap-2.5 rounded-lg border bg-surface px-3 py-2 text-start shadow-card hover:bg-hover',
                chosen.some((target) => target.workflow === workflow.id) && 'border-accent',
              )}
            >
              <PlatformMark platform={backend.platform} named />
              <span className="min-w-0">
                <span dir="auto" className="block truncate text-sm font-medium">
                  {workflow.name}
                </span>
                <span className="block truncate text-xs text-muted">{backend.name}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
