import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { runsQuery } from '@/api/queries';
import type { Run } from '@/api/types';

/** Conversations in which something goes on, or waits for a person. */
export function useLiveChats(): ReadonlyMap<string, 'running' | 'waiting'> {
  const running = useInfiniteQuery(runsQuery({ status: 'running', limit: 100 }));
  const waiting = useInfiniteQuery(runsQuery({ status: 'waiting', limit: 100 }));
  return useMemo(() => new Map([...chatsOf(running.data, 'running' as const), ...chatsOf(waiting.data, 'waiting' as const)]), [running.data, waiting.data]);
}

const chatsOf = <State>(runs: { pages: { items: Run[] }[] } | undefined, state: State) =>
  runs?.pages.flatMap(({ items }) => items.flatMap((run) => (run.conversation_id ? [[run.conversation_id, state] as const] : []))) ?? [];
