import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@/api/types';
import type { Pace } from './step-icon';
import { ToolRow } from './tool-row';

/** Of many calls in a row the first and the last are shown. */
const MOST = 6;
const FIRST = 2;

/** Tool calls in a row. */
export function ToolRows({ runId, steps, pace }: { runId: string; steps: readonly TraceStep[]; pace: Pace }) {
  const { t } = useTranslation('chat');
  const [all, setAll] = useState(false);
  const hidden = all || steps.length <= MOST ? 0 : steps.length - (MOST - 1);
  const rows = (some: readonly TraceStep[]) => some.map((step) => <ToolRow key={step.id} runId={runId} step={step} pace={pace} />);
  if (hidden === 0) return <div className="flex min-w-0 flex-col gap-1">{rows(steps)}</div>;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {rows(steps.slice(0, FIRST))}
      <button type="button" onClick={() => setAll(true)} className="min-h-6 self-start rounded px-2.5 text-xs text-accent hover:underline">
        {t('tool.more', { count: hidden })}
      </button>
      {rows(steps.slice(FIRST + hidden))}
    </div>
  );
}
