import { Ban, Bot, Brain, CircleAlert, CircleCheck, CircleDashed, CircleHelp, CirclePause, Database, Hourglass, Repeat, Square, Workflow, Wrench, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RunStatus, TraceStep } from '@/api/types';
import { cn } from '@/lib/cn';
import { isLive, Spinner } from '@/ui';

export const KIND_ICONS: Record<TraceStep['kind'], LucideIcon> = {
  node: Square,
  agent: Bot,
  turn: CircleDashed,
  model: Brain,
  tool: Wrench,
  memory: Database,
  workflow: Workflow,
  loop: Repeat,
  wait: Hourglass,
};

const ENDS: Record<NonNullable<TraceStep['status']>, [LucideIcon, string]> = {
  succeeded: [CircleCheck, 'text-ok'],
  failed: [CircleAlert, 'text-bad'],
  cancelled: [Ban, 'text-muted'],
  skipped: [Ban, 'text-faint'],
  unknown: [CircleHelp, 'text-warn'],
};

/** How it stands with the steps that have no end yet. */
export type Pace = 'going' | 'paused' | 'over';
export const paceOf = (status: RunStatus): Pace => (status === 'waiting' ? 'paused' : isLive(status) ? 'going' : 'over');

/** How a step stands, with the word for those who do not see the sign. */
export function StepSign({ step, pace }: { step: TraceStep; pace: Pace }) {
  const { t } = useTranslation('chat');
  if (step.status == null && pace === 'going') {
    return (
      <span role="img" aria-label={t('step.running')} title={t('step.running')} className="flex size-4 shrink-0 items-center justify-center text-info">
        <Spinner className="size-3" />
      </span>
    );
  }
  if (step.status == null) {
    const paused = pace === 'paused';
    const label = t(paused ? 'step.paused' : 'step.unknown');
    return (
      <span role="img" aria-label={label} title={label} className={cn('flex size-4 shrink-0 items-center justify-center', paused ? 'text-warn' : 'text-faint')}>
        {paused ? <CirclePause aria-hidden className="size-3.5" /> : <CircleHelp aria-hidden className="size-3.5" />}
      </span>
    );
  }
  const [Icon, colour] = ENDS[step.status];
  const label = t(`step.${step.status}`);
  return (
    <span role="img" aria-label={label} title={label} className="flex size-4 shrink-0 items-center justify-center">
      <Icon aria-hidden className={cn('size-3.5', colour)} />
    </span>
  );
}
