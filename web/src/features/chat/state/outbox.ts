import { createStore, useStore } from '@/lib/store';
import type { ChatDraft, Target } from './drafts';

/** One run that is being started. */
export interface SentLane {
  target: Target;
  state: 'sending' | 'started' | 'failed' | /** No answer came: the hub may have it. */ 'unsure';
  runId?: string;
  error?: Error;
}

/** Something said whose runs are not all there yet. */
export interface Sent {
  /** Nobody else's; the hub knows the runs by it too. */
  key: string;
  conversation: string;
  draft: ChatDraft;
  at: string;
  lanes: readonly SentLane[];
}

const outbox = createStore<readonly Sent[]>([]);
/** Under which key a run was first shown: it keeps it, so that nothing is drawn anew when its answer begins. */
const shownAs = new Map<string, string>();

export const useOutbox = (): readonly Sent[] => useStore(outbox);
export const sentOf = (key: string): Sent | undefined => outbox.get().find((sent) => sent.key === key);
export const allSent = outbox.get;

export const addSent = (sent: Sent): void => outbox.set((all) => [...all, sent]);
export const removeSent = (key: string): void => outbox.set((all) => all.filter((sent) => sent.key !== key));

export function setLane(key: string, at: number, change: Partial<SentLane>): void {
  const runId = change.runId;
  if (runId !== undefined && at === 0) shownAs.set(runId, key);
  outbox.set((all) => all.map((sent) => (sent.key === key ? { ...sent, lanes: sent.lanes.map((lane, n) => (n === at ? { ...lane, ...change } : lane)) } : sent)));
}

export const keyOf = (turn: { key: string }): string => shownAs.get(turn.key) ?? turn.key;
