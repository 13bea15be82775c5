import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { conversationQuery } from '@/api/queries';
import type { Run } from '@/api/types';
import { conversationRunsQuery } from '../state/cache';
import { keyOf, useOutbox, type Sent } from '../state/outbox';
import { turnsOf, type Lane, type Turn } from './turns';

/** A turn as it is shown: of the hub, or still on its way there. */
export interface ShownTurn extends Turn {
  sent?: Sent;
}

/** A conversation with its turns; `turns` is there once all of it has been read. */
export function useTurns(id: string) {
  const conversation = useQuery(conversationQuery(id));
  const runs = useInfiniteQuery(conversationRunsQuery(id));
  const { hasNextPage, isFetching, fetchNextPage } = runs;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const all = useMemo(() => runs.data?.pages.flatMap(({ items }) => items), [runs.data]);
  const messages = conversation.data?.messages;
  const outbox = useOutbox();
  const sent = useMemo(() => outbox.filter((one) => one.conversation === id), [outbox, id]);
  const turns = useMemo(() => (messages && all ? merged(turnsOf(messages, all), sent, all) : undefined), [messages, all, sent]);
  const error = turns ? null : (conversation.error ?? runs.error);
  const retry = () => void Promise.all([conversation.refetch(), runs.refetch()]);
  return { conversation: conversation.data, turns, runs: all, error, retry };
}

/** What is on its way stands behind the rest; its runs that have begun are shown with it, not by themselves. */
function merged(turns: readonly Turn[], sent: readonly Sent[], runs: readonly Run[]): ShownTurn[] {
  const mine = new Set(sent.flatMap(({ lanes }) => lanes.flatMap(({ runId }) => runId ?? [])));
  const theirs = turns.filter(({ lanes }) => !lanes.some(({ runId }) => runId !== undefined && mine.has(runId)));
  return [
    ...theirs.map((turn) => ({ ...turn, key: keyOf(turn) })),
    ...sent.map((one): ShownTurn => ({
      key: one.key,
      text: one.draft.text,
      at: one.at,
      sent: one,
      lanes: one.lanes.map(({ runId }, lane): Lane => ({ runId, run: runs.find((run) => run.id === runId), lane })),
    })),
  ];
}
