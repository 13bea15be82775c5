import type { Schemas } from '@/api/types';
import { EMPTY_DRAFT, type RunDraft } from '@/features/workflows';
import { recall, remember } from '@/lib/storage';
import { createStore, type Store } from '@/lib/store';

/** What is run next: a workflow, and which way in when it is not the default. */
export interface Target {
  workflow: string;
  entry?: string;
}

/** What is being written in a conversation. */
export interface ChatDraft extends RunDraft {
  /** Files that the hub has already, of a message that is sent again. */
  kept: readonly Schemas['InputFile'][];
  /** `undefined`: whoever answered last. */
  targets: readonly Target[] | undefined;
}

export const EMPTY_CHAT_DRAFT: ChatDraft = { ...EMPTY_DRAFT, kept: [], targets: undefined };

/** The chat that has not begun. */
export const NEW_CHAT = 'new';

const drafts = new Map<string, Store<ChatDraft>>();
const nameOf = (conversation: string): string => `chat.draft.${conversation}`;

/** What is written stays when one leaves the page, and its words when one closes it. */
export function draftOf(conversation: string): Store<ChatDraft> {
  const known = drafts.get(conversation);
  if (known) return known;
  const store = createStore<ChatDraft>({ ...EMPTY_CHAT_DRAFT, text: recall(nameOf(conversation)) ?? '' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(() => remember(nameOf(conversation), store.get().text || null), 300);
  });
  drafts.set(conversation, store);
  return store;
}

/** What was sent is no draft any more; who answers stays. */
export const clearDraft = (conversation: string): void => {
  draftOf(conversation).set((draft) => ({ ...EMPTY_CHAT_DRAFT, targets: draft.targets }));
  remember(nameOf(conversation), null);
};
