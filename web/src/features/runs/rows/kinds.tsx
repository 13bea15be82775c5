import { Ban, Bot, Box, BrainCircuit, CircleCheck, CircleHelp, CircleX, Database, Hourglass, MessageSquare, Repeat, SkipForward, Workflow, Wrench, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Schemas, TraceStep } from '@/api/types';
import { cn } from '@/lib/cn';
import { Spinner } from '@/ui';

const KINDS: Record<Schemas['StepKind'], LucideIcon> = {
  node: Box,
  agent: Bot,
  turn: MessageSquare,
  model: BrainCircuit,
  tool: Wrench,
  memory: Database,
  workflow: Workflow,
  loop: Repeat,
  wait: Hourglass,
};

/** What kind of step it is. */
export function KindIcon({ kind, className }: { kind: Schemas['StepKind']; className?: string }) {
  const { t } = useTranslation('runs');
  const Icon = KINDS[kind];
  return <Icon role="img" aria-label={t(`kind.${kind}`)} className={cn('size-4 shrink-0 text-faint', className)} />;
}

type StepState = Schemas['StepStatus'] | 'running';

const STATES: Record<Schemas['StepStatus'], [icon: LucideIcon, look: string]> = {
  succeeded: [CircleCheck, 'text-ok'],
  failed: [CircleX, 'text-bad'],
  cancelled: [Ban, 'text-faint'],
  skipped: [SkipForward, 'text-faint'],
  unknown: [CircleHelp, 'text-warn'],
};

/** A step that never ended in a run that has is no longer running. */
export const stateOf = (step: Pick<TraceStep, 'status'>, live: boolean): StepState => step.status ?? (live ? 'running' : 'unknown');

/** How a step stands. */
export function StepIcon({ state, className }: { state: StepState; className?: string }) {
  const { t } = useTranslation('runs');
  if (state === 'running') {
    return (
      <span role="img" aria-label={t('state.running')} className="inline-flex text-info">
        <Spinner className={className} />
      </span>
    );
  }
  const [Icon, look] = STATES[state];
  return <Icon role="img" aria-label={t(`state.${state}`)} className={cn('size-3.5 shrink-0', look, className)} />;
}
