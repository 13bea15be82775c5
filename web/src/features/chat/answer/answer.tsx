import { useMemo } from 'react';
import { useRun } from '@/api/events';
import { Markdown } from '@/features/markdown';
import { QuestionCard, ResolvedQuestion } from '@/features/questions';
import { Problem } from '@/ui';
import { useStopping } from '../state/cancel';
import { Activity } from './activity';
import { Artifacts } from './artifacts';
import { Citations } from './citations';
import { Ending } from './ending';
import { Footer } from './footer';
import { itemsOf, wordsOf, type Item } from './items';
import { MessageView, Remark, Warning } from './message-view';
import { paceOf, type Pace } from './step-icon';
import { ToolRows } from './tool-rows';

interface AnswerProps {
  runId: string;
  /** What the conversation keeps of the answer: stands here until the run has been read. */
  kept?: string;
  onAgain?: (run: string) => void;
}

/** The answer of a run, live and afterwards. */
export function Answer({ runId, kept, onAgain }: AnswerProps) {
  const view = useRun(runId);
  const stopping = useStopping(runId);
  const { transcript, events, count } = view;
  // The log is one array that grows; its length tells that it did.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const items = useMemo(() => itemsOf(transcript, events), [transcript, events, count]);
  if (view.phase === 'failed' && view.problem) return <Problem error={view.problem} onRetry={view.retry} />;
  if (view.phase === 'loading') return <KeptAnswer text={kept} />;
  const pace = paceOf(view.status);
  const last = items.findLast((item) => item.kind === 'message');
  const remarks = transcript.messages.filter((message) => message.log);
  const said = items.some((item) => item.kind === 'message');
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Activity runId={runId} steps={transcript.steps} pace={pace} alone={!said} />
      {items.map((item) => (
        <Part key={item.key} item={item} runId={runId} pace={pace} grows={pace === 'going' && item === last} />
      ))}
      <Citations citations={transcript.citations} />
      <Artifacts artifacts={transcript.artifacts} />
      {transcript.errors.map((error, at) => !error.fatal && <Warning key={at} text={error.message} />)}
      {remarks.map((message) => (
        <Remark key={message.id} text={message.log ?? ''} />
      ))}
      <Ending transcript={transcript} stopping={stopping} />
      <Footer runId={runId} view={view} words={pace === 'over' ? wordsOf(items) : ''} stopping={stopping} onAgain={onAgain && (() => onAgain(runId))} />
    </div>
  );
}

function Part({ item, runId, pace, grows }: { item: Item; runId: string; pace: Pace; grows: boolean }) {
  switch (item.kind) {
    case 'message':
      return <MessageView message={item.message} grows={grows} speaker={item.speaker} />;
    case 'tools':
      return <ToolRows runId={runId} steps={item.steps} pace={pace} />;
    case 'question':
      return <QuestionCard runId={runId} question={item.question} />;
    case 'resolved':
      return <ResolvedQuestion question={item.resolved.question} resolution={item.resolved.resolution} />;
  }
}

/** An answer of which only the words are there. Keeps the place of the line of steps and of the footer. */
export function KeptAnswer({ text }: { text?: string }) {
  return (
    <div className="flex min-h-14 min-w-0 flex-col gap-3 pb-10" aria-busy>
      {text && <Markdown text={text} />}
    </div>
  );
}

