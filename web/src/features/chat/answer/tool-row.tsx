import { Link } from '@tanstack/react-router';
import { ChevronRight, Waypoints, Wrench } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRunPart } from '@/api/events';
import type { TraceStep } from '@/api/types';
import { Markdown } from '@/features/markdown';
import { cn } from '@/lib/cn';
import { Duration, JsonView } from '@/ui';
import { saidInside } from './items';
import { opened, previewOf } from './preview';
import { StepSign, type Pace } from './step-icon';

/** A tool call in one line: what it was asked and what it said; opened, the whole of it, and the way to the trace. */
export const ToolRow = memo(function ToolRow({ runId, step, pace }: { runId: string; step: TraceStep; pace: Pace }) {
  const [open, setOpen] = useState(false);
  const asked = previewOf(step.input ?? step.input_text);
  const said = step.error ?? previewOf(step.output);
  return (
    <div className={cn('min-w-0 rounded-md border bg-surface', step.status === 'failed' && 'border-bad/40')}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-8 w-full min-w-0 items-center gap-2 rounded-md px-2.5 py-1 text-start text-xs hover:bg-hover"
      >
        <StepSign step={step} pace={pace} />
        <Wrench aria-hidden className="size-3.5 shrink-0 text-faint" />
        <span dir="auto" className="max-w-[45%] shrink-0 truncate font-medium">
          {step.name}
        </span>
        <span className="flex min-w-0 flex-1 items-center gap-1.5 text-muted">
          {asked && (
            <span dir="auto" className="min-w-0 truncate">
              {asked}
            </span>
          )}
          {said && (
            <>
              <span aria-hidden className="shrink-0 text-faint rtl:-scale-x-100">
                →
              </span>
              <span dir="auto" className={cn('min-w-[25%] truncate', step.error && 'text-bad')}>
                {said}
              </span>
            </>
          )}
        </span>
        <span className="shrink-0 text-faint">
          <Duration ms={step.duration_ms} since={pace === 'going' && step.status == null ? step.started_at : undefined} />
        </span>
        <ChevronRight aria-hidden className={cn('size-3.5 shrink-0 text-faint transition-transform rtl:-scale-x-100', open && 'rotate-90 rtl:-rotate-90')} />
      </button>
      {open && <ToolDetail runId={runId} step={step} />}
    </div>
  );
});

function ToolDetail({ runId, step }: { runId: string; step: TraceStep }) {
  const { t } = useTranslation('chat');
  const transcript = useRunPart(runId, (run) => run.transcript);
  const inside = saidInside(step.id, transcript);
  return (
    <div className="flex min-w-0 flex-col gap-3 border-t px-3 py-2.5">
      <Part label={t('tool.asked')} value={step.input ?? step.input_text} />
      {inside.map((message) => (
        <div key={message.id} className="min-w-0 border-s-2 ps-3 text-sm text-muted">
          <Markdown text={message.text} grows={step.status == null} />
        </div>
      ))}
      {step.error ? (
        <div className="text-xs">
          <p className="font-medium text-bad">{t('tool.error')}</p>
          <p dir="auto" className="prose-plain">
            {step.error}
          </p>
        </div>
      ) : (
        <Part label={t('tool.said')} value={step.output} />
      )}
      <Link to="/runs/$id" params={{ id: runId }} search={{ step: step.id }} className="inline-flex min-h-6 items-center gap-1.5 self-start text-xs text-accent underline-offset-2 hover:underline">
        <Waypoints aria-hidden className="size-3.5" />
        {t('inTrace')}
      </Link>
    </div>
  );
}

function Part({ label, value }: { label: string; value: unknown }) {
  if (value == null || value === '') return null;
  const shown = opened(value);
  return (
    <div className="min-w-0 text-xs">
      <p className="mb-1 font-medium text-muted">{label}</p>
      {typeof shown === 'string' ? (
        <p dir="auto" className="prose-plain max-h-60 overflow-auto scroll-thin rounded border bg-sunken p-2 font-mono">
          {shown}
        </p>
      ) : (
        <JsonView value={shown} open={2} />
      )}
    </div>
  );
}
