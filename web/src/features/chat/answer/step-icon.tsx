import { Ban, Bot, Brain, CircleAlert, CircleCheck, CircleDashed, CircleHelp, Database, Hourglass, Repeat, Square, Workflow, Wrench, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@/api/types';
import { cn } from '@/lib/cn';
import { Spinner } from '@/ui';

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

/** How a step stands, with the word for those who do not see the sign. */
export function StepSign({ step, live }: { step: TraceStep; live: boolean }) {
  const { t } = useTranslation('chat');
  if (step.status == null) {
    const label = t(live ? 'step.running' : 'step.unknown');
    return (
      <span role="img" aria-label={label} title={label} className={cn('flex size-4 shrink-0 items-center justify-center', live ? 'text-info' : 'text-faint')}>
        {live ? <Spinner className="size-3" /> : <CircleHelp aria-hidden className="size-3.5" />}
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
