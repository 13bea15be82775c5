import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { conversationQuery, keys, runsQuery } from '@/api/queries';
import type { Conversation, Run } from '@/api/types';

/** All runs of a conversation come in pages of this size. */
const PAGE = 500;

/** The latest conversations, as many as the hub gives at once. */
export const allConversationsQuery = queryOptions({
  queryKey: [...keys.conversations, 'all'],
  queryFn: async ({ signal }) => (await body(api.GET('/api/v1/conversations', { params: { query: { limit: PAGE } }, signal }))).items,
});

/** Conversations with a text in their title or in what was said, wherever they are among all. */
export const foundConversationsQuery = (q: string) =>
  queryOptions({
    queryKey: [...keys.conversations, 'found', q],
    enabled: q !== '',
    // The ones before stay in sight until these are there.
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/conversations', { params: { query: { q, limit: PAGE } }, signal }))).items,
  });

export const conversationRunsQuery = (id: string) => runsQuery({ conversation_id: id, limit: PAGE });

/** A conversation that was just made has nothing in it: no need to ask. */
export function noteConversation(conversation: Conversation): void {
  queryClient.setQueryData(conversationQuery(conversation.id).queryKey, { ...conversation, messages: [] });
  queryClient.setQueryData(conversationRunsQuery(conversation.id).queryKey, { pages: [{ items: [], next: null }], pageParams: [undefined] });
  queryClient.setQueryData(allConversationsQuery.queryKey, (all) => all && [conversation, ...all]);
}

/** A run that was just started, and what was said with it, shown before the hub's news of them. */
export function noteRun(conversation: string, run: Run): void {
  const text = run.input.text || (run.input.data === undefined ? '' : JSON.stringify(run.input.data));
  queryClient.setQueryData(conversationQuery(conversation).queryKey, (view) => {
    if (!view || text === '' || view.messages.some((message) => message.run_id === run.id)) return view;
    const position = (view.messages.at(-1)?.position ?? 0) + 1;
    return { ...view, messages: [...view.messages, { position, role: 'user', text, run_id: run.id, created_at: run.created_at }] };
  });
  queryClient.setQueryData(conversationRunsQuery(conversation).queryKey, (data) => {
    const [first, ...rest] = data?.pages ?? [];
    if (!data || !first || data.pages.some((page) => page.items.some(({ id }) => id === run.id))) return data;
    return { ...data, pages: [{ ...first, items: [run, ...first.items] }, ...rest] };
  });
}
