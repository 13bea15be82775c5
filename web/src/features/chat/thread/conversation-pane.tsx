import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { MessageSquareOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useConnection } from '@/api/events';
import { asProblem } from '@/api/problem';
import { faultsFrom } from '@/features/workflows';
import type { Fault } from '@/features/schema-form';
import { useCommands } from '@/lib/commands';
import { useStore } from '@/lib/store';
import { toast } from '@/lib/toasts';
import { Button, EmptyState, isLive, Problem } from '@/ui';
import { Composer } from '../composer/composer';
import { stopRun } from '../state/cancel';
import { draftOf } from '../state/drafts';
import { removeSent } from '../state/outbox';
import { runAgain, send, sendAgain, sendUnsure } from '../state/send';
import { lastTargets, targetsOf } from '../state/targets';
import { Announcer } from './announcer';
import { draftAgain } from './edit';
import { Thread } from './thread';
import { ThreadHead } from './thread-head';
import { ThreadSkeleton } from './thread-skeleton';
import type { TurnActions } from './turn-view';
import { useTurns } from './use-turns';

/** A conversation: what was said, and where more can be said. */
export function ConversationPane({ id, run, onList }: { id: string; run?: string; onList: () => void }) {
  const { t } = useTranslation('chat');
  const navigate = useNavigate();
  const { conversation, turns, runs, error, retry } = useTurns(id);
  const store = draftOf(id);
  const draft = useStore(store);
  const [faults, setFaults] = useState<readonly Fault[]>();
  const box = useRef<HTMLTextAreaElement>(null);
  const answered = useMemo(() => targetsOf(turns ?? []), [turns]);
  const targets = draft.targets ?? (answered.length > 0 ? answered : turns && lastTargets());
  const connection = useConnection();
  const title = conversation?.title || t('untitled');

  useEffect(() => {
    if (connection === 'live') sendUnsure(id);
  }, [connection, id]);
  useEffect(() => {
    document.title = `${title} · Jackfield`;
    return () => void (document.title = 'Jackfield');
  }, [title]);

  const known = turns !== undefined;
  useEffect(() => {
    // From the new chat one comes here while writing; on a phone the keyboard would hide what is to be read.
    if (known && document.activeElement === document.body && !matchMedia('(pointer: coarse)').matches) box.current?.focus({ preventScroll: true });
  }, [known]);

  const actions = useMemo<TurnActions>(
    () => ({
      edit(turn) {
        store.set(draftAgain(turn));
        const failed = turn.sent?.lanes.find((lane) => lane.error)?.error;
        setFaults(failed && faultsFrom(failed));
        if (turn.sent) removeSent(turn.sent.key);
        box.current?.focus();
      },
      again(lanes) {
        runAgain(id, lanes.flatMap((lane) => lane.run ?? [])).catch((failure: unknown) => toast({ tone: 'bad', text: t('againFailed'), detail: asProblem(failure).message }));
      },
      sendAgain: (turn) => turn.sent && sendAgain(turn.sent.key),
    }),
    [store, id, t],
  );
  const recallLast = useCallback(() => {
    const last = turns?.findLast((turn) => turn.text !== '');
    if (last) store.set((now) => ({ ...draftAgain(last), targets: now.targets }));
  }, [turns, store]);

  const going = runs?.filter(({ status }) => isLive(status)) ?? [];
  useCommands([
    { id: 'chat.new', title: t('new'), group: t('title'), keys: 'n', run: () => void navigate({ to: '/chat' }) },
    { id: 'chat.write', title: t('write'), group: t('title'), keys: '/', run: () => box.current?.focus() },
    ...(going.length > 0 ? [{ id: 'chat.stop', title: t('stop.do'), group: t('title'), keys: 'x', run: () => going.forEach((one) => void stopRun(one.id)) }] : []),
  ]);

  if (error) {
    const gone = asProblem(error).status === 404 || asProblem(error).code === 'invalid_request';
    return (
      <div className="flex min-w-0 flex-1 flex-col">
        {gone ? (
          <EmptyState heading="h1" icon={<MessageSquareOff />} title={t('goneTitle')} action={<Button onClick={() => void navigate({ to: '/chat' })}>{t('new')}</Button>}>
            {t('goneText')}
          </EmptyState>
        ) : (
          <Problem error={error} onRetry={retry} className="m-6" />
        )}
      </div>
    );
  }
  const lastRun = turns?.at(-1)?.lanes[0]?.runId;
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ThreadHead id={id} title={conversation?.title} turns={turns ?? []} onList={onList} />
      {turns ? <Thread turns={turns} actions={actions} run={run} /> : <ThreadSkeleton />}
      <div className="shrink-0 border-t bg-canvas">
        <div className="mx-auto w-full max-w-3xl px-4 py-3 md:px-6">
          <Composer
            ref={box}
            draft={draft}
            targets={targets}
            faults={faults}
            onChange={(change) => store.set((now) => ({ ...now, ...change }))}
            onRecall={recallLast}
            onSend={() => {
              setFaults(undefined);
              send(id, draft, targets ?? []);
            }}
          />
        </div>
      </div>
      {lastRun && <Announcer key={lastRun} runId={lastRun} />}
    </div>
  );
}
