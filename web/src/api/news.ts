import type { QueryClient } from '@tanstack/react-query';
import { hub } from './events';
import { backendsQuery, keys } from './queries';
import type { HubNews, Schemas } from './types';

/** Lists are read again at most this often, however many news come. */
const CALM_MS = 750;

/** Whether a question of the run is among what waits for a person. */
const waits = (client: QueryClient, run: string): boolean =>
  client.getQueryData<readonly Schemas['InboxItem'][]>(keys.inbox)?.some((item) => item.kind === 'question' && item.run.id === run) ?? false;

/** News of the hub make the page read again what they are about. */
export function followNews(client: QueryClient): () => void {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const stale = (key: readonly string[], exact = false) => {
    const name = key.join('/');
    if (waiting.has(name)) return;
    const read = () => {
      waiting.delete(name);
      void client.invalidateQueries({ queryKey: key, exact });
    };
    waiting.set(name, setTimeout(read, CALM_MS));
  };

  const take = (news: HubNews) => {
    switch (news.type) {
      case 'run':
        client.setQueryData(keys.run(news.data.id), news.data);
        stale(keys.runs);
        if (news.data.status === 'waiting' || waits(client, news.data.id)) stale(keys.inbox);
        if (news.data.conversation_id != null) stale(keys.conversations);
        break;
      case 'health': {
        const { backend_id, health } = news.data;
        const before = client.getQueryData(backendsQuery.queryKey)?.find(({ id }) => id === backend_id);
        client.setQueryData(backendsQuery.queryKey, (backends) =>
          backends?.map((backend) => (backend.id === backend_id ? { ...backend, health } : backend)),
        );
        // It comes after every check; what waits for a person changes only with the state.
        if (before?.health.state !== health.state) stale(keys.inbox);
        break;
      }
      case 'catalogue':
        stale(keys.inbox);
        stale(keys.backends);
        stale(keys.workflows);
        stale(keys.tools);
        break;
      case 'run_removed':
        client.removeQueries({ queryKey: keys.run(news.data.run_id) });
        stale(keys.runs);
        stale(keys.inbox);
        break;
      case 'missed':
        void client.invalidateQueries();
        break;
    }
  };
  const leave = hub.listen({ news: take, resync: () => void client.invalidateQueries() });
  return () => {
    leave();
    for (const timer of waiting.values()) clearTimeout(timer);
  };
}
