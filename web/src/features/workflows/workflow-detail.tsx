import { Link } from '@tanstack/react-router';
import { ExternalLink, Star, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Ago, Badge, Button, HealthBadge, IconButton, PlatformMark, platformNames } from '@/ui';
import { EntryCard } from './entry-card';
import { entryOf, obstacleOf, runnableEntries, type WorkflowRow } from './rows';
import { toggleFavourite, useFavourites } from './used';

/** What a workflow is: how it is started, what goes in, whether it streams, and why it cannot be run. */
export function WorkflowDetail({ row, action, onPick }: { row: WorkflowRow; action: string; onPick: (entry?: string) => void }) {
  const { t } = useTranslation('workflows');
  const { workflow, backend } = row;
  const favourite = useFavourites().includes(workflow.id);
  const [chosen, setChosen] = useState<string>();
  const entries = workflow.entries ?? [];
  const several = runnableEntries(workflow).length > 1;
  const obstacle = obstacleOf(row);
  const entry = entryOf(workflow, chosen);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto scroll-thin p-4">
        <header className="flex items-start gap-3">
          <PlatformMark platform={backend.platform} size="lg" />
          <div className="min-w-0 flex-1">
            <h3 dir="auto" className="text-lg font-semibold break-words">
              {workflow.name}
            </h3>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
              <Link to="/backends/$id" params={{ id: backend.id }} className="underline-offset-2 hover:underline">
                {backend.name}
              </Link>
              <span>{platformNames[backend.platform]}</span>
              {backend.health.state !== 'connected' && <HealthBadge state={backend.health.state} />}
            </p>
          </div>
          <IconButton label={favourite ? t('unstar') : t('star')} aria-pressed={favourite} onClick={() => toggleFavourite(workflow.id)}>
            <Star className={cn('size-4', favourite && 'fill-current text-warn')} />
          </IconButton>
        </header>
        {obstacle && (
          <div className="flex gap-2.5 rounded-lg border border-warn-solid/40 bg-warn-soft px-3 py-2.5 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <div className="min-w-0">
              <p className="font-medium text-warn">{t(`obstacle.${obstacle}`)}</p>
              <p dir="auto" className="break-words">
                {obstacle === 'peer' ? (workflow.reason ?? t('noReason')) : t(`obstacleText.${obstacle}`)}
              </p>
            </div>
          </div>
        )}
        {workflow.description && (
          <p dir="auto" className="prose-plain text-sm text-muted">
            {workflow.description}
          </p>
        )}
        {(workflow.tags ?? []).length > 0 && (
          <ul aria-label={t('tags')} className="flex flex-wrap gap-1.5">
            {workflow.tags?.map((tag) => (
              <li key={tag} className="max-w-full">
                <Badge>{tag}</Badge>
              </li>
            ))}
          </ul>
        )}
        {entries.length > 0 && (
          <section className="flex flex-col gap-2">
            <h4 className="text-xs font-medium text-muted">{t('entries', { count: entries.length })}</h4>
            <div role={several ? 'radiogroup' : undefined} aria-label={several ? t('entries', { count: entries.length }) : undefined} className="flex flex-col gap-2">
              {entries.map((one) => (
                <EntryCard key={one.id} entry={one} choice={several && one.runnable ? { chosen: one.id === entry?.id, choose: () => setChosen(one.id) } : undefined} />
              ))}
            </div>
          </section>
        )}
        {(workflow.warnings ?? []).map((warning) => (
          <p key={warning} dir="auto" className="flex gap-2 text-xs text-muted">
            <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-warn" />
            <span className="min-w-0 break-words">{warning}</span>
          </p>
        ))}
        <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
          {workflow.editor_url && (
            <a href={workflow.editor_url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent underline-offset-2 hover:underline">
              {t('openEditor', { platform: platformNames[backend.platform] })}
              <ExternalLink aria-hidden className="size-3" />
            </a>
          )}
          {workflow.updated_at && (
            <span>
              {t('changed')} <Ago at={workflow.updated_at} />
            </span>
          )}
        </footer>
      </div>
      <div className="flex items-center justify-end gap-2 border-t px-4 py-3">
        <Button tone="primary" disabled={obstacle !== undefined} onClick={() => onPick(chosen)}>
          {action}
        </Button>
      </div>
    </div>
  );
}
