import { Link } from '@tanstack/react-router';
import { Wrench } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend, Run } from '@/api/types';
import { formatCost, formatNumber } from '@/lib/format';
import { cn } from '@/lib/cn';
import { Ago, Duration, isLive, PlatformMark, RunStatusBadge, RunStatusDot } from '@/ui';
import { tookOf } from './news';

export const COLUMN = {
  status: 'w-28 shrink-0',
  backend: 'w-40 shrink-0 min-w-0',
  took: 'w-24 shrink-0 text-end',
  tokens: 'hidden w-20 shrink-0 text-end @4xl:block',
  cost: 'w-20 shrink-0 text-end',
  when: 'w-28 shrink-0 text-end',
};

export interface RunRowProps {
  id: string;
  run: Run;
  backend: Backend | undefined;
  index: number;
  active: boolean;
  /** Room for one line of columns; else two lines. */
  wide: boolean;
  height: number;
}

/** One run of the list. The whole row is a link. */
export const RunRow = memo(function RunRow({ id, run, backend, index, active, wide, height }: RunRowProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={active}
      className={cn('relative flex items-center gap-3 border-b px-4 text-sm md:px-6', active ? 'bg-accent-soft/60 group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-accent' : 'hover:bg-hover/60')}
      style={{ height }}
    >
      {wide ? <Columns run={run} backend={backend} /> : <Lines run={run} backend={backend} />}
    </div>
  );
});

function Name({ run }: { run: Run }) {
  return (
    <Link to="/runs/$id" params={{ id: run.id }} tabIndex={-1} dir="auto" className="min-w-0 truncate font-medium outline-none after:absolute after:inset-0">
      {run.workflow_id == null && <Wrench aria-hidden className="me-1.5 inline size-3.5 text-faint" />}
      {run.workflow_name}
    </Link>
  );
}

const saidIn = ({ input }: Run): string => input.text ?? (input.data === undefined || input.data === null ? '' : JSON.stringify(input.data));

function Took({ run }: { run: Run }) {
  return isLive(run.status) ? <Duration since={run.created_at} /> : <Duration ms={tookOf(run)} />;
}

function Columns({ run, backend }: Pick<RunRowProps, 'run' | 'backend'>) {
  const { i18n } = useTranslation();
  const usage = run.done?.usage;
  const tokens = usage ? usage.input_tokens + usage.output_tokens : 0;
  return (
    <>
      <span role="gridcell" className={COLUMN.status}>
        <RunStatusBadge status={run.status} />
      </span>
      <span role="gridcell" className="flex min-w-0 flex-1 items-baseline gap-2">
        <Name run={run} />
        <span dir="auto" className="min-w-0 flex-1 truncate text-xs text-muted rtl:text-right">
          {saidIn(run).slice(0, 200)}
        </span>
      </span>
      <span role="gridcell" className={cn(COLUMN.backend, 'flex items-center gap-2')}>
        {backend && <PlatformMark platform={backend.platform} size="sm" named />}
        <span dir="auto" className="truncate text-muted">
          {backend?.name}
        </span>
      </span>
      <span role="gridcell" className={cn(COLUMN.took, 'text-muted')}>
        <Took run={run} />
      </span>
      <span role="gridcell" className={cn(COLUMN.tokens, 'text-muted tabular-nums')}>
        {tokens > 0 && formatNumber(tokens, i18n.language)}
      </span>
      <span role="gridcell" className={cn(COLUMN.cost, 'text-muted tabular-nums')}>
        {usage?.cost_usd != null && usage.cost_usd > 0 && formatCost(usage.cost_usd, i18n.language)}
      </span>
      <span role="gridcell" className={cn(COLUMN.when, 'text-muted')}>
        <Ago at={run.created_at} />
      </span>
    </>
  );
}

function Lines({ run, backend }: Pick<RunRowProps, 'run' | 'backend'>) {
  return (
    <span role="gridcell" className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="flex items-center gap-2">
        <RunStatusDot status={run.status} />
        <Name run={run} />
        <span className="ms-auto shrink-0 text-xs text-muted">
          <Ago at={run.created_at} />
        </span>
      </span>
      <span className="flex items-center gap-2 text-xs text-muted">
        {backend && <PlatformMark platform={backend.platform} size="sm" named />}
        <span dir="auto" className="min-w-0 flex-1 truncate rtl:text-right">
          {saidIn(run).slice(0, 120) || backend?.name}
        </span>
        <span className="shrink-0">
          <Took run={run} />
        </span>
      </span>
    </span>
  );
}
