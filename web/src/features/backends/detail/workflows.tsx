import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ExternalLink, Play, TriangleAlert, Waypoints } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { workflowsQuery } from '@/api/queries';
import type { Backend, Workflow } from '@/api/types';
import { Badge, buttonClass, Card, EmptyState, Problem, SearchInput, SkeletonRows } from '@/ui';

/** As many rows as are drawn before a search must narrow them. */
const MOST = 200;

/** What a backend can run. */
export function Workflows({ backend }: { backend: Backend }) {
  const { t } = useTranslation('backends');
  const [search, setSearch] = useState('');
  const workflows = useQuery(workflowsQuery({ backend: backend.id }));
  if (workflows.error) return <Problem error={workflows.error} onRetry={() => void workflows.refetch()} />;
  if (!workflows.data) return <SkeletonRows />;
  if (workflows.data.length === 0) {
    return (
      <EmptyState icon={<Waypoints />} title={t('noWorkflows.title')}>
        {t('noWorkflows.text')}
      </EmptyState>
    );
  }
  const words = search.toLowerCase().split(/\s+/);
  const found = workflows.data.filter(({ name, tags = [] }) => words.every((word) => `${name} ${tags.join(' ')}`.toLowerCase().includes(word)));
  return (
    <div className="flex flex-col gap-3">
      <SearchInput label={t('searchWorkflows')} value={search} onChange={(event) => setSearch(event.target.value)} className="max-w-sm" />
      <Card>
        <ul className="divide-y">
          {found.slice(0, MOST).map((workflow) => (
            <Row key={workflow.id} workflow={workflow} />
          ))}
        </ul>
        {found.length === 0 && <p className="px-4 py-8 text-center text-sm text-muted">{t('nothingFits')}</p>}
      </Card>
      {found.length > MOST && <p className="text-xs text-muted">{t('moreThan', { count: found.length - MOST })}</p>}
    </div>
  );
}

function Row({ workflow }: { workflow: Workflow }) {
  const { t } = useTranslation('backends');
  const kinds = [...new Set(workflow.entries?.map((entry) => entry.kind))];
  const streams = workflow.entries?.some((entry) => entry.runnable && entry.streams);
  return (
    <li className="flex items-start gap-3 px-4 py-2.5 max-sm:flex-wrap max-sm:justify-end max-sm:gap-y-2">
      <div className="min-w-0 flex-1 max-sm:basis-full">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className="truncate text-sm font-medium">{workflow.name}</bdi>
          {!workflow.present && <Badge tone="warn">{t('workflow.absent')}</Badge>}
          {!workflow.active && <Badge>{t('workflow.inactive')}</Badge>}
          {streams && <Badge tone="info">{t('workflow.streams')}</Badge>}
          {kinds.map((kind) => (
            <Badge key={kind}>{kind}</Badge>
          ))}
          {workflow.tags?.map((tag) => (
            <Badge key={tag} tone="accent">
              {tag}
            </Badge>
          ))}
        </p>
        {workflow.description != null && (
          <p dir="auto" className="line-clamp-2 text-xs text-muted">
            {workflow.description}
          </p>
        )}
        {!workflow.runnable && workflow.reason != null && (
          <p dir="auto" className="mt-1 flex items-start gap-1.5 text-xs text-warn">
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            {workflow.reason}
          </p>
        )}
        {workflow.warnings?.map((warning) => (
          <p key={warning} dir="auto" className="mt-1 text-xs text-muted">
            {warning}
          </p>
        ))}
      </div>
      {workflow.editor_url != null && (
        <a href={workflow.editor_url} target="_blank" rel="noreferrer" title={t('workflow.editor')} aria-label={t('workflow.editor')} className={buttonClass('ghost', 'sm')}>
          <ExternalLink className="size-3.5" />
        </a>
      )}
      {workflow.runnable && workflow.present && (
        <Link to="/chat" search={{ workflow: workflow.id }} className={buttonClass('plain', 'sm')}>
          <Play className="size-3.5 rtl:-scale-x-100" />
          {t('workflow.run')}
        </Link>
      )}
    </li>
  );
}
