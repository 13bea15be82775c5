import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { backendsQuery } from '@/api/queries';
import type { Run } from '@/api/types';
import { cn } from '@/lib/cn';
import { Button, Problem, Spinner } from '@/ui';
import { useWindow } from '../rows/use-window';
import { COLUMN, RunRow } from './run-row';

const HEADER = 32;
const PAGE = 12;
/** Asks for the next page when as few rows as this are left. */
const AHEAD = 20;

export interface RunListProps {
  runs: readonly Run[];
  wide: boolean;
  hasMore: boolean;
  isLoading: boolean;
  error: unknown;
  onMore: () => void;
  /** How many were looked through, where the page itself narrows the list. */
  searched: number | undefined;
}

/** Runs, newest first. Draws only what is in sight and asks for more towards the end. */
export function RunList({ runs, wide, hasMore, isLoading, error, onMore, searched }: RunListProps) {
  const { t } = useTranslation('runs');
  const id = useId();
  const navigate = useNavigate();
  const { data: backends } = useQuery(backendsQuery);
  const [active, setActive] = useState<string>();
  const height = wide ? 40 : 60;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useWindow(scroller, runs.length, height, wide ? HEADER : 0);
  const at = active === undefined ? -1 : runs.findIndex((run) => run.id === active);

  const wantsMore = hasMore && !isLoading && !error && view.last >= runs.length - AHEAD;
  useEffect(() => {
    if (wantsMore) onMore();
  }, [wantsMore, onMore]);

  const go = (to: number) => {
    const bounded = Math.max(0, Math.min(runs.length - 1, to));
    setActive(runs[bounded]?.id);
    view.reveal(bounded);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, number | undefined> = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, PageDown: at + PAGE, PageUp: at - PAGE, Home: 0, End: runs.length - 1 };
    const to = moves[event.key];
    const run = runs[at];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' && run) void navigate({ to: '/runs/$id', params: { id: run.id } });
    else return;
    event.preventDefault();
  };
  return (
    <div ref={scroller} className="@container h-full overflow-y-auto scroll-thin bg-surface">
      <div
        role="grid"
        aria-label={t('title')}
        aria-rowcount={runs.length + 1}
        aria-activedescendant={at >= view.first && at < view.last ? `${id}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={() => at < 0 && setActive(runs[view.first]?.id)}
        className="group/list outline-none"
      >
        {wide && <Header />}
        <div role="rowgroup" className="relative" style={{ height: runs.length * height }}>
          <div role="none" className="absolute inset-x-0" style={{ transform: `translateY(${view.first * height}px)` }}>
            {runs.slice(view.first, view.last).map((run, n) => {
              const index = view.first + n;
              return <RunRow key={run.id} id={`${id}-${index}`} run={run} backend={backends?.find((one) => one.id === run.backend_id)} index={index + 1} active={run.id === active} wide={wide} height={height} />;
            })}
          </div>
        </div>
      </div>
      <div className="flex min-h-12 flex-col items-center justify-center gap-2 p-3 text-xs text-muted">
        {error ? <Problem error={error} onRetry={onMore} /> : null}
        {isLoading && <Spinner />}
        <span role="status">{searched === undefined ? !hasMore && t('list.end', { count: runs.length }) : t('list.searched', { found: runs.length, count: searched })}</span>
        {!error && !isLoading && hasMore && (
          <Button size="sm" tone="ghost" onClick={onMore}>
            {t('list.more')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Header() {
  const { t } = useTranslation('runs');
  const name = 'text-2xs font-medium text-faint';
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b bg-surface">
      <div role="row" className="flex h-8 items-center gap-3 px-4 md:px-6">
        <span role="columnheader" className={cn(COLUMN.status, name)}>{t('column.status')}</span>
        <span role="columnheader" className={cn('min-w-0 flex-1', name)}>{t('column.workflow')}</span>
        <span role="columnheader" className={cn(COLUMN.backend, name)}>{t('column.backend')}</span>
        <span role="columnheader" className={cn(COLUMN.took, name)}>{t('column.duration')}</span>
        <span role="columnheader" className={cn(COLUMN.tokens, name)}>{t('column.tokens')}</span>
        <span role="columnheader" className={cn(COLUMN.cost, name)}>{t('column.cost')}</span>
        <span role="columnheader" className={cn(COLUMN.when, name)}>{t('column.when')}</span>
      </div>
    </div>
  );
}
