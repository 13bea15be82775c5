import { ChevronDown, ChevronUp, Link2 } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message, TraceStep } from '@/api/types';
import { copyText } from '@/lib/clipboard';
import { formatClock, formatDuration } from '@/lib/format';
import { toast } from '@/lib/toasts';
import { Badge, CodeBlock, CopyButton, IconButton } from '@/ui';
import type { StepNode } from '../model/node';
import type { Trace } from '../model/trace';
import { KindIcon, StepIcon, stateOf } from '../rows/kinds';
import type { Selection } from '../run/use-selection';
import { Fact, Facts, Id, Section, UsageFacts } from './parts';
import { Value } from './value';

export interface StepDetailsProps {
  trace: Trace;
  node: StepNode;
  step: TraceStep;
  messages: readonly Message[];
  selection: Selection;
  live: boolean;
  now: number;
}

/** All that is known of one step. */
export function StepDetails({ trace, node, step, messages, selection, live, now }: StepDetailsProps) {
  const { t } = useTranslation('runs');
  const said = useMemo(() => messages.filter((message) => message.step_id === step.id), [messages, step.id]);
  const state = stateOf(step, live);
  return (
    <>
      <header className="flex flex-col gap-2">
        <div className="flex items-start gap-2">
          <KindIcon kind={step.kind} className="mt-1" />
          <h2 dir="auto" className="min-w-0 flex-1 text-base font-semibold break-words">
            {step.name}
          </h2>
          <CopyLink />
          <CopyButton label={t('details.copyStep')} text={() => JSON.stringify(step, null, 2)} />
        </div>
        <div className="flex flex-wrap items-center gap-1.5">
          <span className="inline-flex items-center gap-1.5 text-xs">
            <StepIcon state={state} />
            {t(`state.${state}`)}
          </span>
          {step.inferred && <Badge title={t('details.inferredText')}>{t('details.inferred')}</Badge>}
          {step.provisional && live && <Badge title={t('details.provisionalText')}>{t('details.provisional')}</Badge>}
          {step.iteration != null && <Badge>{t('details.iteration', { n: step.iteration + 1 })}</Badge>}
          {step.item != null && <Badge>{t('details.item', { n: step.item + 1 })}</Badge>}
          <OfBlock trace={trace} node={node} selection={selection} />
        </div>
      </header>
      {step.error && (
        <Section title={t('details.error')}>
          <div role="alert" dir="auto" className="rounded-md border border-bad/30 bg-bad-soft px-3 py-2 text-sm prose-plain text-bad">
            {step.error}
          </div>
        </Section>
      )}
      <Times trace={trace} node={node} step={step} live={live} now={now} />
      {step.input !== undefined && step.input !== null && (
        <Section title={t(step.is_tool_call ? 'details.arguments' : 'details.input')}>
          <Value value={step.input} name={`${step.name} input`} />
        </Section>
      )}
      {step.input_text && (
        <Section title={t('details.argumentsText')}>
          <CodeBlock code={step.input_text} wrap />
        </Section>
      )}
      {said.map((message) => (
        <Said key={message.id} message={message} />
      ))}
      {step.output !== undefined && step.output !== null ? (
        <Section title={t(step.is_tool_call ? 'details.result' : 'details.output')}>
          <Value value={step.output} name={`${step.name} output`} />
        </Section>
      ) : (
        state !== 'running' && said.length === 0 && !step.error && <p className="text-xs text-faint">{t('details.noOutput')}</p>
      )}
    </>
  );
}

function Times({ trace, node, step, live, now }: Omit<StepDetailsProps, 'messages' | 'selection'>) {
  const { t, i18n } = useTranslation('runs');
  const format = (ms: number) => formatDuration(Math.max(0, ms), i18n.language);
  const { start, firstText, lastText } = node;
  const lasted = node.duration ?? (live ? now - start : undefined);
  const begin = trace.model.begin ?? start;
  return (
    <Facts>
      <Fact name={t('details.started')} title={step.started_at}>
        {t('details.after', { time: format(start - begin), clock: formatClock(start, i18n.language) })}
      </Fact>
      {lasted !== undefined && <Fact name={t('details.took')}>{format(lasted)}</Fact>}
      {firstText !== undefined && firstText > start && <Fact name={t('details.firstText')}>{t('details.afterStart', { time: format(firstText - start) })}</Fact>}
      {firstText !== undefined && lastText !== undefined && lastText > firstText && <Fact name={t('details.streamed')}>{format(lastText - firstText)}</Fact>}
      {step.usage && <UsageFacts usage={step.usage} />}
      {step.node_type && (
        <Fact name={t('details.type')}>
          <span dir="ltr">{step.node_type}</span>
        </Fact>
      )}
      {step.source?.agent && (
        <Fact name={t('details.agent')}>
          <span dir="auto">{step.source.agent}</span>
        </Fact>
      )}
      <Fact name={t('details.clock')}>{t(step.peer_times ? 'details.peerClock' : 'details.hubClock')}</Fact>
      <Fact name={t('details.id')}>
        <Id value={step.id} />
      </Fact>
    </Facts>
  );
}

/** What was said inside the step. */
function Said({ message }: { message: Message }) {
  const { t } = useTranslation('runs');
  return (
    <>
      {message.reasoning && (
        <Section title={t('details.reasoning')}>
          <Value value={message.reasoning} name="reasoning" />
        </Section>
      )}
      {message.text && (
        <Section title={t('details.text')} end={message.superseded && <Badge tone="warn">{t('details.superseded')}</Badge>}>
          <Value value={message.text} name="text" />
        </Section>
      )}
      {message.log && (
        <Section title={t('details.log')}>
          <CodeBlock code={message.log} />
        </Section>
      )}
    </>
  );
}

/** The other runs of the same node. */
function OfBlock({ trace, node, selection }: Pick<StepDetailsProps, 'trace' | 'node' | 'selection'>) {
  const { t } = useTranslation('runs');
  const runs = trace.model.blocks.all.get(node.block)?.runs ?? [];
  const at = node.isRunOfBlock ? runs.indexOf(node) : -1;
  if (at < 0 || runs.length < 2) return null;
  const go = (to: number) => selection.choose(runs[to]?.id);
  return (
    <span className="ms-auto inline-flex items-center text-2xs text-muted">
      {t('details.ofRuns', { n: at + 1, count: runs.length })}
      <IconButton label={t('details.before')} size="sm" disabled={at === 0} onClick={() => go(at - 1)}>
        <ChevronUp className="size-3.5" />
      </IconButton>
      <IconButton label={t('details.next')} size="sm" disabled={at === runs.length - 1} onClick={() => go(at + 1)}>
        <ChevronDown className="size-3.5" />
      </IconButton>
    </span>
  );
}

/** The address names the step, so it is the link. */
export function CopyLink() {
  const { t } = useTranslation('runs');
  const copy = async () => {
    const done = await copyText(location.href);
    toast(done ? { tone: 'ok', text: t('linkCopied') } : { tone: 'bad', text: t('copyFailed') });
  };
  return (
    <IconButton label={t('details.copyLink')} size="sm" onClick={() => void copy()}>
      <Link2 className="size-3.5" />
    </IconButton>
  );
}
