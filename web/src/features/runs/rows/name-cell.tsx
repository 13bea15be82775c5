import { ChevronRight, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Badge } from '@/ui';
import { KindIcon, StepIcon, stateOf } from './kinds';
import type { RowProps } from './step-grid';

/** Deeper steps are not moved further to the side. */
const DEEPEST = 12;
const INDENT = 14;

/** Name of a step with its place in the tree. `run` is what the row of the run says. */
export function NameCell({ node, step, depth, children, folded, live, onToggle, run }: RowProps & { run: string }) {
  const { t } = useTranslation('runs');
  const deep = Math.min(depth, DEEPEST) * INDENT;
  if (!node || !step) {
    return (
      <div role="gridcell" className="flex min-w-0 flex-1 items-center gap-2 px-3">
        <Play aria-hidden className="size-4 shrink-0 text-accent" />
        <span dir="auto" className="truncate font-medium">
          {run}
        </span>
      </div>
    );
  }
  // The first item of a node is rarely one of many.
  const repeat = step.iteration ?? (step.item || undefined);
  return (
    <div role="gridcell" className="flex min-w-0 flex-1 items-center gap-1.5 pe-2" style={{ paddingInlineStart: deep }}>
      {children > 0 ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={folded ? t('unfold', { count: children }) : t('fold')}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(node.id);
          }}
          className="flex size-6 shrink-0 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <ChevronRight aria-hidden className={cn('size-4 transition-transform', folded ? 'rtl:-scale-x-100' : 'rotate-90')} />
        </button>
      ) : (
        <span className="w-6 shrink-0" />
      )}
      <KindIcon kind={step.kind} />
      <span dir="auto" title={step.name} className={cn('truncate', step.inferred && 'text-muted italic')}>
        {step.name}
      </span>
      {repeat != null && <Badge className="tabular-nums">{t('nth', { n: repeat + 1 })}</Badge>}
      {folded && <Badge className="tabular-nums">{t('folded', { count: children })}</Badge>}
      <StepIcon state={stateOf(step, live)} className="ms-auto" />
    </div>
  );
}
