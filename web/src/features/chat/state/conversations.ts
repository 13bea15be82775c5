import { api, body } from '@/api/client';
import { queryClient } from '@/api/query-client';
import { conversationQuery } from '@/api/queries';
import { allConversationsQuery, conversationRunsQuery } from './cache';
import { clearDraft } from './drafts';

export async function renameConversation(id: string, title: string): Promise<void> {
  const renamed = await body(api.PATCH('/api/v1/conversations/{id}', { params: { path: { id } }, body: { title } }));
  queryClient.setQueryData(conversationQuery(id).queryKey, (view) => view && { ...view, ...renamed });
  queryClient.setQueryData(allConversationsQuery.queryKey, (all) => all?.map((one) => (one.id === id ? renamed : one)));
}

/** Its runs stay. */
export async function removeConversation(id: string): Promise<void> {
  await api.DELETE('/api/v1/conversations/{id}', { params: { path: { id } } });
  clearDraft(id);
  queryClient.setQueryData(allConversationsQuery.queryKey, (all) => all?.filter((one) => one.id !== id));
  // What is still in sight would be asked for again, and is not there any more.
  queryClient.removeQueries({ queryKey: conversationQuery(id).queryKey, type: 'inactive' });
  queryClient.removeQueries({ queryKey: conversationRunsQuery(id).queryKey, type: 'inactive' });
}
