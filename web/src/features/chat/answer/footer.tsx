import { Link } from '@tanstack/react-router';
import { RotateCcw, Square, Waypoints } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RunView } from '@/api/events';
import { formatCost, formatNumber } from '@/lib/format';
import { Button, buttonClass, CopyButton, Dot, Duration, isLive, RunStatusDot } from '@/ui';
import { stopRun, type Stopping } from '../state/cancel';

interface FooterProps {
  runId: string;
  view: RunView;
  /** The words of the answer; empty when it has none. */
  words: string;
  stopping: Stopping | undefined;
  onAgain?: () => void;
}

/** Below an answer: what goes on, and how to stop it; afterwards its figures, and what can be done with it. */
export function Footer({ runId, view, words, stopping, onAgain }: FooterProps) {
  return <div className="-ms-1.5 flex min-h-7 min-w-0 flex-wrap items-center gap-x-1 gap-y-1">{isLive(view.status) ? <Going runId={runId} view={view} stopping={stopping} /> : <Over runId={runId} view={view} words={words} onAgain={onAgain} />}</div>;
}

type Doing = 'queued' | 'first' | 'thinking' | 'writing' | 'tool' | 'working' | 'waiting' | 'recovering';

/** What a run does just now, in a word. */
function doingOf({ status, transcript, count }: RunView): Doing {
  if (status === 'queued' || count === 0) return 'queued';
  if (status === 'waiting' || status === 'recovering') return status;
  if (transcript.steps.some((step) => step.is_tool_call && step.status == null)) return 'tool';
  const last = transcript.messages.at(-1);
  if (!last) return transcript.steps.length > 0 ? 'working' : 'first';
  return last.text === '' && last.reasoning ? 'thinking' : 'writing';
}

function Going({ runId, view, stopping }: Pick<FooterProps, 'runId' | 'view' | 'stopping'>) {
  const { t } = useTranslation('chat');
  const doing = doingOf(view);
  return (
    <>
      <span className="flex min-w-0 items-center gap-2 px-1.5 text-xs text-muted">
        <Dot tone={doing === 'waiting' || doing === 'recovering' ? 'warn' : 'info'} pulse={doing !== 'waiting'} />
        <span className="truncate">{stopping?.state === 'asking' ? t('stop.asking') : t(`doing.${doing}`)}</span>
        {view.transcript.startedAt && <Duration since={view.transcript.startedAt} className="shrink-0 text-faint" />}
      </span>
      <Button tone="ghost" size="sm" busy={stopping?.state === 'asking'} icon={<Square className="size-3 fill-current" />} onClick={() => void stopRun(runId)}>
        {t('stop.do')}
      </Button>
      <TraceLink runId={runId} />
    </>
  );
}

function Over({ runId, view, words, onAgain }: Omit<FooterProps, 'stopping'>) {
  const { t, i18n } = useTranslation('chat');
  const { done, usage } = view.transcript;
  const tokens = usage.input_tokens + usage.output_tokens;
  return (
    <>
      {words !== '' && <CopyButton text={words} label={t('copyAnswer')} />}
      {onAgain && (
        <Button tone="ghost" size="sm" icon={<RotateCcw className="size-3.5" />} onClick={onAgain}>
          {t('again')}
        </Button>
      )}
      <TraceLink runId={runId} />
      <span className="flex flex-wrap items-center gap-x-2 px-1.5 text-xs text-faint tabular-nums">
        {view.status !== 'succeeded' && <RunStatusDot status={view.status} />}
        <Duration ms={done?.duration_ms} />
        {tokens > 0 && (
          <span title={t('tokensTitle', { input: formatNumber(usage.input_tokens, i18n.language), output: formatNumber(usage.output_tokens, i18n.language) })}>
            {t(usage.estimated ? 'tokensAbout' : 'tokens', { count: tokens, figure: formatNumber(tokens, i18n.language) })}
          </span>
        )}
        {usage.cost_usd != null && usage.cost_usd > 0 && <span>{formatCost(usage.cost_usd, i18n.language)}</span>}
      </span>
    </>
  );
}

function TraceLink({ runId }: { runId: string }) {
  const { t } = useTranslation('chat');
  return (
    <Link to="/runs/$id" params={{ id: runId }} className={buttonClass('ghost', 'sm')}>
      <Waypoints aria-hidden className="size-3.5" />
      {t('trace')}
    </Link>
  );
}
