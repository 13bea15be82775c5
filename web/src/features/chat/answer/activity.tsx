import { Link } from '@tanstack/react-router';
import { ChevronRight, ListTree } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@/api/types';
import { cn } from '@/lib/cn';
import { byTime, treeOf, type TraceNode } from '@/lib/fold';
import { Duration } from '@/ui';
import { KIND_ICONS, StepSign, type Pace } from './step-icon';

/** Rows that are shown at most; the trace has them all. */
const MOST = 200;
const DEEPEST = 6;

interface ActivityProps {
  runId: string;
  steps: readonly TraceStep[];
  pace: Pace;
  /** Nothing was said: the steps are what there is to see. */
  alone: boolean;
}

/** The steps of a run: one line that tells what goes on, and below it, unfolded, a row for each. */
export function Activity({ runId, steps, pace, alone }: ActivityProps) {
  const { t } = useTranslation('chat');
  const [chosen, setOpen] = useState<boolean>();
  const open = chosen ?? alone;
  const current = pace !== 'over' ? steps.findLast((step) => step.status == null) : undefined;
  const told = steps.filter((step) => !step.inferred).length;
  const failed = steps.filter((step) => step.status === 'failed').length;
  if (steps.length === 0) return null;
  return (
    <div className="min-w-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ms-1.5 flex min-h-6 max-w-full items-center gap-1.5 rounded px-1.5 text-xs text-muted hover:bg-hover hover:text-ink"
      >
        {current ? <StepSign step={current} pace={pace} /> : <ListTree aria-hidden className="size-3.5 shrink-0" />}
        <span className="shrink-0">{t('steps', { count: told })}</span>
        {failed > 0 && <span className="shrink-0 text-bad">{t('failedSteps', { count: failed })}</span>}
        {current && (
          <>
            <span aria-hidden className="text-faint">
              ·
            </span>
            <span dir="auto" className="min-w-0 truncate text-ink">
              {current.name}
            </span>
            {pace === 'going' && <Duration since={current.started_at} className="shrink-0 text-faint" />}
          </>
        )}
        <ChevronRight aria-hidden className={cn('size-3.5 shrink-0 transition-transform rtl:-scale-x-100', open && 'rotate-90 rtl:-rotate-90')} />
      </button>
      {open && <Rows runId={runId} steps={steps} pace={pace} />}
    </div>
  );
}

function Rows({ runId, steps, pace }: Omit<ActivityProps, 'alone'>) {
  const { t } = useTranslation('chat');
  const nodes = useMemo(() => byTime(treeOf(steps)), [steps]);
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    // What goes on is at the end.
    if (pace === 'going' && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [pace, nodes.length]);
  const hidden = nodes.length - MOST;
  return (
    <ol ref={box} aria-label={t('stepsList')} className="mt-1 max-h-72 overflow-y-auto scroll-thin rounded-md border bg-surface py-1">
      {hidden > 0 && (
        <li className="px-2.5 py-1 text-xs">
          <Link to="/runs/$id" params={{ id: runId }} className="text-accent hover:underline">
            {t('earlierSteps', { count: hidden })}
          </Link>
        </li>
      )}
      {nodes.slice(-MOST).map((node) => (
        <Row key={node.step.id} runId={runId} node={node} pace={pace} />
      ))}
    </ol>
  );
}

const Row = memo(
  function Row({ runId, node, pace }: { runId: string; node: TraceNode; pace: Pace }) {
    const { step, depth } = node;
    const Icon = KIND_ICONS[step.kind];
    return (
      <li>
        <Link
          to="/runs/$id"
          params={{ id: runId }}
          search={{ step: step.id }}
          className="flex min-h-6 min-w-0 items-center gap-2 py-0.5 pe-2.5 text-xs -outline-offset-2 hover:bg-hover"
          style={{ paddingInlineStart: `${0.625 + Math.min(depth, DEEPEST) * 0.9}rem` }}
        >
          <StepSign step={step} pace={pace} />
          <Icon aria-hidden className="size-3.5 shrink-0 text-faint" />
          <span dir="auto" className={cn('min-w-0 flex-1 truncate', step.inferred && 'text-muted italic')}>
            {step.name}
          </span>
          {step.error && (
            <span dir="auto" className="hidden max-w-[50%] truncate text-bad sm:inline">
              {step.error}
            </span>
          )}
          <Duration ms={step.duration_ms} since={pace === 'going' && step.status == null ? step.started_at : undefined} className="shrink-0 text-faint" />
        </Link>
      </li>
    );
  },
  (before, after) => before.node.step === after.node.step && before.node.depth === after.node.depth && before.pace === after.pace && before.runId === after.runId,
);
