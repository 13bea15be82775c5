import { useCallback, useSyncExternalStore } from 'react';
import { useStore } from '@/lib/store';
import { hub } from './client';
import type { ConnectionState } from './messages';
import { RunStore, type RunView } from './run-store';

const stores = new Map<string, RunStore>();

export function runStore(id: string): RunStore {
  const known = stores.get(id);
  if (known) return known;
  const store = new RunStore(id, () => stores.delete(id));
  stores.set(id, store);
  return store;
}

/**
 * A run, live: its status, its transcript (messages, steps, open questions …) and its log. Renders at most once for
 * each frame; what did not change keeps its identity, so that memoised children stay as they are.
 */
export function useRun(id: string): RunView & { connection: ConnectionState; retry: () => void } {
  const store = runStore(id);
  const view = useSyncExternalStore(store.subscribe, store.get);
  const connection = useStore(hub.state);
  return { ...view, connection, retry: store.retry };
}

/**
 * One thing of a run. Renders only when that thing changes, which must therefore keep its identity:
 * `useRunPart(id, (run) => run.transcript.pending)`.
 */
export function useRunPart<T>(id: string, select: (run: RunView) => T): T {
  const store = runStore(id);
  const get = useCallback(() => select(store.get()), [store, select]);
  return useSyncExternalStore(store.subscribe, get);
}

/** How the connection to the hub is doing. */
export const useConnection = (): ConnectionState => useStore(hub.state);
