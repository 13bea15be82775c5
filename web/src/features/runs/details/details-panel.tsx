import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunView } from '@/api/events';
import type { Run } from '@/api/types';
import { CopyButton, IconButton, JsonView } from '@/ui';
import type { Trace } from '../model/trace';
import type { Selection } from '../run/use-selection';
import { Section } from './parts';
import { RunDetails } from './run-details';
import { StepDetails } from './step-details';

export interface DetailsPanelProps {
  /** What the run waits for. */
  questions: ReactNode;
  trace: Trace;
  view: RunView;
  run: Run | undefined;
  selection: Selection;
  live: boolean;
  now: number;
  /** Takes the focus when the details are asked for by key. */
  focus?: RefObject<HTMLDivElement | null>;
}

/** What is known of the chosen step or event, or of the run. */
export function DetailsPanel({ questions, trace, view, run, selection, live, now, focus }: DetailsPanelProps) {
  const { t } = useTranslation('runs');
  const { transcript } = view;
  const node = selection.step === undefined ? undefined : trace.model.tree.get(selection.step);
  const step = node && trace.steps[node.index];
  const event = selection.event === undefined ? undefined : trace.events[selection.event - 1];
  return (
    <div ref={focus} tabIndex={-1} role="region" aria-label={t('details.title')} className="h-full overflow-y-auto scroll-thin bg-surface outline-none">
      <div className="flex flex-col gap-5 p-4">
        {questions}
        {event && (
          <Section
            title={
              <>
                {t('details.event', { n: event.seq })} · <code dir="ltr">{event.type}</code>
              </>
            }
            end={
              <>
                <CopyButton label={t('details.copyEvent')} text={() => JSON.stringify(event, null, 2)} />
                <IconButton label={t('details.closeEvent')} size="sm" onClick={() => selection.choose(selection.step)}>
                  <X className="size-3.5" />
                </IconButton>
              </>
            }
          >
            {event.type === 'raw' && <pre dir="ltr" tabIndex={0} className="max-h-80 overflow-auto scroll-thin rounded-md border bg-sunken p-3 text-start font-mono text-xs whitespace-pre-wrap">{event.data.frame}</pre>}
            <JsonView value={event} open={2} />
          </Section>
        )}
        {node && step ? (
          <StepDetails key={step.id} trace={trace} node={node} step={step} messages={transcript.messages} selection={selection} live={live} now={now} />
        ) : (
          <>
            {selection.step !== undefined && view.phase === 'ready' && <p className="text-xs text-warn">{t('details.unknownStep')}</p>}
            <RunDetails trace={trace} transcript={transcript} run={run} />
          </>
        )}
      </div>
    </div>
  );
}
