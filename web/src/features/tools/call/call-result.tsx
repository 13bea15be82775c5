import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ListTree, Square } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useRun } from '@/api/events';
import type { TraceStep } from '@/api/types';
import { QuestionCard } from '@/features/questions';
import type { Transcript } from '@/lib/fold';
import { toast } from '@/lib/toasts';
import { Button, buttonClass, Card, Duration, isLive, Problem, RunStatusBadge, SkeletonRows } from '@/ui';
import { CallLog } from './call-log';
import { contentOf } from './content';
import { Failures } from './failures';
import { ResultView } from './result-view';

/** A call as it goes on: progress, log, questions, and in the end what it gave. */
export function CallResult({ id, backend }: { id: string; backend: string }) {
  const { t } = useTranslation('tools');
  const run = useRun(id);
  const { transcript } = run;
  const live = isLive(run.status);
  if (run.phase === 'failed') return <Problem error={run.problem} onRetry={run.retry} />;
  if (run.phase === 'loading') return <SkeletonRows rows={2} className="p-0" />;
  const step = transcript.steps.findLast((one) => one.is_tool_call);
  return (
    <Card className="min-w-0 overflow-hidden">
      <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-1.5">
        <h3 className="text-sm font-semibold">{t('result')}</h3>
        <RunStatusBadge status={run.status} />
        <Duration ms={transcript.done?.duration_ms} since={live ? transcript.startedAt : undefined} className="text-xs text-muted" />
        <span className="ms-auto flex items-center gap-1">
          {live && <CancelButton id={id} />}
          <Link to="/runs/$id" params={{ id }} className={buttonClass('ghost', 'sm')}>
            <ListTree className="size-3.5" />
            {t('trace')}
          </Link>
        </span>
      </header>
      <div className="flex min-w-0 flex-col gap-4 p-4">
        <CallLog text={logOf(transcript)} live={live} />
        {transcript.pending.map((question) => (
          <QuestionCard key={question.request_id} runId={id} question={question} />
        ))}
        <Failures transcript={transcript} />
        {!live && <Outcome transcript={transcript} step={step} backend={backend} />}
      </div>
    </Card>
  );
}

const logOf = (transcript: Transcript): string => transcript.messages.map((message) => message.log ?? '').join('');

/** What the call gave. An empty result is one; no result is none. */
function Outcome({ transcript, step, backend }: { transcript: Transcript; step: TraceStep | undefined; backend: string }) {
  const { t } = useTranslation('tools');
  const result = step?.output;
  if (result === undefined || result === null) return transcript.status === 'succeeded' ? <p className="text-sm text-muted">{t('noResult')}</p> : null;
  return <ResultView result={result} content={contentOf(result, transcript.artifacts)} backend={backend} />;
}

function CancelButton({ id }: { id: string }) {
  const { t } = useTranslation('tools');
  const cancel = useMutation({
    mutationFn: () => api.POST('/api/v1/runs/{id}/cancel', { params: { path: { id } } }),
    onError: (error) => toast({ tone: 'bad', text: t('cancelFailed'), detail: error.message }),
  });
  return (
    <Button size="sm" tone="ghost" icon={<Square className="size-3" />} busy={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
      {t('stop')}
    </Button>
  );
}
